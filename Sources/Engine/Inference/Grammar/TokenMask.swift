/// A bit for each token of a vocabulary: whether it may come next.
package struct TokenMask: Sendable, Equatable {
  /// Bit t % 64 of word t / 64 is token t.
  package private(set) var words: [UInt64]
  /// The vocabulary's size.
  package let count: Int

  package init(count: Int) {
    self.count = count
    words = Array(repeating: 0, count: (count + 63) / 64)
  }

  package func contains(_ token: Int32) -> Bool {
    token >= 0 && Int(token) < count && words[Int(token) >> 6] >> (UInt64(token) & 63) & 1 == 1
  }

  package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
  package var allowed: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  @inline(__always)
  mutating func insert(_ token: Int32) { words[Int(token) >> 6] |= 1 << (UInt64(token) & 63) }

  mutating func remove(_ token: Int32) { words[Int(token) >> 6] &= ~(1 << (UInt64(token) & 63)) }

  /// In order.
  var tokens: [Int32] {
    var tokens: [Int32] = []
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        tokens.append(Int32(index * 64 + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    return tokens
  }

  mutating func formUnion(_ other: TokenMask) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  mutating func formIntersection(_ other: TokenMask) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  /// Sets the logits of tokens that are not in the mask to −∞; those past its end too.
  func apply(to row: UnsafeMutableBufferPointer<Float>) {
    for (index, word) in words.enumerated() where word != .max {
      let start = index * 64
      guard start < row.count else { return }
      let end = min(row.count, start + 64)
      if word == 0 {
        for place in start..<end { row[place] = -.infinity }
      } else {
        for place in start..<end where word >> UInt64(place - start) & 1 == 0 {
          row[place] = -.infinity
        }
      }
    }
    for place in min(words.count * 64, row.count)..<row.count { row[place] = -.infinity }
  }
}
