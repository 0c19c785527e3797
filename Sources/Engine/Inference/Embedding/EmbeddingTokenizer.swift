package import Tokenizers

/// The tokenizer of an encoder: BERT's WordPiece, or RoBERTa's BPE over bytes.
package struct EmbeddingTokenizer: Sendable {
  private enum Kind: Sendable {
    case wordPiece(WordPieceTokenizer)
    case bytePairs(Tokenizer)
  }

  private let kind: Kind
  package let vocabularySize: Int
  /// The tokens that open and close a sequence.
  package let opening: Int32
  package let closing: Int32
  /// The most tokens that the files say a text may have, opening and closing included.
  let maximumTokens: Int?

  package init(_ tokenizer: WordPieceTokenizer) {
    kind = .wordPiece(tokenizer)
    vocabularySize = tokenizer.vocabularySize
    opening = tokenizer.opening
    closing = tokenizer.closing
    maximumTokens = tokenizer.maximumTokens
  }

  /// - Throws: `InferenceError` when the tokenizer puts no tokens around a text.
  package init(
    _ tokenizer: Tokenizer, maximumTokens: Int? = nil
  ) throws(InferenceError) {
    guard tokenizer.addBos, tokenizer.addEos, let opening = tokenizer.bos,
      let closing = tokenizer.eos
    else {
      throw InferenceError(
        .unsupported, field: "post_processor",
        "does not put one token before and one after a text, as encoders need")
    }
    kind = .bytePairs(tokenizer)
    vocabularySize = tokenizer.vocabularySize
    self.opening = opening
    self.closing = closing
    self.maximumTokens = maximumTokens
  }

  /// Token ids of a text between the opening and the closing token; spellings of control tokens are
  /// text.
  ///
  /// - Parameter limit: the most tokens, opening and closing included, at least 2; what is beyond is
  ///   cut off.
  package func encode(_ text: String, limit: Int = .max) -> [Int32] {
    switch kind {
    case .wordPiece(let tokenizer): return tokenizer.encode(text, limit: limit)
    case .bytePairs(let tokenizer):
      let tokens = tokenizer.encode(text, addSpecial: true, parseSpecial: false)
      return tokens.count <= limit ? tokens : tokens.prefix(limit - 1) + [closing]
    }
  }

  /// The vocabulary's own spelling of a token; empty for an id outside the vocabulary.
  package func text(of token: Int32) -> String {
    switch kind {
    case .wordPiece(let tokenizer): tokenizer.text(of: token)
    case .bytePairs(let tokenizer): tokenizer.text(of: token)
    }
  }
}
