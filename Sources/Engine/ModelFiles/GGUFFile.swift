/// A GGUF model file, memory-mapped: metadata and tensors.
///
/// Reads versions 2 and 3, little-endian.
/// Source of the layout: ggml's `docs/gguf.md`.
package final class GGUFFile: Sendable {
  package let path: String
  package let version: UInt32
  /// The alignment of tensor data, bytes.
  package let alignment: Int
  package let metadata: [String: GGUFValue]
  /// The keys of ``metadata`` in the file's order.
  package let keys: [String]
  /// The tensors in the file's order.
  package let tensors: [GGUFTensor]
  private let index: [String: Int]

  /// Opens and checks a file. Nothing of the tensors' data is read.
  ///
  /// - Throws: ``ModelFileError`` naming the field that is damaged, hostile or unsupported.
  package init(path: String) throws(ModelFileError) {
    let file = try MappedFile(path: path)
    var parser = GGUFParser(file: file)
    let contents = try parser.parse()
    self.path = path
    version = contents.version
    alignment = contents.alignment
    metadata = contents.metadata
    keys = contents.keys
    tensors = contents.tensors
    index = contents.index
  }

  /// The tensor of that name, or nil. O(1).
  package func tensor(_ name: String) -> GGUFTensor? {
    index[name].map { tensors[$0] }
  }
}
