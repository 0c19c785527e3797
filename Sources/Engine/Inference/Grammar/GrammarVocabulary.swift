/// A model's tokens as grammars see them: bytes, in a tree. Built once a model.
///
/// A token that stands for structure has no bytes in an answer; here it has its spelling behind the
/// byte FF, which no text contains. So a grammar can ask for it, and no text can be taken for it.
package final class GrammarVocabulary: Sendable {
  /// Stands before a control token's spelling.
  static let controlMark: UInt8 = 0xFF
  /// Tokens with more bytes are never allowed: none is useful, and the tree stays shallow.
  static let maximumTokenBytes = 256

  let size: Int
  package let endOfGeneration: Set<Int32>
  private let bytes: [UInt8]
  private let starts: [Int32]
  /// Tokens of plain text (see `PlainText`), and all others.
  let plain: TokenTrie
  let other: TokenTrie
  /// For each length from 0, the plain tokens of at most as many characters.
  let plainByLength: [TokenMask]
  /// Tokens that contain `"`, and those that contain two of them.
  let quoting: TokenMask
  let quotingTwice: TokenMask

  /// Complexity O(size log size): some tens of milliseconds for 50,000 tokens.
  package init(_ texts: any TokenTexts, size: Int) {
    self.size = size
    endOfGeneration = texts.endOfGeneration
    var (bytes, starts): ([UInt8], [Int32]) = ([], [0])
    for token in 0..<Int32(size) {
      if let spelling = texts.controlSpelling(of: token) {
        bytes.append(Self.controlMark)
        bytes += spelling.utf8
      } else if !texts.endOfGeneration.contains(token) {
        bytes += texts.outputBytes(of: token)
      }
      starts.append(Int32(bytes.count))
    }
    (self.bytes, self.starts) = (bytes, starts)
    var plain: [(token: Int32, bytes: ArraySlice<UInt8>)] = []
    var other: [(token: Int32, bytes: ArraySlice<UInt8>)] = []
    var byLength = Array(
      repeating: TokenMask(count: size), count: PlainText.maximumLength + 1)
    var quoting = TokenMask(count: size)
    var quotingTwice = TokenMask(count: size)
    for token in 0..<Int32(size) where !texts.endOfGeneration.contains(token) {
      let text = bytes[Int(starts[Int(token)])..<Int(starts[Int(token) + 1])]
      guard !text.isEmpty, text.count <= Self.maximumTokenBytes else { continue }
      if let length = PlainText.length(text) {
        plain.append((token, text))
        byLength[length].insert(token)
      } else {
        other.append((token, text))
        let quotes = text.count { $0 == UInt8(ascii: "\"") }
        if quotes > 0 { quoting.insert(token) }
        if quotes > 1 { quotingTwice.insert(token) }
      }
    }
    for length in 1...PlainText.maximumLength { byLength[length].formUnion(byLength[length - 1]) }
    self.plain = TokenTrie(plain)
    self.other = TokenTrie(other)
    plainByLength = byLength
    self.quoting = quoting
    self.quotingTwice = quotingTwice
  }

  /// A token's bytes; none for one that ends the answer or adds nothing to it.
  func bytes(of token: Int32) -> ArraySlice<UInt8> {
    guard token >= 0, Int(token) < size else { return [] }
    return bytes[Int(starts[Int(token)])..<Int(starts[Int(token) + 1])]
  }

}
