/// A cursor over untrusted bytes: every read is checked against what is left and names its field.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  let path: String
  private(set) var offset = 0

  init(_ bytes: UnsafeRawBufferPointer, path: String) {
    self.bytes = bytes
    self.path = path
  }

  var remaining: Int { bytes.count - offset }

  /// Reads one little-endian integer.
  mutating func integer<T: FixedWidthInteger>(
    _ type: T.Type, _ field: @autoclosure () -> String
  ) throws(ModelFileError) -> T {
    let size = MemoryLayout<T>.size
    guard remaining >= size else { throw truncated(field(), needs: size) }
    defer { offset += size }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// Reads a 64-bit count of things that take at least `minimumBytes` each, and so must fit in what
  /// is left of the file.
  @inline(__always)
  mutating func count(
    minimumBytes: Int, _ field: @autoclosure () -> String
  ) throws(ModelFileError) -> Int {
    let start = offset
    let value = try integer(UInt64.self, field())
    guard value <= UInt64(remaining / minimumBytes) else {
      throw ModelFileError(
        .truncated, path: path, field: field(), offset: start,
        message: "says \(value), but only \(remaining) bytes are left; the file is damaged or cut "
          + "short: fetch it again")
    }
    return Int(value)
  }

  /// Reads a length-prefixed UTF-8 string of at most `limit` bytes.
  mutating func string(
    limit: Int, _ field: @autoclosure () -> String
  ) throws(ModelFileError) -> String {
    String(decoding: bytes[try text(limit: limit, field())], as: UTF8.self)
  }

  /// Passes a length-prefixed UTF-8 string of at most `limit` bytes; gives where its text is.
  @inline(__always)
  mutating func text(
    limit: Int, _ field: @autoclosure () -> String
  ) throws(ModelFileError) -> Range<Int> {
    let start = offset
    let length = try count(minimumBytes: 1, "length of " + field())
    guard length <= limit else {
      throw ModelFileError(
        .limit, path: path, field: "length of " + field(), offset: start,
        message: "is \(length) bytes, over the limit of \(limit); the file is damaged or hostile")
    }
    guard UTF8Text.isValid(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
    else {
      throw ModelFileError(
        .malformed, path: path, field: field(), offset: offset,
        message: "is not valid UTF-8; the file is damaged: fetch it again")
    }
    defer { offset += length }
    return offset..<offset + length
  }

  /// Reads `count` fixed-width elements after checking that they are there.
  mutating func elements<T: BitwiseCopyable>(
    _ type: T.Type, count: Int, _ field: @autoclosure () -> String
  ) throws(ModelFileError) -> [T] {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<T>.size)
    guard !overflow, count >= 0, size <= remaining else {
      throw truncated(field(), needs: overflow ? .max : size)
    }
    let source = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + size])
    offset += size
    return [T](unsafeUninitializedCapacity: count) { buffer, initialized in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
      initialized = count
    }
  }

  func truncated(_ field: String, needs: Int) -> ModelFileError {
    ModelFileError(
      .truncated, path: path, field: field, offset: offset,
      message: "needs \(needs) bytes, but \(remaining) are left; the file is damaged or cut short: "
        + "fetch it again")
  }
}
