import ModelFiles

/// Qwen 2 and 2.5: Llama with biases on queries, keys and values.
enum Qwen2: Architecture {
  static let name = "qwen2"
  static let hubTypes = ["qwen2"]

  static func configuration(_ keys: GGUFKeys) throws(ModelFileError) -> ModelConfiguration {
    var result = try keys.common(normalization: .rms, activation: .siluGated)
    result.rotary = try keys.rotary(style: .halves, headDimension: result.headDimension)
    result.biases = .queryKeyValue
    return result
  }

  static func configuration(_ keys: HubKeys) throws(ModelFileError) -> ModelConfiguration {
    var result = try keys.common(architecture: name, activation: .siluGated)
    result.rotary = try keys.rotary(headDimension: result.headDimension)
    result.biases = .queryKeyValue
    if keys.bool("use_sliding_window") == true {
      result.window = try keys.size("sliding_window")
      let full = try keys.sizeIfPresent("max_window_layers") ?? 0
      result.windowedLayers =
        try keys.windowedLayers() ?? (0..<result.layers).map { $0 >= full }
    }
    return result
  }

  static func hubName(_ role: TensorRole) -> String? { HubNames.llamaLike(role) }
}
