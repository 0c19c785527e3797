#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// `count` zeroed floats, 64-byte aligned, owned by this object. Of a large buffer, what is never
/// used takes no memory.
///
/// `@unchecked Sendable`: the memory is plain; whoever shares a buffer orders reads and writes.
package final class FloatBuffer: @unchecked Sendable {
  package let count: Int
  package let pointer: UnsafeMutablePointer<Float>
  private let memory: UnsafeMutableRawPointer

  private static let alignment = 64

  /// Traps when `count` is negative, and when there is no memory for it.
  package init(count: Int) {
    precondition(count >= 0, "a buffer's count is negative: \(count)")
    let capacity = max(count, 1)
    guard let memory = calloc(capacity * MemoryLayout<Float>.stride + Self.alignment, 1) else {
      fatalError("no memory for \(count) floats")
    }
    self.count = count
    self.memory = memory
    pointer = memory.alignedUp(toMultipleOf: Self.alignment)
      .bindMemory(to: Float.self, capacity: capacity)
  }

  deinit { free(memory) }
}
