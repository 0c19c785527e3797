package import Tokenizers
import Transformer

/// A model that turns texts into vectors, ready to run: encoder, tokenizer and pooling.
package final class EmbeddingModel: Sendable {
  /// A slug such as `all-minilm-l6-v2`; see `ModelName`.
  package let name: String
  /// Identifies the weights, 32 hex digits; see `Fingerprint`.
  package let fingerprint: String
  package let tokenizer: WordPieceTokenizer
  /// The most tokens of one input, opening and closing included.
  package let maximumTokens: Int
  /// The vectors' length is 1.
  package let normalizes: Bool
  let pooling: Pooling
  let encoder: EncoderModel

  /// Elements of a vector.
  package var dimensions: Int { encoder.configuration.width }
  package var vocabulary: Int { encoder.configuration.vocabulary }
  package var architecture: String { encoder.configuration.architecture }

  init(
    name: String, fingerprint: String, tokenizer: WordPieceTokenizer, encoder: EncoderModel,
    settings: EmbeddingSettings
  ) {
    self.name = name
    self.fingerprint = fingerprint
    self.tokenizer = tokenizer
    self.encoder = encoder
    pooling = settings.pooling
    normalizes = settings.normalizes
    let limits = [settings.maximumTokens, tokenizer.maximumTokens].compactMap(\.self)
    // A sequence is at least its opening and closing token.
    maximumTokens = max(2, limits.reduce(encoder.configuration.contextLength, min))
  }

  /// The tokens of each input, opening and closing included.
  ///
  /// - Parameter truncating: cuts an input that is too long off at the end, as sentence-transformers
  ///   does; otherwise it is refused.
  /// - Throws: `EngineRefusal` naming the input by its index: too long, empty token array, or a token
  ///   outside the vocabulary.
  package func tokens(
    of inputs: [EmbeddingInput], truncating: Bool = false
  ) throws(EngineRefusal) -> [[Int32]] {
    var sequences: [[Int32]] = []
    sequences.reserveCapacity(inputs.count)
    for (index, input) in inputs.enumerated() {
      var sequence: [Int32]
      switch input {
      case .text(let text):
        sequence = tokenizer.encode(text, limit: truncating ? maximumTokens : .max)
      case .tokens(let tokens): sequence = try framed(tokens, index)
      }
      if sequence.count > maximumTokens {
        guard truncating else {
          throw .inputTooLong(index: index, tokens: sequence.count, limit: maximumTokens)
        }
        sequence = sequence.prefix(maximumTokens - 1) + [tokenizer.closing]
      }
      sequences.append(sequence)
    }
    return sequences
  }

  private func framed(_ tokens: [Int32], _ index: Int) throws(EngineRefusal) -> [Int32] {
    guard !tokens.isEmpty else {
      throw .invalid("input", "input[\(index)] is an array without tokens; give one at least.")
    }
    if let wrong = tokens.first(where: { $0 < 0 || $0 >= Int32(tokenizer.vocabularySize) }) {
      throw .invalid(
        "input",
        "input[\(index)] has the token \(wrong), but the vocabulary is "
          + "0 to \(tokenizer.vocabularySize - 1).")
    }
    var result = tokens
    if result.first != tokenizer.opening { result.insert(tokenizer.opening, at: 0) }
    if result.count == 1 || result.last != tokenizer.closing { result.append(tokenizer.closing) }
    return result
  }
}

extension EngineRefusal {
  /// `limit` is the most tokens of one input, opening and closing included.
  static func inputTooLong(index: Int, tokens: Int, limit: Int) -> EngineRefusal {
    EngineRefusal(
      code: .promptTooLong,
      message: "input[\(index)] has \(tokens) tokens, but at most \(limit) fit. Shorten it, or cut "
        + "it into several inputs.",
      field: "input")
  }
}
