import ModelFiles

/// Qwen 3: Llama with norms of queries and keys and heads of their own width.
enum Qwen3: Architecture {
  static let name = "qwen3"
  static let hubTypes = ["qwen3"]

  static func configuration(_ keys: GGUFKeys) throws(ModelFileError) -> ModelConfiguration {
    var result = try Qwen2.configuration(keys)
    result.queryKeyNorm = true
    result.biases = .optional
    return result
  }

  static func configuration(_ keys: HubKeys) throws(ModelFileError) -> ModelConfiguration {
    var result = try Qwen2.configuration(keys)
    result.architecture = name
    if keys.string("_name_or_path") == nil { result.name = name }
    result.queryKeyNorm = true
    result.biases = .optional
    return result
  }

  static func hubName(_ role: TensorRole) -> String? { HubNames.llamaLike(role) }
}
