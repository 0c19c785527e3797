import ModelFiles

/// An architecture's view of GGUF metadata: keys are under its prefix, and sizes are bounded.
struct GGUFKeys {
  let file: GGUFFile
  let prefix: String

  func key(_ suffix: String) -> String { "\(prefix).\(suffix)" }

  /// A size of 1...2²⁴ (a model of a sane size).
  func size(_ suffix: String) throws(ModelFileError) -> Int {
    try bounded(file.int(key(suffix)), suffix)
  }

  func sizeIfPresent(_ suffix: String) throws(ModelFileError) -> Int? {
    guard let value = try file.intIfPresent(key(suffix)) else { return nil }
    return try bounded(value, suffix)
  }

  func float(_ suffix: String) throws(ModelFileError) -> Float {
    try finite(file.float(key(suffix)), suffix)
  }

  func floatIfPresent(_ suffix: String) throws(ModelFileError) -> Float? {
    guard let value = try file.floatIfPresent(key(suffix)) else { return nil }
    return try finite(value, suffix)
  }

  func stringIfPresent(_ suffix: String) throws(ModelFileError) -> String? {
    try file.stringIfPresent(key(suffix))
  }

  func error(
    _ suffix: String, _ message: String, code: ModelFileError.Code = .unsupported
  ) -> ModelFileError {
    ModelFileError(code, path: file.path, field: key(suffix), message: message)
  }

  private func bounded(_ value: Int, _ suffix: String) throws(ModelFileError) -> Int {
    guard value >= 1, value <= ModelConfiguration.maximumSize else {
      throw error(
        suffix, "is \(value), outside 1...\(ModelConfiguration.maximumSize); the file is damaged",
        code: .limit)
    }
    return value
  }

  private func finite(_ value: Float, _ suffix: String) throws(ModelFileError) -> Float {
    guard value.isFinite else {
      throw error(suffix, "is not a finite number; the file is damaged", code: .malformed)
    }
    return value
  }

  /// What all architectures have in common.
  func common(
    normalization: ModelConfiguration.Normalization, activation: ModelConfiguration.Activation
  ) throws(ModelFileError) -> ModelConfiguration {
    guard let embedding = file.tensor("token_embd.weight"), embedding.shape.count == 2 else {
      throw ModelFileError(
        .missing, path: file.path, field: "token_embd.weight",
        message: "is missing or not a matrix; name a language model's file")
    }
    if let experts = try file.intIfPresent(key("expert_count")), experts > 0 {
      throw error("expert_count", "is \(experts): mixtures of experts are not supported")
    }
    let width = try size("embedding_length")
    let heads = try size("attention.head_count")
    let head = try sizeIfPresent("attention.key_length") ?? (width / heads)
    let valueHead = try sizeIfPresent("attention.value_length") ?? head
    guard head == valueHead else {
      throw error("attention.value_length", "is \(valueHead), unlike the key length \(head)")
    }
    let epsilon = normalization == .rms ? "layer_norm_rms_epsilon" : "layer_norm_epsilon"
    return ModelConfiguration(
      architecture: prefix, name: try file.stringIfPresent("general.name") ?? prefix,
      layers: try size("block_count"), width: width, heads: heads,
      kvHeads: try sizeIfPresent("attention.head_count_kv") ?? heads, headDimension: head,
      feedForward: try size("feed_forward_length"), vocabulary: embedding.shape[0],
      contextLength: try size("context_length"), normalization: normalization,
      normEpsilon: try float("attention.\(epsilon)"), activation: activation,
      attentionScale: 1 / Float(head).squareRoot())
  }

  /// Rotation with llama.cpp's keys.
  func rotary(
    style: Rotary.Style, headDimension: Int
  ) throws(ModelFileError) -> Rotary {
    Rotary(
      dimension: try sizeIfPresent("rope.dimension_count") ?? headDimension, style: style,
      base: Double(try floatIfPresent("rope.freq_base") ?? 10_000),
      scaling: try scaling())
  }

  private func scaling() throws(ModelFileError) -> Rotary.Scaling {
    if let tensor = file.tensor("rope_freqs.weight") {
      return .factors(try WeightReader.floats(tensor))
    }
    let legacy = try floatIfPresent("rope.scale_linear")
    let factor = try floatIfPresent("rope.scaling.factor") ?? legacy ?? 1
    guard factor > 0 else {
      throw error("rope.scaling.factor", "is not over 0; the file is damaged")
    }
    switch try stringIfPresent("rope.scaling.type") ?? "linear" {
    case "none": return .none
    case "linear": return factor == 1 ? .none : .linear(Double(factor))
    case "yarn":
      let attention = try floatIfPresent("rope.scaling.attn_factor")
      let context = try size("context_length")
      var yarn = Rotary.Yarn(
        factor: Double(factor),
        originalContext: try sizeIfPresent("rope.scaling.original_context_length") ?? context)
      if let fast = try floatIfPresent("rope.scaling.yarn_beta_fast") {
        yarn.betaFast = Double(fast)
      }
      if let slow = try floatIfPresent("rope.scaling.yarn_beta_slow") {
        yarn.betaSlow = Double(slow)
      }
      if let attention { yarn.scaleMagnitude(by: Double(attention)) }
      return .yarn(yarn)
    case let other:
      throw error("rope.scaling.type", "is \(other); none, linear and yarn are supported")
    }
  }
}
