import ModelFiles

/// Gemma 3 (text): scaled embeddings, four norms a layer, norms of queries and keys, GeGLU, five
/// windowed layers with a rotary base of their own to one that sees everything.
enum Gemma3: Architecture {
  static let name = "gemma3"
  static let hubTypes = ["gemma3_text"]
  static let hubNormOffset: Float = 1

  static func configuration(_ keys: GGUFKeys) throws(ModelFileError) -> ModelConfiguration {
    var result = try keys.common(normalization: .rms, activation: .geluTanhGated)
    var rotary = try keys.rotary(style: .halves, headDimension: result.headDimension)
    rotary.windowBase = Double(try keys.floatIfPresent("rope.freq_base_swa") ?? 10_000)
    result.rotary = rotary
    // The 27B model, told by its 62 layers, scales by width / heads instead of the head's width.
    if result.layers == 62 {
      result.attentionScale = 1 / Float(result.width / result.heads).squareRoot()
    }
    result.logitSoftCap = try keys.floatIfPresent("final_logit_softcapping") ?? 0
    result.window = try keys.sizeIfPresent("attention.sliding_window")
    result.windowedLayers = try windowedLayers(keys, result.layers)
    finish(&result)
    return result
  }

  static func configuration(_ keys: HubKeys) throws(ModelFileError) -> ModelConfiguration {
    var result = try keys.common(architecture: name, activation: .geluTanhGated)
    if keys.bool("use_bidirectional_attention") == true {
      throw keys.error("use_bidirectional_attention", "is set; only causal models are supported")
    }
    var rotary = try keys.rotary(headDimension: result.headDimension, defaultBase: 1_000_000)
    if keys.value("rope_parameters")?["sliding_attention"] != nil {
      let local = try keys.rotary(
        headDimension: result.headDimension, layers: "sliding_attention")
      rotary.windowBase = local.base
    } else {
      rotary.windowBase = try keys.numberIfPresent("rope_local_base_freq") ?? 10_000
    }
    result.rotary = rotary
    if let scalar = try keys.numberIfPresent("query_pre_attn_scalar"), scalar > 0 {
      result.attentionScale = 1 / Float(scalar).squareRoot()
    }
    result.attentionSoftCap = Float(try keys.numberIfPresent("attn_logit_softcapping") ?? 0)
    result.logitSoftCap = Float(try keys.numberIfPresent("final_logit_softcapping") ?? 0)
    result.window = try keys.sizeIfPresent("sliding_window")
    let hidden = try keys.sizeIfPresent("_sliding_window_pattern") ?? 6
    let every = try keys.sizeIfPresent("sliding_window_pattern") ?? hidden
    result.windowedLayers = try keys.windowedLayers() ?? pattern(every, result.layers)
    finish(&result)
    return result
  }

  private static func finish(_ result: inout ModelConfiguration) {
    result.queryKeyNorm = true
    result.postNorms = true
    result.embeddingScale = Float(result.width).squareRoot()
  }

  private static func windowedLayers(
    _ keys: GGUFKeys, _ layers: Int
  ) throws(ModelFileError) -> [Bool] {
    let key = "attention.sliding_window_pattern"
    guard let value = keys.file.metadata[keys.key(key)] else { return pattern(6, layers) }
    if let flags = value.asBools, flags.count == layers { return flags }
    if let every = value.asInt, every >= 1 { return pattern(every, layers) }
    throw keys.error(key, "should be a number or \(layers) booleans", code: .wrongType)
  }

  /// Every `every`-th layer sees everything.
  private static func pattern(_ every: Int, _ layers: Int) -> [Bool] {
    (1...layers).map { !$0.isMultiple(of: every) }
  }

  static func hubName(_ role: TensorRole) -> String? {
    guard case .layer(let number, let part) = role else { return HubNames.llamaLike(role) }
    let name = "model.layers.\(number)."
    return switch part {
    case .postAttentionNorm: name + "post_attention_layernorm"
    case .feedForwardNorm: name + "pre_feedforward_layernorm"
    case .postFeedForwardNorm: name + "post_feedforward_layernorm"
    default: HubNames.llamaLike(role)
    }
  }
}
