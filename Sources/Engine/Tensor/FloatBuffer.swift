/// `count` zeroed floats, 64-byte aligned, owned by this object.
///
/// `@unchecked Sendable`: the memory is plain; whoever shares a buffer orders reads and writes.
package final class FloatBuffer: @unchecked Sendable {
  package let count: Int
  package let pointer: UnsafeMutablePointer<Float>

  /// Traps when `count` is negative.
  package init(count: Int) {
    precondition(count >= 0, "a buffer's count is negative: \(count)")
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    self.count = count
    pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    pointer.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
