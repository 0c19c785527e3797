internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Packs a model's matrices with all threads of a pool, into memory that they share.
///
/// Used by one thread at a time.
package final class WeightPacker {
  let pool: ThreadPool
  /// The last one is being filled; those before it have no room left.
  private var regions: [PackedRegion] = []
  private var pending: [PanelPacking] = []

  /// Bytes of a region, at least; what no matrix needs of the last one is never touched.
  private let regionBytes: Int
  private let defers: Bool

  /// - Parameters:
  ///   - regionBytes: 0 for a region for each matrix.
  ///   - defers: matrices are packed by `finish`, in one loop, and hold zeros before; else each is
  ///     packed when it is made.
  package init(pool: ThreadPool, regionBytes: Int = 256 << 20, defers: Bool = false) {
    self.pool = pool
    self.regionBytes = regionBytes
    self.defers = defers
  }

  /// With all processors.
  package convenience init(defers: Bool) {
    let processors = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    self.init(pool: ThreadPool(threads: min(max(1, processors), 64)), defers: defers)
  }

  deinit { for region in regions { region.becomeLarge() } }

  /// `bytes` zeroed bytes, 64-byte aligned, and what owns them; nil when the system has none.
  func take(_ bytes: Int) -> (UnsafeMutableRawPointer, PackedRegion)? {
    if let region = regions.last, let memory = region.take(bytes) { return (memory, region) }
    guard let region = PackedRegion(byteCount: max(bytes, regionBytes)),
      let memory = region.take(bytes)
    else { return nil }
    regions.append(region)
    return (memory, region)
  }

  func pack(_ packing: PanelPacking) {
    pending.append(packing)
    if !defers { finish() }
  }

  /// Packs the matrices whose packing was deferred. `others` run on threads of the pool meanwhile: one
  /// after the other, or at the same time. They may not use the pool.
  package func finish(alongside others: [@Sendable () -> Void] = []) {
    let packings = pending
    pending = []
    // Filling large pages takes less than half the time of filling small ones.
    if defers, LargePages.areFree(regions.reduce(0) { $0 + $1.used }) {
      for region in regions { region.becomeLarge() }
    }
    // In the file's order, whoever packs them: so a file that must come from the disk is read from
    // front to back.
    let pieces = packings.flatMap(\.pieces).sorted { $0.source < $1.source }
    let next = Atomic<Int>(0)
    let room = roundUp(pieces.map(\.byteCount).max() ?? 0, 64)
    let rooms = pool.scratch.reserve(room * pool.threads)
    pool.runOnWorkers(others.count + pieces.count) { task, worker in
      guard task >= others.count else { return others[task]() }
      let piece = next.add(1, ordering: .relaxed).oldValue
      pieces[piece].pack(room: rooms + room * worker)
    }
    for packing in packings { packing.release() }
    for region in regions.dropLast() { region.becomeLarge() }
    regions.removeFirst(max(0, regions.count - 1))
  }
}

/// An owner of bytes that can be fetched again, such as a mapped file: after packing, the memory
/// they take is given back.
package protocol FetchedBytes: AnyObject, Sendable {
  /// Copies some of its bytes without their pages entering this process, which costs more than the
  /// copy; false when the system does not give them.
  func copy(_ bytes: UnsafeRawBufferPointer, into: UnsafeMutableRawPointer) -> Bool
  /// The bytes will hardly be read again.
  func release(_ bytes: UnsafeRawBufferPointer)
}

func roundUp(_ n: Int, _ multiple: Int) -> Int { (n + multiple - 1) / multiple * multiple }
