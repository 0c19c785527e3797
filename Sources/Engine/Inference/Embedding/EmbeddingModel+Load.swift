import Foundation
import ModelFiles
import Tokenizers
import Transformer

extension EmbeddingModel {
  /// Opens a folder as sentence-transformers saves it (`config.json`, safetensors, `tokenizer.json` or
  /// `vocab.txt`, and if present `modules.json`, `1_Pooling/config.json`,
  /// `sentence_bert_config.json`), or a GGUF file of the architecture `bert`.
  ///
  /// - Throws: `InferenceError`, `ModelFileError` or `TokenizerError`, naming the file or field that is
  ///   missing, damaged or not supported.
  package convenience init(path: String) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw InferenceError(
        .unreadable, field: path,
        "there is no such file; give a folder with safetensors, or a .gguf file")
    }
    if isDirectory.boolValue { try self.init(folder: path) } else { try self.init(gguf: path) }
  }

  /// True when the file or folder holds an encoder: what loads as an `EmbeddingModel` rather than as a
  /// `LoadedModel`.
  ///
  /// - Throws: `ModelFileError` when it cannot be read.
  package static func isEncoder(path: String) throws -> Bool {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      return false
    }
    let types = ["bert", "roberta", "xlm-roberta", "camembert", "distilbert"]
    if isDirectory.boolValue {
      let type = try JSONValue(path: path + "/config.json")["model_type"]?.asString
      return type.map(types.contains) ?? false
    }
    return try GGUFFile(path: path).stringIfPresent("general.architecture") == "bert"
  }

  private convenience init(gguf path: String) throws {
    let file = try GGUFFile(path: path)
    let tokenizer = try WordPieceTokenizer(WordPieceDescription(gguf: file))
    try self.init(
      name: ModelName.slug(path: path, title: try file.stringIfPresent("general.name")),
      fingerprint: Fingerprint.of(files: [path]), tokenizer: tokenizer,
      encoder: Self.checked(EncoderModel(gguf: file), tokenizer, path),
      settings: EmbeddingSettings(gguf: file))
  }

  private convenience init(folder path: String) throws {
    let encoder = try EncoderModel(safetensors: path)
    let tokenizer = try WordPieceTokenizer(Self.description(folder: path))
    let files = try FileManager.default.contentsOfDirectory(atPath: path).filter {
      $0.hasSuffix(".safetensors") || $0 == "config.json"
    }
    try self.init(
      name: ModelName.slug(path: path, title: nil),
      fingerprint: Fingerprint.of(files: files.sorted().map { path + "/" + $0 }),
      tokenizer: tokenizer, encoder: Self.checked(encoder, tokenizer, path),
      settings: EmbeddingSettings(folder: path))
  }

  private static func description(folder path: String) throws -> WordPieceDescription {
    let config = try SideFile.contents(path + "/tokenizer_config.json")
    if let json = try SideFile.contents(path + "/tokenizer.json") {
      return try WordPieceDescription(tokenizerJSON: json, config: config)
    }
    guard let vocabulary = try SideFile.contents(path + "/vocab.txt") else {
      throw InferenceError(
        .unreadable, field: path + "/tokenizer.json",
        "cannot be read, nor vocab.txt; a model folder needs its tokenizer")
    }
    return try WordPieceDescription(vocabulary: vocabulary, config: config)
  }

  /// The tokenizer may not name tokens that the model has no row for.
  private static func checked(
    _ encoder: EncoderModel, _ tokenizer: WordPieceTokenizer, _ path: String
  ) throws -> EncoderModel {
    guard tokenizer.vocabularySize <= encoder.configuration.vocabulary else {
      throw InferenceError(
        .inconsistent, field: path,
        "the tokenizer has \(tokenizer.vocabularySize) tokens, the weights only "
          + "\(encoder.configuration.vocabulary); use files that belong together")
    }
    return encoder
  }
}

extension WordPieceDescription {
  /// From the `tokenizer.ggml.*` keys of a file.
  init(gguf file: GGUFFile) throws {
    let model = try file.string("tokenizer.ggml.model")
    guard model == "bert" else {
      throw TokenizerError(
        .unsupported, field: "tokenizer.ggml.model",
        "'\(model.prefix(64))' is not bert, the one known for encoders")
    }
    func id(_ names: String...) throws -> Int32? {
      for name in names {
        if let value = try file.intIfPresent("tokenizer.ggml.\(name)_token_id") {
          return Int32(exactly: value) ?? -1
        }
      }
      return nil
    }
    try self.init(
      ggufTokens: file.strings("tokenizer.ggml.tokens"),
      types: file.int32sIfPresent("tokenizer.ggml.token_type"), opening: id("cls", "bos"),
      closing: id("seperator", "separator", "eos"), unknown: id("unknown"), padding: id("padding"))
  }
}
