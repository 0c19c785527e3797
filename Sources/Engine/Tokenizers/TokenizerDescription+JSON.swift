package import Foundation

extension TokenizerDescription {
  /// A description from a Hugging Face `tokenizer.json` with a BPE model.
  ///
  /// - Parameters:
  ///   - tokenizerJSON: the file.
  ///   - config: `tokenizer_config.json`, which names the beginning, end and padding tokens; without
  ///     it they are known only where the post-processor adds them.
  /// - Throws: `TokenizerError` naming the field.
  package init(tokenizerJSON: Data, config: Data? = nil) throws(TokenizerError) {
    try self.init(try TokenizerJSON(data: tokenizerJSON))
    if let config { try readConfig(config) }
  }

  private init(_ json: TokenizerJSON) throws(TokenizerError) {
    if case .string(let type) = json.model["type"], type != "BPE" {
      throw TokenizerError(
        .unsupported, field: "model.type", "'\(type.prefix(64))' is not the one known: BPE")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let affix = json.model[key]?.string, !affix.isEmpty {
        throw TokenizerError(.unsupported, field: "model.\(key)", "must be empty")
      }
    }
    self.init(model: .byteLevelBPE, tokens: try Self.tokens(json))
    merges = json.merges
    ignoresMerges = json.model["ignore_merges"]?.bool ?? false
    fusesUnknown = json.model["fuse_unk"]?.bool ?? false
    addedTokens = json.added.map(\.token)
    types = [TokenType](repeating: .normal, count: tokens.count)
    for token in json.added {
      types[Int(token.token.id)] = token.token.special ? .control : .userDefined
    }
    try json.applyPreTokenizer(to: &self)
    try json.applyNormalizer(to: &self)
    try json.applyPostProcessor(to: &self)
    if let name = json.model["unk_token"]?.string {
      unknown = try Self.id(of: name, in: tokens, field: "model.unk_token")
    }
    findEndOfGeneration()
  }

  /// The pieces by id. Ids may leave a few gaps; those stay empty.
  static func tokens(_ json: TokenizerJSON) throws(TokenizerError) -> [String] {
    let field = "model.vocab"
    let pairs = json.vocabulary + json.added.map { ($0.piece, Int($0.token.id)) }
    let count = (pairs.lazy.map(\.id).max() ?? -1) + 1
    guard count <= min(maximumTokens, 2 * pairs.count + 65_536) else {
      throw TokenizerError(.inconsistent, field: field, "id \(count - 1) for \(pairs.count) pieces")
    }
    var tokens = [String](repeating: "", count: count)
    for (piece, id) in pairs {
      guard tokens[id].isEmpty || tokens[id].utf8.elementsEqual(piece.utf8) else {
        throw TokenizerError(
          .inconsistent, field: field,
          "id \(id) is both '\(tokens[id].prefix(80))' and '\(piece.prefix(80))'")
      }
      tokens[id] = piece
    }
    return tokens
  }

  private static func id(
    of piece: String, in tokens: [String], field: String
  ) throws(TokenizerError) -> Int32 {
    guard let index = tokens.firstIndex(where: { $0.utf8.elementsEqual(piece.utf8) }) else {
      throw TokenizerError(
        .inconsistent, field: field, "'\(piece.prefix(80))' is not in the vocabulary")
    }
    return Int32(index)
  }

  private mutating func readConfig(_ data: Data) throws(TokenizerError) {
    let config = try JSONValue(data: data, file: "tokenizer_config.json")
    for (key, path) in [
      ("bos_token", \Self.bos), ("eos_token", \Self.eos), ("pad_token", \Self.padding),
    ] {
      guard let name = config[key].string ?? config[key]["content"].string else { continue }
      self[keyPath: path] = try Self.id(of: name, in: tokens, field: key)
    }
  }
}

extension Tokenizer {
  /// A tokenizer from a Hugging Face `tokenizer.json`, and `tokenizer_config.json` where there is one.
  package convenience init(tokenizerJSON: Data, config: Data? = nil) throws(TokenizerError) {
    try self.init(TokenizerDescription(tokenizerJSON: tokenizerJSON, config: config))
  }
}
