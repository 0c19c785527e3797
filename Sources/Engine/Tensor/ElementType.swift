/// Tensor: numbers in memory and what is done with them. Weights stay in their file's own
/// precision (`WeightMatrix`), activations are f32 rows (`FloatBuffer`), the arithmetic is
/// `Kernels` (the safe face of `CKernels`) and `ThreadPool` spreads it over the cores. Nothing here
/// knows models. Start with `WeightMatrix`.

/// The element types of stored weights. Raw values are GGML's type ids, as GGUF files use them.
package enum ElementType: UInt32, Sendable, CaseIterable {
  case f32 = 0
  case f16 = 1
  case q4_0 = 2
  case q4_1 = 3
  case q5_0 = 6
  case q5_1 = 7
  case q8_0 = 8
  case q4_K = 12
  case q5_K = 13
  case q6_K = 14
  case bf16 = 30

  /// Elements that share a block; a row's length is a multiple of it.
  package var blockSize: Int {
    switch self {
    case .f32, .f16, .bf16: 1
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: 32
    case .q4_K, .q5_K, .q6_K: 256
    }
  }

  package var bytesPerBlock: Int {
    switch self {
    case .f32: 4
    case .f16, .bf16: 2
    case .q4_0: 18
    case .q4_1: 20
    case .q5_0: 22
    case .q5_1: 24
    case .q8_0: 34
    case .q4_K: 144
    case .q5_K: 176
    case .q6_K: 210
    }
  }

  /// GGML's name, such as "Q4_1".
  package var name: String {
    switch self {
    case .f32: "F32"
    case .f16: "F16"
    case .q4_0: "Q4_0"
    case .q4_1: "Q4_1"
    case .q5_0: "Q5_0"
    case .q5_1: "Q5_1"
    case .q8_0: "Q8_0"
    case .q4_K: "Q4_K"
    case .q5_K: "Q5_K"
    case .q6_K: "Q6_K"
    case .bf16: "BF16"
    }
  }

  /// Bytes of `elements` elements; nil on overflow, when negative, or when not a multiple of
  /// `blockSize`.
  package func byteCount(elements: Int) -> Int? {
    guard elements >= 0, elements.isMultiple(of: blockSize) else { return nil }
    let (bytes, overflow) = (elements / blockSize).multipliedReportingOverflow(by: bytesPerBlock)
    return overflow ? nil : bytes
  }

  /// Whether products quantise activations to 8 bits (block types) or stay in f32.
  var isBlockQuantized: Bool { blockSize > 1 }
}
