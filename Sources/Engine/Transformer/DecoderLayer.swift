import Tensor

/// The weights of one layer.
struct DecoderLayer: Sendable {
  var attentionNorm: Norm
  var query: Linear
  var key: Linear
  var value: Linear
  var output: Linear
  /// Per head, [headDimension].
  var queryNorm: Norm?
  var keyNorm: Norm?
  var postAttentionNorm: Norm?
  var feedForwardNorm: Norm
  /// Where the activation is gated.
  var gate: Linear?
  var up: Linear
  var down: Linear
  var postFeedForwardNorm: Norm?
}

/// A matrix product with an optional bias.
struct Linear: Sendable {
  var matrix: WeightMatrix
  /// [rows]
  var bias: FloatBuffer?
}

/// RMSNorm or LayerNorm.
struct Norm: Sendable {
  var kind: ModelConfiguration.Normalization
  var epsilon: Float
  var weight: FloatBuffer
  var bias: FloatBuffer?

  /// Norms one row of `weight.count` elements; `into` may be `x`.
  func apply(_ x: UnsafePointer<Float>, into: UnsafeMutablePointer<Float>) {
    switch kind {
    case .rms:
      Kernels.rmsNorm(
        x, weight: weight.pointer, epsilon: epsilon, count: weight.count, into: into)
    case .layer:
      Kernels.layerNorm(
        x, weight: weight.pointer, bias: bias.map { UnsafePointer($0.pointer) }, epsilon: epsilon,
        count: weight.count, into: into)
    }
  }
}
