import Transformer

/// How the KV cache keeps its numbers.
package enum KVPrecision: String, Sendable, CaseIterable {
  /// 16 bits.
  case f16
  /// 8 bits with a scale for each 32: about half the memory and traffic, a small loss of accuracy.
  case q8

  var cache: KeyValueCache.Precision {
    switch self {
    case .f16: .f16
    case .q8: .q8
    }
  }
}
