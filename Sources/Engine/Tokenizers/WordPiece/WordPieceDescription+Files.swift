package import Foundation

extension WordPieceDescription {
  /// True when a `tokenizer.json` holds a WordPiece model, by its `model.type` or, in old files, by
  /// its BertPreTokenizer.
  package static func isWordPiece(tokenizerJSON: Data) throws(TokenizerError) -> Bool {
    let json = try TokenizerJSON(data: tokenizerJSON)
    return json.isWordPiece
  }

  /// From a `tokenizer.json`, and `tokenizer_config.json` where there is one.
  ///
  /// - Throws: `TokenizerError` naming the field.
  package init(tokenizerJSON: Data, config: Data? = nil) throws(TokenizerError) {
    let json = try TokenizerJSON(data: tokenizerJSON)
    guard json.isWordPiece else {
      throw TokenizerError(
        .unsupported, field: "model.type",
        "'\(json.model["type"]?.string?.prefix(64) ?? "none")' is not WordPiece")
    }
    self.init(tokens: try TokenizerDescription.tokens(json))
    spelling = .continued(json.model["continuing_subword_prefix"]?.string ?? "##")
    if let length = json.model["max_input_chars_per_word"]?.integer { maximumWordLength = length }
    try readNormalizer(json.normalizer)
    try Self.expect(json.preTokenizer, "pre_tokenizer", ["BertPreTokenizer"])
    try readProcessor(json.postProcessor)
    addedTokens = json.added.map(\.token)
    unknown = try id(json.model["unk_token"]?.string ?? "[UNK]", "model.unk_token")
    padding = find("[PAD]")
    if let config { try readConfig(config, options: false) }
  }

  /// From a `vocab.txt`, a piece a line, and `tokenizer_config.json` where there is one.
  ///
  /// - Throws: `TokenizerError` naming the field.
  package init(vocabulary: Data, config: Data? = nil) throws(TokenizerError) {
    guard let text = String(data: vocabulary, encoding: .utf8) else {
      throw TokenizerError(.malformed, field: "vocab.txt", "the file is not UTF-8")
    }
    var lines = text.split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" })
    if lines.last == "" { lines.removeLast() }
    self.init(tokens: lines.map(String.init))
    unknown = try id("[UNK]", "vocab.txt")
    opening = try id("[CLS]", "vocab.txt")
    closing = try id("[SEP]", "vocab.txt")
    padding = find("[PAD]")
    for name in ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] {
      if let id = find(name) { addedTokens.append(.init(id: id, special: true)) }
    }
    if let config { try readConfig(config, options: true) }
  }

  /// From the values of GGUF's `tokenizer.ggml.*` keys, where `tokenizer.ggml.model` is "bert".
  /// llama.cpp strips accents and lowercases for every such file.
  ///
  /// - Parameter types: `tokenizer.ggml.token_type`.
  package init(
    ggufTokens tokens: [String], types: [Int32]?, opening: Int32?, closing: Int32?,
    unknown: Int32?, padding: Int32?
  ) throws(TokenizerError) {
    self.init(tokens: tokens)
    spelling = .begun("\u{2581}")
    self.unknown = try known(unknown, "[UNK]", "tokenizer.ggml.unknown_token_id")
    self.opening = try known(opening, "[CLS]", "tokenizer.ggml.cls_token_id")
    self.closing = try known(closing, "[SEP]", "tokenizer.ggml.seperator_token_id")
    self.padding = padding
    let control = TokenizerDescription.TokenType.control.rawValue
    for (index, type) in (types ?? []).enumerated() where type == control {
      addedTokens.append(.init(id: Int32(index), special: true))
    }
  }

  private func known(
    _ given: Int32?, _ piece: String, _ field: String
  ) throws(TokenizerError) -> Int32 {
    if let given { return given }
    return try id(piece, field)
  }

  private func find(_ piece: String) -> Int32? {
    tokens.firstIndex { $0.utf8.elementsEqual(piece.utf8) }.map { Int32($0) }
  }

  private func id(_ piece: String, _ field: String) throws(TokenizerError) -> Int32 {
    guard let found = find(piece) else {
      throw TokenizerError(
        .inconsistent, field: field, "'\(piece.prefix(80))' is not in the vocabulary")
    }
    return found
  }

  private static func expect(
    _ step: JSONValue, _ field: String, _ known: [String]
  ) throws(TokenizerError) {
    guard known.contains(step.type) else {
      throw TokenizerError(
        .unsupported, field: field,
        "'\(step.type.prefix(64))' is not one of: \(known.joined(separator: ", "))")
    }
  }

  private mutating func readNormalizer(_ step: JSONValue) throws(TokenizerError) {
    try Self.expect(step, "normalizer", ["BertNormalizer"])
    cleansText = step["clean_text"].bool ?? true
    separatesHan = step["handle_chinese_chars"].bool ?? true
    stripsAccents = step["strip_accents"].bool
    lowercases = step["lowercase"].bool ?? true
  }

  private mutating func readProcessor(_ step: JSONValue) throws(TokenizerError) {
    let field = "post_processor"
    try Self.expect(step, field, ["TemplateProcessing", "BertProcessing"])
    func token(_ value: JSONValue) throws(TokenizerError) -> Int32 {
      guard let id = value.integer.flatMap(Int32.init(exactly:)) else {
        throw TokenizerError(.malformed, field: field, "a token without an id")
      }
      return id
    }
    if step.type == "BertProcessing" {
      opening = try token(step["cls"].array.last ?? .null)
      closing = try token(step["sep"].array.last ?? .null)
      return
    }
    let parts = step["single"].array
    guard parts.count == 3, parts[1]["Sequence"] != .null else {
      throw TokenizerError(
        .unsupported, field: field, "is not one token, the text and one token")
    }
    func named(_ part: JSONValue) throws(TokenizerError) -> Int32 {
      let name = part["SpecialToken"]["id"].string ?? ""
      return try token(step["special_tokens"][name]["ids"].array.first ?? .null)
    }
    opening = try named(parts[0])
    closing = try named(parts[2])
  }

  /// - Parameter options: also reads the normaliser's options, which `tokenizer.json` has itself.
  private mutating func readConfig(_ data: Data, options: Bool) throws(TokenizerError) {
    let config = try JSONValue(data: data, file: "tokenizer_config.json")
    // Some files hold an absurdly large number for "no limit".
    if let limit = config["model_max_length"].integer, limit > 0, limit <= 1 << 24 {
      maximumTokens = limit
    }
    guard options else { return }
    lowercases = config["do_lower_case"].bool ?? true
    separatesHan = config["tokenize_chinese_chars"].bool ?? true
    stripsAccents = config["strip_accents"].bool
  }
}
