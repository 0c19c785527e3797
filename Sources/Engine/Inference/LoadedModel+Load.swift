import Foundation
import ModelFiles
import Tokenizers
import Transformer

extension LoadedModel {
  /// Opens a `.gguf` file, or a folder as Hugging Face saves it: `config.json`, safetensors,
  /// `tokenizer.json`, and if present `tokenizer_config.json`, `chat_template.jinja` and
  /// `generation_config.json`.
  ///
  /// - Throws: `InferenceError`, `ModelFileError`, `TokenizerError` or `ChatTemplateError`, naming
  ///   the file or field that is missing, damaged or not supported.
  package static func load(path: String) throws -> LoadedModel {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw InferenceError(
        .unreadable, field: path,
        "there is no such file; give a .gguf file or a folder with safetensors")
    }
    return isDirectory.boolValue ? try loadFolder(path) : try loadGGUF(path)
  }

  private static func loadGGUF(_ path: String) throws -> LoadedModel {
    let file = try GGUFFile(path: path)
    let aside = AsideFromWeights(
      tokenizer: { try Tokenizer(TokenizerDescription(gguf: file)) },
      fingerprint: { try Fingerprint.of(files: [path]) })
    let model = try aside.during { try DecoderModel(gguf: file, alongside: $0) }
    let tokenizer = try aside.tokenizer()
    return try LoadedModel(
      name: ModelName.slug(path: path, title: try file.stringIfPresent("general.name")),
      fingerprint: aside.fingerprint(), tokenizer: tokenizer,
      template: try file.stringIfPresent("tokenizer.chat_template").map(ChatTemplate.init),
      weights: checked(DecoderWeights(model: model), tokenizer, path))
  }

  private static func loadFolder(_ path: String) throws -> LoadedModel {
    let tokenizerPath = path + "/tokenizer.json"
    guard let json = try SideFile.contents(tokenizerPath) else {
      throw InferenceError(
        .unreadable, field: tokenizerPath, "cannot be read; a model folder needs its tokenizer")
    }
    let aside = AsideFromWeights(
      tokenizer: {
        try Tokenizer(
          tokenizerJSON: json, config: SideFile.contents(path + "/tokenizer_config.json"))
      },
      fingerprint: { try fingerprint(ofFolder: path) })
    let model = try aside.during { try DecoderModel(safetensors: path, alongside: $0) }
    let tokenizer = try aside.tokenizer()
    let settings = try FolderSettings(path: path)
    return try LoadedModel(
      name: ModelName.slug(path: path, title: nil),
      fingerprint: aside.fingerprint(),
      tokenizer: tokenizer, template: settings.template.map(ChatTemplate.init),
      weights: checked(DecoderWeights(model: model), tokenizer, path),
      endOfGeneration: settings.endOfGeneration(tokenizer))
  }

  private static func fingerprint(ofFolder path: String) throws -> String {
    let files = try FileManager.default.contentsOfDirectory(atPath: path).filter {
      $0.hasSuffix(".safetensors") || $0 == "config.json"
    }
    return try Fingerprint.of(files: files.sorted().map { path + "/" + $0 })
  }

  /// The tokenizer may not name tokens that the model has no row for.
  private static func checked(
    _ weights: DecoderWeights, _ tokenizer: Tokenizer, _ path: String
  ) throws -> DecoderWeights {
    guard tokenizer.vocabularySize <= weights.vocabulary else {
      throw InferenceError(
        .inconsistent, field: path,
        "the tokenizer has \(tokenizer.vocabularySize) tokens, the weights only "
          + "\(weights.vocabulary); use files that belong together")
    }
    return weights
  }
}

/// A text file beside the weights: the size is looked at before memory is taken.
enum SideFile {
  /// The largest `tokenizer.json` in use has 35 MB.
  static let maximumBytes = 256 << 20

  /// Nil if there is no such file.
  static func contents(_ path: String) throws -> Data? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let file = try MappedFile(path: path)
    guard file.bytes.count <= maximumBytes else {
      throw ModelFileError(
        .limit, path: path, field: "file",
        message: "is \(file.bytes.count) bytes, over the limit of \(maximumBytes); use the "
          + "model's own file")
    }
    return withExtendedLifetime(file) { Data(file.bytes) }
  }
}

/// What a Hugging Face folder says beside weights and tokenizer.
private struct FolderSettings {
  var template: String?
  /// Spellings and ids of tokens that end an answer.
  private var endSpellings: [String] = []
  private var endIds: [Int32] = []

  init(path: String) throws {
    if let settings = try Self.read(path + "/tokenizer_config.json") {
      template = settings["chat_template"]?.asString
      // Either a text or {"content": text}.
      if let end = settings["eos_token"]?.asString ?? settings["eos_token"]?["content"]?.asString {
        endSpellings.append(end)
      }
    }
    if let data = try SideFile.contents(path + "/chat_template.jinja") {
      template = String(decoding: data, as: UTF8.self)
    }
    for name in ["generation_config.json", "config.json"] {
      guard let end = try Self.read(path + "/" + name)?["eos_token_id"] else { continue }
      let ids = end.asInt.map { [$0] } ?? end.asArray?.compactMap(\.asInt) ?? []
      endIds += ids.compactMap { Int32(exactly: $0) }
    }
  }

  func endOfGeneration(_ tokenizer: Tokenizer) -> Set<Int32> {
    let spelled = endSpellings.compactMap { tokenizer.token(spelled: $0) }
    return Set(endIds + spelled).filter { $0 >= 0 && $0 < tokenizer.vocabularySize }
  }

  private static func read(_ path: String) throws -> JSONValue? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try JSONValue(path: path)
  }
}

extension TokenizerDescription {
  /// From the `tokenizer.ggml.*` keys of a file.
  init(gguf file: GGUFFile) throws {
    func id(_ key: String) throws -> Int32? {
      guard let value = try file.intIfPresent("tokenizer.ggml.\(key)_token_id") else { return nil }
      return Int32(exactly: value) ?? -1
    }
    try self.init(
      ggufModel: file.string("tokenizer.ggml.model"),
      pre: file.stringIfPresent("tokenizer.ggml.pre"),
      tokens: file.strings("tokenizer.ggml.tokens"),
      scores: file.floatsIfPresent("tokenizer.ggml.scores"),
      types: file.int32sIfPresent("tokenizer.ggml.token_type"),
      merges: file.stringsIfPresent("tokenizer.ggml.merges"), bos: id("bos"), eos: id("eos"),
      unknown: id("unknown"), padding: id("padding"), eot: id("eot"), eom: id("eom"),
      addBos: file.boolIfPresent("tokenizer.ggml.add_bos_token"),
      addEos: file.boolIfPresent("tokenizer.ggml.add_eos_token"),
      addSpacePrefix: file.boolIfPresent("tokenizer.ggml.add_space_prefix"))
  }
}
