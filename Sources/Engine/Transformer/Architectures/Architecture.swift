import ModelFiles

/// One decoder architecture: how its files are read into a ``ModelConfiguration`` and which tensors
/// it has. Everything else is common.
protocol Architecture: Sendable {
  /// `general.architecture` in GGUF.
  static var name: String { get }
  /// `model_type` in `config.json`.
  static var hubTypes: [String] { get }

  static func configuration(_ keys: GGUFKeys) throws(ModelFileError) -> ModelConfiguration
  static func configuration(_ keys: HubKeys) throws(ModelFileError) -> ModelConfiguration

  /// The Hugging Face name of a tensor, without `.weight` or `.bias`; nil if it has none.
  static func hubName(_ role: TensorRole) -> String?
  /// Beginnings that the names may carry; dropped before they are matched.
  static var hubPrefixes: [String] { get }
  /// Whether Hugging Face stores the role's matrix as [in, out].
  static func isTransposed(_ role: TensorRole) -> Bool
  /// What is added to Hugging Face's norm weights; GGUF has it folded in.
  static var hubNormOffset: Float { get }
}

extension Architecture {
  static var hubPrefixes: [String] { [] }
  static func isTransposed(_ role: TensorRole) -> Bool { false }
  static var hubNormOffset: Float { 0 }
}

/// What a tensor is for.
enum TensorRole: Hashable {
  case embedding, positions, outputNorm, head, rotaryFactors
  case layer(Int, LayerRole)
}

/// What a layer's tensor is for.
enum LayerRole: String, Hashable, CaseIterable {
  // The raw values are llama.cpp's names.
  case attentionNorm = "attn_norm"
  case query = "attn_q"
  case key = "attn_k"
  case value = "attn_v"
  /// Query, key and value one above the other.
  case fused = "attn_qkv"
  case output = "attn_output"
  case queryNorm = "attn_q_norm"
  case keyNorm = "attn_k_norm"
  case postAttentionNorm = "post_attention_norm"
  case feedForwardNorm = "ffn_norm"
  case gate = "ffn_gate"
  case up = "ffn_up"
  case down = "ffn_down"
  case postFeedForwardNorm = "post_ffw_norm"
}

extension TensorRole {
  /// llama.cpp's name, without `.weight` or `.bias`.
  var ggufName: String {
    switch self {
    case .embedding: "token_embd"
    case .positions: "position_embd"
    case .outputNorm: "output_norm"
    case .head: "output"
    case .rotaryFactors: "rope_freqs"
    case .layer(let number, let role): "blk.\(number).\(role.rawValue)"
    }
  }
}
