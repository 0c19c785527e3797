import Tensor

/// One safetensors file, memory-mapped.
///
/// Layout: a little-endian u64 length, a JSON header of that length, the tensors' bytes. Source:
/// safetensors' README.
package final class SafetensorsFile: Sendable {
  package let path: String
  /// Tensors of dtypes F32, F16 and BF16, by name in byte order of the data.
  package let tensors: [SafetensorsTensor]
  /// Tensors of other dtypes: name → dtype. Asking for one is an error that names the dtype.
  package let others: [String: String]
  package let metadata: [String: String]
  private let index: [String: Int]

  /// Opens and checks a file. Nothing of the tensors' data is read.
  package init(path: String) throws(ModelFileError) {
    let file = try MappedFile(path: path)
    var reader = ByteReader(file.bytes, path: path)
    let length = try reader.integer(UInt64.self, "header length")
    guard length <= UInt64(ModelFileLimits.safetensorsHeaderBytes) else {
      throw ModelFileError(
        .limit, path: path, field: "header length", offset: 0,
        message:
          "is \(length), over the limit of \(ModelFileLimits.safetensorsHeaderBytes); name a "
          + ".safetensors model file")
    }
    guard Int(length) <= reader.remaining else {
      throw reader.truncated("header", needs: Int(length))
    }
    let start = reader.offset + Int(length)
    let text = UnsafeRawBufferPointer(rebasing: file.bytes[reader.offset..<start])
    guard text.first == UInt8(ascii: "{") else {
      throw ModelFileError(
        .malformed, path: path, field: "header", offset: reader.offset,
        message: "does not start with '{'; name a .safetensors model file")
    }
    let header = try SafetensorsHeader(
      text, base: reader.offset, dataBytes: file.bytes.count - start, path: path)
    var tensors: [SafetensorsTensor] = []
    var others: [String: String] = [:]
    let sorted = header.declarations.sorted { $0.range.lowerBound < $1.range.lowerBound }
    for declaration in sorted {
      guard let type = declaration.type else {
        others[declaration.name] = declaration.dtype
        continue
      }
      let range = start + declaration.range.lowerBound..<start + declaration.range.upperBound
      tensors.append(
        SafetensorsTensor(
          name: declaration.name, type: type, shape: declaration.shape,
          bytes: .init(rebasing: file.bytes[range]), offset: range.lowerBound, owner: file))
    }
    self.path = path
    self.tensors = tensors
    self.others = others
    metadata = header.metadata
    index = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.name, $0) })
  }

  /// The tensor of that name, or nil if there is none.
  ///
  /// - Throws: ``ModelFileError`` if it is of a dtype that is not supported.
  package func tensor(_ name: String) throws(ModelFileError) -> SafetensorsTensor? {
    if let dtype = others[name] {
      throw ModelFileError(
        .unsupported, path: path, field: "dtype of \(name)",
        message: "is \(dtype), which is not supported; save the model as F32, F16 or BF16")
    }
    return index[name].map { tensors[$0] }
  }
}
