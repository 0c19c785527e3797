internal import CKernels

/// Pages of a cache of keys and values that are read soon. A product that computes more than it reads
/// fetches them meanwhile: attention alone would wait for memory.
package struct UpcomingPages {
  /// Of page 0.
  private let start: UnsafeRawPointer
  /// Bytes of a page, and from one to the next.
  private let stride: Int
  private let numbers: UnsafeBufferPointer<Int32>

  package init(start: UnsafeRawPointer, stride: Int, numbers: UnsafeBufferPointer<Int32>) {
    self.start = start
    self.stride = stride
    self.numbers = numbers
  }

  /// The `index`th of so many equal parts.
  func part(_ part: (index: Int, of: Int)) -> ck_upcoming {
    let first = numbers.count * part.index / part.of
    let end = numbers.count * (part.index + 1) / part.of
    return ck_upcoming(
      start: start.assumingMemoryBound(to: UInt8.self), stride: stride, bytes: stride,
      pages: numbers.baseAddress.map { $0 + first }, count: end - first)
  }
}
