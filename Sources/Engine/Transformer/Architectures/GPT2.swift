import ModelFiles

/// GPT-2: learned positions, LayerNorm with biases, one matrix for queries, keys and values, GELU.
/// Hugging Face stores its matrices as [in, out].
enum GPT2: Architecture {
  static let name = "gpt2"
  static let hubTypes = ["gpt2"]
  static let hubPrefixes = ["transformer."]

  static func configuration(_ keys: GGUFKeys) throws(ModelFileError) -> ModelConfiguration {
    var result = try keys.common(normalization: .layer, activation: .geluTanh)
    result.biases = .everywhere
    return result
  }

  static func configuration(_ keys: HubKeys) throws(ModelFileError) -> ModelConfiguration {
    let width = try keys.size("n_embd")
    let heads = try keys.size("n_head")
    if keys.bool("scale_attn_by_inverse_layer_idx") == true {
      throw keys.error("scale_attn_by_inverse_layer_idx", "is set, which is not supported")
    }
    var result = ModelConfiguration(
      architecture: name, name: keys.string("_name_or_path") ?? name,
      layers: try keys.size("n_layer"), width: width, heads: heads, kvHeads: heads,
      headDimension: width / heads,
      feedForward: try keys.sizeIfPresent("n_inner") ?? 4 * width,
      vocabulary: try keys.size("vocab_size"), contextLength: try keys.size("n_positions"),
      normalization: .layer, normEpsilon: Float(try keys.number("layer_norm_epsilon")),
      activation: try activation(keys), attentionScale: 1 / Float(width / heads).squareRoot())
    result.biases = .everywhere
    return result
  }

  private static func activation(
    _ keys: HubKeys
  ) throws(ModelFileError) -> ModelConfiguration.Activation {
    switch keys.string("activation_function") ?? "gelu_new" {
    case "gelu_new", "gelu_pytorch_tanh": return .geluTanh
    case "gelu": return .gelu
    case let other:
      throw keys.error("activation_function", "is \(other); gelu_new and gelu are supported")
    }
  }

  static func hubName(_ role: TensorRole) -> String? {
    switch role {
    case .embedding: "wte"
    case .positions: "wpe"
    case .outputNorm: "ln_f"
    case .head: "lm_head"
    case .rotaryFactors: nil
    case .layer(let number, let part): name(part).map { "h.\(number).\($0)" }
    }
  }

  private static func name(_ role: LayerRole) -> String? {
    switch role {
    case .attentionNorm: "ln_1"
    case .fused: "attn.c_attn"
    case .output: "attn.c_proj"
    case .feedForwardNorm: "ln_2"
    case .up: "mlp.c_fc"
    case .down: "mlp.c_proj"
    default: nil
    }
  }

  static func isTransposed(_ role: TensorRole) -> Bool {
    guard case .layer(_, let part) = role else { return false }
    return [.fused, .output, .up, .down].contains(part)
  }
}
