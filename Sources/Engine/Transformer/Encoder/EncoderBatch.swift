/// Sequences to encode together, packed one after the other without padding.
package struct EncoderBatch: Sendable {
  package private(set) var tokens: [Int32] = []
  /// Where each sequence begins in ``tokens``, and the end.
  package private(set) var starts: [Int] = [0]

  package init() {}

  package var count: Int { starts.count - 1 }

  package mutating func append(_ sequence: [Int32]) {
    precondition(!sequence.isEmpty, "a sequence without tokens")
    tokens += sequence
    starts.append(tokens.count)
  }

  package func range(_ sequence: Int) -> Range<Int> { starts[sequence]..<starts[sequence + 1] }
}
