import ModelFiles

/// Llama 2 and 3, SmolLM2 and Mistral: RMSNorm, rotary positions, grouped queries, SwiGLU.
/// llama.cpp reorders the rows of queries and keys so that neighbours turn together.
enum Llama: Architecture {
  static let name = "llama"
  static let hubTypes = ["llama", "mistral"]

  static func configuration(_ keys: GGUFKeys) throws(ModelFileError) -> ModelConfiguration {
    var result = try keys.common(normalization: .rms, activation: .siluGated)
    result.rotary = try keys.rotary(style: .pairs, headDimension: result.headDimension)
    return result
  }

  static func configuration(_ keys: HubKeys) throws(ModelFileError) -> ModelConfiguration {
    var result = try keys.common(architecture: name, activation: .siluGated)
    result.rotary = try keys.rotary(headDimension: result.headDimension)
    if keys.string("model_type") == "mistral", let window = try keys.sizeIfPresent("sliding_window")
    {
      result.window = window
      result.windowedLayers = Array(repeating: true, count: result.layers)
    }
    return result
  }

  static func hubName(_ role: TensorRole) -> String? { HubNames.llamaLike(role) }
}
