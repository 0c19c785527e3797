#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Zeroed memory straight from the system: pages that are never touched cost nothing.
enum SystemMemory {
  static func reserve(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    return start == MAP_FAILED ? nil : start
  }

  static func release(_ start: UnsafeMutableRawPointer, _ bytes: Int) { munmap(start, bytes) }
}
