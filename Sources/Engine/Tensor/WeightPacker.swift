#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Packs a model's matrices, one after the other, with all threads of a pool, into memory that they
/// share.
///
/// Used by one thread at a time.
package final class WeightPacker {
  let pool: ThreadPool
  private var region: PackedRegion?
  private var used = 0

  /// Bytes of a region, at least; what no matrix needs of the last one is never touched.
  private let regionBytes: Int

  /// - Parameter regionBytes: 0 for a region for each matrix.
  package init(pool: ThreadPool, regionBytes: Int = 256 << 20) {
    self.pool = pool
    self.regionBytes = regionBytes
  }

  /// With all processors.
  package convenience init() {
    let processors = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    self.init(pool: ThreadPool(threads: min(max(1, processors), 64)))
  }

  deinit { region?.becomeLarge() }

  /// `bytes` zeroed bytes, 64-byte aligned, and what owns them; nil when the system has none.
  func take(_ bytes: Int) -> (UnsafeMutableRawPointer, PackedRegion)? {
    if region == nil || used + bytes > region!.byteCount {
      region?.becomeLarge()
      region = PackedRegion(byteCount: max(bytes, regionBytes))
      used = 0
    }
    guard let region else { return nil }
    defer { used += roundUp(bytes, 64) }
    return (region.start + used, region)
  }
}

/// Zeroed memory from the system, aligned to 2 MiB.
final class PackedRegion: @unchecked Sendable {
  let start: UnsafeMutableRawPointer
  let byteCount: Int
  private let mapped: UnsafeMutableRawPointer
  private let mappedBytes: Int

  private static let alignment = 2 << 20
  #if os(Linux)
    private static let noReserve = Int32(MAP_NORESERVE)
  #else
    private static let noReserve: Int32 = 0
  #endif

  init?(byteCount: Int) {
    let (padded, overflow) = byteCount.addingReportingOverflow(2 * Self.alignment)
    guard !overflow,
      let memory = mmap(
        nil, padded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | Self.noReserve, -1, 0),
      memory != MAP_FAILED
    else { return nil }
    mapped = memory
    mappedBytes = padded
    self.byteCount = byteCount
    start = UnsafeMutableRawPointer(
      bitPattern: UInt(roundUp(Int(bitPattern: memory), Self.alignment)))!
  }

  /// Lets the system join pages to large ones in the background, which save some look-ups. Asking
  /// before the memory is filled could make filling it wait for large pages to be free.
  func becomeLarge() {
    #if os(Linux)
      if byteCount >= Self.alignment { madvise(start, byteCount, MADV_HUGEPAGE) }
    #endif
  }

  deinit { munmap(mapped, mappedBytes) }
}

/// An owner of bytes that can be fetched again, such as a mapped file: after packing, the memory they
/// take is given back.
package protocol FetchedBytes: AnyObject, Sendable {
  /// The bytes will hardly be read again.
  func release(_ bytes: UnsafeRawBufferPointer)
}

func roundUp(_ n: Int, _ multiple: Int) -> Int { (n + multiple - 1) / multiple * multiple }
