/// What one request did. Times are nanoseconds of one monotonic clock.
package struct RequestRecord: Sendable, Equatable {
  package var sent: Int64
  /// When each piece of content arrived, in order.
  package var pieces: [Int64]
  package var end: Int64
  /// Tokens as the answer's `usage` reports them; nil where it reports none.
  package var promptTokens: Int?
  package var cachedTokens: Int?
  package var reportedCompletionTokens: Int?
  /// Why the request counts as failed: an HTTP status, `timeout`, `connection`, `empty`, …
  package var failure: String?
  /// What the service said of the failure.
  package var failureMessage: String?

  package init(
    sent: Int64, pieces: [Int64] = [], end: Int64, promptTokens: Int? = nil,
    cachedTokens: Int? = nil, completionTokens: Int? = nil, failure: String? = nil
  ) {
    self.sent = sent
    self.pieces = pieces
    self.end = end
    self.promptTokens = promptTokens
    self.cachedTokens = cachedTokens
    reportedCompletionTokens = completionTokens
    self.failure = failure
  }

  package var completionTokens: Int { reportedCompletionTokens ?? pieces.count }

  /// Milliseconds.
  package var timeToFirstToken: Double? { pieces.first.map { Self.milliseconds($0 - sent) } }

  package var endToEnd: Double { Self.milliseconds(end - sent) }

  /// Nil where one piece says nothing of the pace.
  package var timePerOutputToken: Double? {
    guard let first = pieces.first, let last = pieces.last, pieces.count > 1, completionTokens > 1
    else { return nil }
    return Self.milliseconds(last - first) / Double(completionTokens - 1)
  }

  package var interTokenLatencies: [Double] {
    zip(pieces.dropFirst(), pieces).map { Self.milliseconds($0 - $1) }
  }

  static func milliseconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e6 }
}
