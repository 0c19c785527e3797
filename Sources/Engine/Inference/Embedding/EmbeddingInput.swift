/// One thing to embed.
package enum EmbeddingInput: Sendable, Equatable {
  /// A text; spellings of control tokens in it are text.
  case text(String)
  /// Tokens of the model's vocabulary. The tokens that open and close a sequence are put around them
  /// where they are not there.
  case tokens([Int32])
}

/// What an embedding request gave.
package struct EmbeddingResult: Sendable, Equatable {
  /// A vector for each input, in order.
  package let vectors: [[Float]]
  /// The tokens of each input, the opening and closing ones too.
  package let promptTokens: [Int]
  /// The request's time that no `ClockReport` has handed out yet.
  package let computeNanoseconds: Int64
  /// All of the request's time, including what clock reports have handed out.
  package let totalComputeNanoseconds: Int64

  package init(
    vectors: [[Float]], promptTokens: [Int], computeNanoseconds: Int64,
    totalComputeNanoseconds: Int64
  ) {
    self.vectors = vectors
    self.promptTokens = promptTokens
    self.computeNanoseconds = computeNanoseconds
    self.totalComputeNanoseconds = totalComputeNanoseconds
  }
}

/// Why an embedding request that was taken ended without its vectors, and what it took until then.
package struct EmbeddingInterruption: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Reason: Sendable, Equatable {
    /// By its task, or by the engine's shutdown.
    case cancelled
    /// The text says why.
    case failed(String)
  }

  package let reason: Reason
  /// The tokens of the inputs that were computed.
  package let promptTokens: Int
  /// The request's time that no `ClockReport` has handed out yet.
  package let computeNanoseconds: Int64
  package let totalComputeNanoseconds: Int64

  package init(
    reason: Reason, promptTokens: Int, computeNanoseconds: Int64, totalComputeNanoseconds: Int64
  ) {
    self.reason = reason
    self.promptTokens = promptTokens
    self.computeNanoseconds = computeNanoseconds
    self.totalComputeNanoseconds = totalComputeNanoseconds
  }

  package var description: String {
    switch reason {
    case .cancelled: "The request was cancelled."
    case .failed(let message): message
    }
  }
}
