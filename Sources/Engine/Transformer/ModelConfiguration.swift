/// What a decoder is: its sizes and its options. Read from a model file, never by hand.
package struct ModelConfiguration: Sendable, Equatable {
  /// `llama`, `qwen2`, `qwen3`, `gemma3` or `gpt2`.
  package var architecture: String
  /// The model's own name, or the architecture's.
  package var name: String

  package var layers: Int
  /// Width of the residual stream.
  package var width: Int
  package var heads: Int
  /// Heads of keys and values; divides ``heads``.
  package var kvHeads: Int
  /// Width of one head of queries, keys and values.
  package var headDimension: Int
  /// Width inside the feed-forward network.
  package var feedForward: Int
  package var vocabulary: Int
  /// Longest sequence that the model was made for, tokens.
  package var contextLength: Int

  package var normalization: Normalization
  package var normEpsilon: Float
  package var biases = Biases.optional
  /// Norms of queries and keys, per head.
  package var queryKeyNorm = false
  /// Norms of the outputs of attention and feed-forward, before they join the residual stream.
  package var postNorms = false
  package var activation: Activation
  /// Positions as rotations of queries and keys; nil with learned positions.
  package var rotary: Rotary?
  /// Factor on query · key.
  package var attentionScale: Float
  /// cap · tanh(x / cap) on attention scores; 0 is off.
  package var attentionSoftCap: Float = 0
  /// cap · tanh(x / cap) on logits; 0 is off.
  package var logitSoftCap: Float = 0
  /// Factor on embeddings.
  package var embeddingScale: Float = 1
  /// How many positions a windowed layer looks back on, itself included.
  package var window: Int?
  /// Which layers are windowed; empty if none.
  package var windowedLayers: [Bool] = []

  package enum Normalization: Sendable, Equatable { case rms, layer }

  /// Which matrices must have a bias; the others may.
  package enum Biases: Sendable, Equatable { case optional, queryKeyValue, everywhere }

  package enum Activation: Sendable, Equatable {
    /// silu(gate) · up
    case siluGated
    /// gelu_tanh(gate) · up
    case geluTanhGated
    /// gelu_tanh(up)
    case geluTanh
    /// gelu(up), exact
    case gelu

    var isGated: Bool { self == .siluGated || self == .geluTanhGated }
  }

  /// Whether the layer looks back only on ``window`` positions.
  package func isWindowed(_ layer: Int) -> Bool {
    window != nil && layer < windowedLayers.count && windowedLayers[layer]
  }
}
