import Foundation

/// The content of a Hugging Face `tokenizer.json`, read but not yet interpreted.
struct TokenizerJSON {
  var vocabulary: [(piece: String, id: Int)] = []
  var merges: [String] = []
  var added: [(piece: String, token: TokenizerDescription.AddedToken)] = []
  var normalizer = JSONValue.null
  var preTokenizer = JSONValue.null
  var postProcessor = JSONValue.null
  var decoder = JSONValue.null
  /// The model's settings besides its vocabulary and merges.
  var model: [String: JSONValue] = [:]

  init(data: Data) throws(TokenizerError) {
    let bytes = [UInt8](data)
    let result: Result<TokenizerJSON, TokenizerError> = bytes.withUnsafeBufferPointer { bytes in
      Result { () throws(TokenizerError) in try TokenizerJSON(bytes) }
    }
    self = try result.get()
  }

  /// By the model's type or, in old files, by its word splitter.
  var isWordPiece: Bool {
    model["type"].map { $0.string == "WordPiece" } ?? (preTokenizer.type == "BertPreTokenizer")
  }

  init(_ bytes: UnsafeBufferPointer<UInt8>) throws(TokenizerError) {
    var reader = try JSONReader(bytes, file: "tokenizer.json")
    var json = Self()
    try reader.object("tokenizer.json") { (reader, key) throws(TokenizerError) in
      switch key {
      case "added_tokens": try json.readAdded(&reader)
      case "normalizer": json.normalizer = try JSONValue(&reader, key)
      case "pre_tokenizer": json.preTokenizer = try JSONValue(&reader, key)
      case "post_processor": json.postProcessor = try JSONValue(&reader, key)
      case "decoder": json.decoder = try JSONValue(&reader, key)
      case "model": try json.readModel(&reader)
      default: try reader.skip(key)
      }
    }
    try reader.end("tokenizer.json")
    self = json
  }

  private init() {}

  private mutating func readModel(_ reader: inout JSONReader) throws(TokenizerError) {
    var json = self
    self = Self()
    try reader.object("model") { (reader, key) throws(TokenizerError) in
      switch key {
      case "vocab": try json.readVocabulary(&reader)
      case "merges": try json.readMerges(&reader)
      default: json.model[key] = try JSONValue(&reader, "model.\(key)")
      }
    }
    self = json
  }

  private mutating func readVocabulary(_ reader: inout JSONReader) throws(TokenizerError) {
    let field = "model.vocab"
    guard try reader.peek(field) == UInt8(ascii: "{") else {
      throw TokenizerError(
        .unsupported, field: "model.type", "its vocabulary is not that of BPE, the one known model")
    }
    var vocabulary: [(piece: String, id: Int)] = []
    try reader.object(field) { (reader, piece) throws(TokenizerError) in
      vocabulary.append((piece, try reader.integer(field)))
    }
    self.vocabulary = vocabulary
  }

  /// Merges are "left right", or `["left", "right"]` in newer files.
  private mutating func readMerges(_ reader: inout JSONReader) throws(TokenizerError) {
    let field = "model.merges"
    var merges: [String] = []
    try reader.array(field) { (reader) throws(TokenizerError) in
      guard try reader.peek(field) == UInt8(ascii: "[") else {
        return merges.append(try reader.string(field))
      }
      var merge = ""
      var parts = 0
      try reader.array(field) { (reader) throws(TokenizerError) in
        if parts > 0 { merge += " " }
        merge += try reader.string(field)
        parts += 1
      }
      guard parts == 2 else { throw reader.fault(field, "a merge has two parts") }
      merges.append(merge)
    }
    self.merges = merges
  }

  private mutating func readAdded(_ reader: inout JSONReader) throws(TokenizerError) {
    let field = "added_tokens"
    var added: [(piece: String, token: TokenizerDescription.AddedToken)] = []
    try reader.array(field) { (reader) throws(TokenizerError) in
      let value = try JSONValue(&reader, field)
      guard let piece = value["content"].string, !piece.isEmpty else {
        throw reader.fault(field, "a token without content")
      }
      guard let id = value["id"].integer, id >= 0, let id = Int32(exactly: id) else {
        throw reader.fault(field, "a token without an id")
      }
      var token = TokenizerDescription.AddedToken(id: id, special: value["special"].bool ?? false)
      token.stripsLeft = value["lstrip"].bool ?? false
      token.stripsRight = value["rstrip"].bool ?? false
      token.normalized = value["normalized"].bool ?? !token.special
      token.singleWord = value["single_word"].bool ?? false
      added.append((piece, token))
    }
    self.added = added
  }
}
