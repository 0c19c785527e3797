#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Zeroed memory from the system, aligned to 2 MiB.
///
/// `@unchecked Sendable`: parts are taken by one thread.
final class PackedRegion: @unchecked Sendable {
  private let start: UnsafeMutableRawPointer
  private let byteCount: Int
  /// Bytes that were taken.
  private(set) var used = 0
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

  deinit { munmap(mapped, mappedBytes) }

  /// The next `bytes` bytes, 64-byte aligned; nil when so many are not left.
  func take(_ bytes: Int) -> UnsafeMutableRawPointer? {
    guard bytes <= byteCount - used else { return nil }
    defer { used = min(byteCount, roundUp(used + bytes, 64)) }
    return start + used
  }

  /// Lets the system use large pages, which save faults and look-ups: at once for memory that is not
  /// yet filled, else in the background. Where none are free, filling it would wait for memory to be
  /// moved: see `LargePages`.
  func becomeLarge() {
    #if os(Linux)
      if byteCount >= Self.alignment { madvise(start, byteCount, MADV_HUGEPAGE) }
    #endif
  }
}
