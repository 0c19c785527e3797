/// What a generation tells its consumer: pieces of text, then one end.
package enum GenerationEvent: Sendable, Equatable {
  /// Text that will not be taken back, always whole characters. `tokens` (when log-probabilities
  /// were asked for) are the tokens that the text is made of, in order; a stop string found inside
  /// the last token cuts the text short of it.
  case piece(text: String, tokens: [TokenLogprob]?)
  case finished(Finished)
}

/// A generated token with the natural logarithm of its probability before any penalty, bias,
/// temperature or filter.
package struct TokenLogprob: Sendable, Equatable {
  /// One of the most likely tokens at this place.
  package struct Alternative: Sendable, Equatable {
    package let token: Int32
    package let text: String
    package let bytes: [UInt8]
    package let logprob: Float

    package init(token: Int32, text: String, bytes: [UInt8], logprob: Float) {
      self.token = token
      self.text = text
      self.bytes = bytes
      self.logprob = logprob
    }
  }

  package let token: Int32
  /// The token's bytes as text; an incomplete character shows as U+FFFD.
  package let text: String
  package let bytes: [UInt8]
  package let logprob: Float
  /// Most likely first.
  package let top: [Alternative]

  package init(token: Int32, text: String, bytes: [UInt8], logprob: Float, top: [Alternative]) {
    self.token = token
    self.text = text
    self.bytes = bytes
    self.logprob = logprob
    self.top = top
  }
}

/// How a generation ended and what it took.
package struct Finished: Sendable, Equatable {
  package enum Reason: Sendable, Equatable {
    /// The model ended its answer, or a stop string was found.
    case stop
    /// `maxTokens` or the context length was reached.
    case length
    case cancelled
    /// The answer could not go on; the text says why.
    case failed(String)
  }

  package let reason: Reason
  package let promptTokens: Int
  /// The part of `promptTokens` that the prefix cache served.
  package let cachedTokens: Int
  /// Tokens generated, those of a stop string too; the token that ends an answer is not counted.
  package let completionTokens: Int
  /// The request's time that no `ClockReport` has handed out yet.
  package let computeNanoseconds: Int64
  /// All of the request's time, including what clock reports have handed out.
  package let totalComputeNanoseconds: Int64
  /// From submission to the first token; 0 when there was none.
  package let firstTokenNanoseconds: Int64
  /// From submission to the end.
  package let totalNanoseconds: Int64
  /// The stop text that ended the answer; nil when something else did.
  package var stopText: String?

  package init(
    reason: Reason, promptTokens: Int, cachedTokens: Int, completionTokens: Int,
    computeNanoseconds: Int64, totalComputeNanoseconds: Int64, firstTokenNanoseconds: Int64,
    totalNanoseconds: Int64
  ) {
    self.reason = reason
    self.promptTokens = promptTokens
    self.cachedTokens = cachedTokens
    self.completionTokens = completionTokens
    self.computeNanoseconds = computeNanoseconds
    self.totalComputeNanoseconds = totalComputeNanoseconds
    self.firstTokenNanoseconds = firstTokenNanoseconds
    self.totalNanoseconds = totalNanoseconds
  }
}
