import ModelFiles

/// A tensor's bytes where kernels may read them: in the mapped file, or in an aligned copy if the
/// file has them at an odd address or in another order.
struct Readable {
  let bytes: UnsafeRawBufferPointer
  let owner: any Sendable & AnyObject

  init(_ bytes: UnsafeRawBufferPointer, _ file: MappedFile) {
    if UInt(bitPattern: bytes.baseAddress).isMultiple(of: 4) {
      self.bytes = bytes
      owner = file
    } else {
      let copy = OwnedBytes(count: bytes.count)
      copy.bytes.copyMemory(from: bytes)
      self.bytes = UnsafeRawBufferPointer(copy.bytes)
      owner = copy
    }
  }

  /// Makes [columns][rows] of [rows][columns].
  init(transposing values: [Float], rows: Int, columns: Int) {
    let copy = OwnedBytes(count: values.count * MemoryLayout<Float>.stride)
    let target = copy.bytes.bindMemory(to: Float.self)
    for row in 0..<rows {
      for column in 0..<columns { target[column * rows + row] = values[row * columns + column] }
    }
    bytes = UnsafeRawBufferPointer(copy.bytes)
    owner = copy
  }
}

/// Bytes on the heap, 64-byte aligned.
///
/// `@unchecked Sendable`: written once, before it is shared.
final class OwnedBytes: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer

  init(count: Int) {
    bytes = .allocate(byteCount: count, alignment: 64)
  }

  deinit { bytes.deallocate() }
}
