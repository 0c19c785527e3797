extension TokenizerDescription {
  /// A description from the values of GGUF's `tokenizer.ggml.*` keys, with the defaults that
  /// llama.cpp gives to the missing ones.
  ///
  /// - Parameters:
  ///   - ggufModel: `tokenizer.ggml.model`: "gpt2" or "llama".
  ///   - pre: `tokenizer.ggml.pre`; needed by "gpt2".
  ///   - types: `tokenizer.ggml.token_type`; nil means all normal.
  ///   - merges: `tokenizer.ggml.merges`; needed by "gpt2".
  ///   - eot: `tokenizer.ggml.eot_token_id`, and likewise `eom`.
  /// - Throws: `TokenizerError` naming the key at fault.
  package init(
    ggufModel: String, pre: String?, tokens: [String], scores: [Float]? = nil,
    types: [Int32]? = nil, merges: [String]? = nil, bos: Int32? = nil, eos: Int32? = nil,
    unknown: Int32? = nil, padding: Int32? = nil, eot: Int32? = nil, eom: Int32? = nil,
    addBos: Bool? = nil, addEos: Bool? = nil, addSpacePrefix: Bool? = nil
  ) throws(TokenizerError) {
    switch ggufModel {
    case "gpt2":
      self.init(model: .byteLevelBPE, tokens: tokens)
      guard let merges else {
        throw TokenizerError(.malformed, field: "tokenizer.ggml.merges", "missing")
      }
      self.merges = merges
      guard let pre else {
        throw TokenizerError(
          .unsupported, field: "tokenizer.ggml.pre",
          "missing: without it the text would be cut by a guess; convert the model again")
      }
      self.preTokenizer = try PreTokenizer(ggufName: pre)
      self.normalizesNFC = preTokenizer == .qwen2
      self.ignoresMerges = preTokenizer == .llama3
      self.addBos = addBos ?? (preTokenizer == .llama3)
      self.addSpacePrefix = false
      // The key names a token for padding or display; byte-level BPE has no unknown text.
      self.unknown = nil
    case "llama":
      self.init(model: .sentencePieceBPE, tokens: tokens)
      guard let scores else {
        throw TokenizerError(.malformed, field: "tokenizer.ggml.scores", "missing")
      }
      self.scores = scores
      self.addBos = addBos ?? true
      self.addSpacePrefix = addSpacePrefix ?? true
      self.unknown = unknown
    default:
      throw TokenizerError(
        .unsupported, field: "tokenizer.ggml.model",
        "'\(ggufModel.prefix(64))' is not one of: gpt2, llama")
    }
    self.bos = bos
    self.eos = eos
    self.padding = padding
    self.addEos = addEos ?? false
    self.types = try Self.tokenTypes(types, count: tokens.count)
    for id in [eot, eom] { if let id { endOfGeneration.insert(id) } }
    findEndOfGeneration()
  }

  private static func tokenTypes(
    _ raw: [Int32]?, count: Int
  ) throws(TokenizerError) -> [TokenType] {
    guard let raw else { return [TokenType](repeating: .normal, count: count) }
    var types: [TokenType] = []
    types.reserveCapacity(raw.count)
    for (index, value) in raw.enumerated() {
      guard let type = TokenType(rawValue: value) else {
        throw TokenizerError(
          .malformed, field: "tokenizer.ggml.token_type", "token \(index) has type \(value)")
      }
      types.append(type)
    }
    return types
  }
}
