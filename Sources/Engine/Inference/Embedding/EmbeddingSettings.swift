import Foundation
import ModelFiles
import Transformer

/// What a model's files say about making one vector of a text.
struct EmbeddingSettings: Equatable {
  var pooling = Pooling.mean
  var normalizes = true
  var maximumTokens: Int?

  /// From a GGUF file's `bert.pooling_type` (llama.cpp's numbers). Its vectors are made unit length,
  /// as llama.cpp's server does.
  init(gguf file: GGUFFile) throws {
    let key = "bert.pooling_type"
    switch try file.intIfPresent(key) {
    case nil, 1: pooling = .mean
    case 2: pooling = .first
    case 3: pooling = .last
    case let other?:
      throw ModelFileError(
        .unsupported, path: file.path, field: key,
        message: "is \(other); 1 (mean), 2 (first) and 3 (last) are supported")
    }
    maximumTokens = try file.intIfPresent("bert.context_length")
  }

  /// From the files of sentence-transformers: `modules.json`, `1_Pooling/config.json`,
  /// `sentence_bert_config.json`. A folder without `modules.json` is a plain encoder: mean, unit
  /// length.
  init(folder path: String) throws {
    let limit = try Self.read(path + "/sentence_bert_config.json")?["max_seq_length"]?.asInt
    if let limit, limit >= 2 { maximumTokens = limit }
    guard let modules = try Self.read(path + "/modules.json") else {
      try readPooling(path, "1_Pooling")
      return
    }
    normalizes = false
    for module in modules.asArray ?? [] {
      let type = module["type"]?.asString ?? ""
      switch type.split(separator: ".").last ?? "" {
      case "Transformer": continue
      case "Pooling": try readPooling(path, module["path"]?.asString ?? "1_Pooling")
      case "Normalize": normalizes = true
      default:
        throw InferenceError(
          .unsupported, field: "modules.json",
          "the module \(type.prefix(80)) is not one of: Transformer, Pooling, Normalize")
      }
    }
  }

  private mutating func readPooling(_ path: String, _ module: String) throws {
    guard !module.hasPrefix("/"), !module.split(separator: "/").contains("..") else {
      throw InferenceError(.unsupported, field: "modules.json", "names a folder outside the model's")
    }
    let file = "\(module)/config.json"
    guard let settings = try Self.read("\(path)/\(file)") else { return }
    let known: [(key: String, pooling: Pooling)] = [
      ("pooling_mode_mean_tokens", .mean), ("pooling_mode_cls_token", .first),
      ("pooling_mode_lasttoken", .last),
    ]
    let others = (settings.asObject ?? [:]).keys.filter { key in
      key.hasPrefix("pooling_mode_") && !known.contains { $0.key == key }
        && settings[key]?.asBool == true
    }
    let chosen = known.filter { settings[$0.key]?.asBool == true }
    if let other = others.sorted().first {
      throw InferenceError(
        .unsupported, field: file, "\(other) is set; mean, cls and last token are supported")
    }
    switch chosen.count {
    case 0: break
    case 1: pooling = chosen[0].pooling
    default:
      throw InferenceError(
        .unsupported, field: file, "joins \(chosen.count) poolings; one at a time is supported")
    }
  }

  private static func read(_ path: String) throws -> JSONValue? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try JSONValue(path: path)
  }
}
