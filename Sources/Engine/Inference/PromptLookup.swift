/// Guesses an answer's next tokens from the sequence itself: what followed the last three (or two)
/// tokens when they occurred before. (Saxena, Prompt Lookup Decoding, 2023.)
///
/// Memory O(tokens): two dictionary entries a token.
struct PromptLookup {
  /// Where the token after a pair, and after a triple, stands for their latest occurrence.
  private var pairs: [UInt64: Int32] = [:]
  private var triples: [UInt64: Int32] = [:]
  /// Tokens whose groups are noted, each with a token after it.
  private var noted = 0

  /// The tokens that are guessed to follow `tokens`, at most `limit`; often none.
  ///
  /// - Parameter tokens: those of the call before, and more.
  /// - Complexity: O(tokens since the call before + limit).
  mutating func draft(after tokens: [Int32], limit: Int) -> ArraySlice<Int32> {
    note(tokens)
    let count = tokens.count
    guard limit > 0, count >= 2 else { return [] }
    if count >= 3, let next = triples[Self.triple(tokens, count)].map(Int.init),
      // A hash may stand for other tokens.
      tokens[next - 3] == tokens[count - 3], tokens[next - 2] == tokens[count - 2],
      tokens[next - 1] == tokens[count - 1]
    {
      return tokens[next..<min(count, next + limit)]
    }
    guard let next = pairs[Self.pair(tokens, count)].map(Int.init) else { return [] }
    return tokens[next..<min(count, next + limit)]
  }

  /// Notes the groups that end before the last token: the last has nothing after it yet.
  private mutating func note(_ tokens: [Int32]) {
    let end = tokens.count - 1
    guard noted < end else { return }
    if noted == 0 {
      pairs.reserveCapacity(end)
      triples.reserveCapacity(end)
    }
    for next in max(1, noted + 1)...end {
      if next >= 2 { pairs[Self.pair(tokens, next)] = Int32(next) }
      if next >= 3 { triples[Self.triple(tokens, next)] = Int32(next) }
    }
    noted = end
  }

  /// The two tokens before `end`, exactly.
  private static func pair(_ tokens: [Int32], _ end: Int) -> UInt64 {
    UInt64(UInt32(bitPattern: tokens[end - 2])) << 32 | UInt64(UInt32(bitPattern: tokens[end - 1]))
  }

  private static func triple(_ tokens: [Int32], _ end: Int) -> UInt64 {
    let first = UInt64(UInt32(bitPattern: tokens[end - 3]))
    return pair(tokens, end) ^ (first &+ 1) &* 0x9e37_79b9_7f4a_7c15
  }
}
