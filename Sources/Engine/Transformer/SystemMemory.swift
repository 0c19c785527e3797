#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Zeroed memory straight from the system: pages that are never touched cost nothing.
enum SystemMemory {
  private static let hugePage = 2 << 20

  /// - Parameter hugePages: begins at a huge page and asks for such pages, where the system has
  ///   them; fewer misses of the address cache on large machines, but whole 2 MB are taken at a time.
  static func reserve(_ bytes: Int, hugePages: Bool = false) -> UnsafeMutableRawPointer? {
    guard hugePages else { return map(bytes) }
    let (padded, overflow) = bytes.addingReportingOverflow(hugePage)
    guard !overflow, let start = map(padded) else { return nil }
    let before = -Int(bitPattern: start) & (hugePage - 1)
    if before > 0 { munmap(start, before) }
    // The system unmaps whole pages: what is left of the last one stays with the region.
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let kept = (bytes + page - 1) / page * page
    if hugePage - before > kept - bytes {
      munmap(start + before + kept, padded - before - kept)
    }
    #if os(Linux)
      // A kernel without huge pages refuses, which changes only the speed.
      _ = madvise(start + before, bytes, Int32(MADV_HUGEPAGE))
    #endif
    return start + before
  }

  private static func map(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    return start == MAP_FAILED ? nil : start
  }

  static func release(_ start: UnsafeMutableRawPointer, _ bytes: Int) { munmap(start, bytes) }
}
