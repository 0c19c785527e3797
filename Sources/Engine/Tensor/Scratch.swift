/// Memory that grows to the largest size asked for and is used again: a product needs some, and
/// fresh pages for each would cost more than the product.
final class Scratch {
  private(set) var pointer: UnsafeMutableRawPointer?
  private var byteCount = 0

  /// At least `bytes` bytes, 64-byte aligned, contents undefined; valid until the next call.
  func reserve(_ bytes: Int) -> UnsafeMutableRawPointer {
    if let pointer, bytes <= byteCount { return pointer }
    pointer?.deallocate()
    let fresh = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 64), alignment: 64)
    pointer = fresh
    byteCount = bytes
    return fresh
  }

  deinit { pointer?.deallocate() }
}
