/// How much arithmetic a token causes: the weight by which the cost clock shares a step's time.
///
/// A token at position p (0-based) weighs `perToken` + `perPosition` × (p + 1), and `perLogitRow`
/// more when its logits are computed. For a decoder the numbers are multiply-adds:
/// - `perToken`: parameters of all matrices in the layers, in the last one only of keys and values;
/// - `perPosition`: 2 × layers × heads × head dimension (query · key, and weights · values);
/// - `perLogitRow`: width × vocabulary, and the last layer's other matrices.
///
/// A windowed layer is counted in full, and the last layer's attention of every token: overestimates
/// for long contexts, the same for every request.
package struct WorkEstimate: Sendable, Equatable {
  package let perToken: Int
  package let perPosition: Int
  package let perLogitRow: Int

  package init(perToken: Int, perPosition: Int, perLogitRow: Int) {
    precondition(perToken >= 1 && perPosition >= 0 && perLogitRow >= 0)
    self.perToken = perToken
    self.perPosition = perPosition
    self.perLogitRow = perLogitRow
  }

  /// The weight of the tokens at `positions`, `logitRows` of which have their logits computed.
  /// O(1).
  package func weight(positions: Range<Int>, logitRows: Int) -> Int128 {
    let first = Int128(positions.lowerBound + 1)
    let last = Int128(positions.upperBound)
    let lengths = (first + last) * Int128(positions.count) / 2
    return Int128(perToken) * Int128(positions.count) + Int128(perPosition) * lengths
      + Int128(perLogitRow) * Int128(logitRows)
  }
}
