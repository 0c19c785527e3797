package import Tensor

/// A tensor as it lies in a file: name, element type, shape and bytes.
package struct StoredTensor: @unchecked Sendable {
  package let name: String
  package let type: ElementType
  /// Row-major, the last dimension contiguous: a weight matrix is [rows, columns] = [out, in].
  package let shape: [Int]
  /// The elements; valid while ``owner`` lives.
  package let bytes: UnsafeRawBufferPointer
  /// Offset of the first byte from the file's start.
  package let offset: Int
  /// Keeps ``bytes`` mapped.
  package let owner: MappedFile

  /// How many elements the shape holds.
  package var elements: Int { shape.reduce(1, *) }
}

/// A tensor of a GGUF file.
package typealias GGUFTensor = StoredTensor
/// A tensor of a safetensors file.
package typealias SafetensorsTensor = StoredTensor
