internal import Synchronization

/// Atomic words, each on cache lines of its own: writing one does not slow down readers of another.
struct PaddedAtomics: ~Copyable {
  /// Two lines of 64 bytes, which some processors fetch together.
  private static let stride = 16
  private let words: UnsafeMutablePointer<Atomic<UInt64>>
  private let count: Int

  init(count: Int) {
    self.count = count
    let raw = UnsafeMutableRawPointer.allocate(byteCount: count * Self.stride * 8, alignment: 128)
    words = raw.bindMemory(to: Atomic<UInt64>.self, capacity: count * Self.stride)
    for index in 0..<count { (words + index * Self.stride).initialize(to: Atomic(0)) }
  }

  deinit {
    for index in 0..<count { (words + index * Self.stride).deinitialize(count: 1) }
    UnsafeMutableRawPointer(words).deallocate()
  }

  subscript(index: Int) -> UnsafeMutablePointer<Atomic<UInt64>> { words + index * Self.stride }
}
