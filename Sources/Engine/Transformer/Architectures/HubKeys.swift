import ModelFiles

/// A view of `config.json` as Hugging Face writes it; sizes are bounded.
struct HubKeys {
  let model: SafetensorsModel
  private var json: JSONValue { model.configuration }

  init(model: SafetensorsModel) { self.model = model }

  var path: String { model.directory + "/config.json" }

  func error(
    _ key: String, _ message: String, code: ModelFileError.Code = .unsupported
  ) -> ModelFileError {
    ModelFileError(code, path: path, field: key, message: message)
  }

  /// A member that is there and not null.
  func value(_ key: String) -> JSONValue? { value(key, in: json) }

  private func value(_ key: String, in object: JSONValue) -> JSONValue? {
    guard let found = object[key], found != .null else { return nil }
    return found
  }

  func size(_ key: String) throws(ModelFileError) -> Int {
    guard let result = try sizeIfPresent(key) else { throw missing(key, "an integer") }
    return result
  }

  func sizeIfPresent(_ key: String) throws(ModelFileError) -> Int? {
    try sizeIfPresent(key, in: json)
  }

  private func sizeIfPresent(_ key: String, in object: JSONValue) throws(ModelFileError) -> Int? {
    guard let found = value(key, in: object) else { return nil }
    guard let size = found.asInt, size >= 1, size <= ModelConfiguration.maximumSize else {
      throw error(
        key, "should be an integer of 1...\(ModelConfiguration.maximumSize); correct config.json",
        code: .wrongType)
    }
    return size
  }

  func number(_ key: String) throws(ModelFileError) -> Double {
    guard let result = try numberIfPresent(key) else { throw missing(key, "a number") }
    return result
  }

  func numberIfPresent(_ key: String) throws(ModelFileError) -> Double? {
    try numberIfPresent(key, in: json)
  }

  private func numberIfPresent(
    _ key: String, in object: JSONValue
  ) throws(ModelFileError) -> Double? {
    guard let found = value(key, in: object) else { return nil }
    guard let number = found.asDouble, number.isFinite else {
      throw error(key, "should be a number; correct config.json", code: .wrongType)
    }
    return number
  }

  func string(_ key: String) -> String? { value(key)?.asString }

  func bool(_ key: String) -> Bool? { value(key)?.asBool }

  private func missing(_ key: String, _ type: String) -> ModelFileError {
    error(key, "is missing (\(type) is expected); save the model again", code: .missing)
  }

  /// What Llama and its kin have in common.
  func common(
    architecture: String, activation: ModelConfiguration.Activation
  ) throws(ModelFileError) -> ModelConfiguration {
    try expectActivation(activation)
    let width = try size("hidden_size")
    let heads = try size("num_attention_heads")
    let head = try sizeIfPresent("head_dim") ?? (width / heads)
    return ModelConfiguration(
      architecture: architecture, name: string("_name_or_path") ?? architecture,
      layers: try size("num_hidden_layers"), width: width, heads: heads,
      kvHeads: try sizeIfPresent("num_key_value_heads") ?? heads, headDimension: head,
      feedForward: try size("intermediate_size"), vocabulary: try size("vocab_size"),
      contextLength: try size("max_position_embeddings"), normalization: .rms,
      normEpsilon: Float(try number("rms_norm_eps")), activation: activation,
      attentionScale: 1 / Float(head).squareRoot())
  }

  private func expectActivation(
    _ activation: ModelConfiguration.Activation
  ) throws(ModelFileError) {
    let expected = activation == .siluGated ? ["silu", "swish"] : ["gelu_pytorch_tanh"]
    guard let named = string("hidden_activation") ?? string("hidden_act") else { return }
    guard expected.contains(named) else {
      throw error("hidden_act", "is \(named); \(expected[0]) is supported for this architecture")
    }
  }

  /// Windowed layers, by `layer_types`.
  func windowedLayers() throws(ModelFileError) -> [Bool]? {
    guard let types = value("layer_types") else { return nil }
    guard let names = types.asArray?.compactMap(\.asString), names.count == types.asArray?.count
    else { throw error("layer_types", "should be an array of strings", code: .wrongType) }
    var result: [Bool] = []
    for name in names {
      switch name {
      case "sliding_attention": result.append(true)
      case "full_attention": result.append(false)
      default: throw error("layer_types", "has the unsupported type \(name)")
      }
    }
    return result
  }

  /// Rotation by `rope_parameters` (new) or `rope_theta` and `rope_scaling` (old).
  ///
  /// - Parameter layers: the kind of layers, where `rope_parameters` tells them apart.
  func rotary(
    headDimension: Int, defaultBase: Double = 10_000, layers: String = "full_attention"
  ) throws(ModelFileError) -> Rotary {
    var parameters = value("rope_parameters") ?? .object([:])
    if let own = value(layers, in: parameters) { parameters = own }
    let outerBase = try numberIfPresent("rope_theta") ?? defaultBase
    let base = try numberIfPresent("rope_theta", in: parameters) ?? outerBase
    let outerPart = try numberIfPresent("partial_rotary_factor") ?? 1
    let partial = try numberIfPresent("partial_rotary_factor", in: parameters) ?? outerPart
    guard base > 0, partial > 0, partial <= 1 else {
      throw error("rope_theta", "or partial_rotary_factor is out of range; correct config.json")
    }
    let dimension = Int(Double(headDimension) * partial)
    let scaling = value("rope_scaling") ?? parameters
    return Rotary(
      dimension: dimension, style: .halves, base: base,
      scaling: try self.scaling(scaling, base: base, dimension: dimension))
  }

  private func scaling(
    _ object: JSONValue, base: Double, dimension: Int
  ) throws(ModelFileError) -> Rotary.Scaling {
    let type = (value("rope_type", in: object) ?? value("type", in: object))?.asString ?? "default"
    func number(_ key: String) throws(ModelFileError) -> Double {
      guard let result = try numberIfPresent(key, in: object), result > 0 else {
        throw error("rope_scaling.\(key)", "should be a number over 0; correct config.json")
      }
      return result
    }
    func original() throws(ModelFileError) -> Int {
      let context = try size("max_position_embeddings")
      return try sizeIfPresent("original_max_position_embeddings", in: object) ?? context
    }
    switch type {
    case "default": return .none
    case "linear": return .linear(try number("factor"))
    case "llama3":
      return .llama3(
        factor: try number("factor"), low: try number("low_freq_factor"),
        high: try number("high_freq_factor"), originalContext: try original(), base: base,
        dimension: dimension)
    case "yarn":
      var yarn = Rotary.Yarn(factor: try number("factor"), originalContext: try original())
      if let fast = try numberIfPresent("beta_fast", in: object) { yarn.betaFast = fast }
      if let slow = try numberIfPresent("beta_slow", in: object) { yarn.betaSlow = slow }
      yarn.magnitude = try numberIfPresent("attention_factor", in: object)
      return .yarn(yarn)
    default:
      throw error("rope_scaling", "is of type \(type); linear, llama3 and yarn are supported")
    }
  }
}
