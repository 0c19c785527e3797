/// Little-endian bytes, written by hand so that they may lie.
struct RawBytes {
  var bytes: [UInt8] = []

  func u32(_ value: UInt32) -> RawBytes {
    appending(withUnsafeBytes(of: value.littleEndian, Array.init))
  }
  func u64(_ value: UInt64) -> RawBytes {
    appending(withUnsafeBytes(of: value.littleEndian, Array.init))
  }
  func string(_ text: String) -> RawBytes {
    u64(UInt64(text.utf8.count)).appending(Array(text.utf8))
  }
  func appending(_ more: [UInt8]) -> RawBytes { RawBytes(bytes: bytes + more) }
  func zeros(_ count: Int) -> RawBytes { appending(Array(repeating: 0, count: count)) }

  /// A GGUF v3 header.
  static func gguf(tensors: UInt64 = 0, pairs: UInt64 = 0, version: UInt32 = 3) -> RawBytes {
    RawBytes().appending(Array("GGUF".utf8)).u32(version).u64(tensors).u64(pairs)
  }

  /// A tensor's declaration; `dimensions` in GGUF's order.
  func tensor(
    _ name: String, _ dimensions: [UInt64], type: UInt32 = 0, offset: UInt64 = 0
  ) -> RawBytes {
    var result = string(name).u32(UInt32(dimensions.count))
    for size in dimensions { result = result.u64(size) }
    return result.u32(type).u64(offset)
  }

  /// A safetensors file with a header of any text.
  static func safetensors(_ header: String, data: Int) -> RawBytes {
    RawBytes().string(header).zeros(data)
  }
}
