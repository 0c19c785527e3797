/// Finds added tokens in text: leftmost first, the longest at each place.
///
/// A trie over bytes; a table for the first byte makes text without such tokens cost one load a byte.
struct AddedTokenMatcher: Sendable {
  typealias AddedToken = TokenizerDescription.AddedToken

  /// A token in the text; the range includes the whitespace that the token takes.
  struct Match {
    var range: Range<Int>
    var id: Int32
  }

  private struct Node: Sendable {
    var byte: UInt8
    /// Index into `tokens` of the token that ends here, or -1.
    var token: Int32 = -1
    /// The first child and the next sibling, or 0.
    var child: Int32 = 0
    var sibling: Int32 = 0
  }

  private var nodes = [Node(byte: 0)]
  private var tokens: [AddedToken] = []
  /// The node of each first byte, or 0.
  private var roots = [Int32](repeating: 0, count: 256)

  var isEmpty: Bool { tokens.isEmpty }

  /// - Parameter tokens: tokens with the bytes they are found by; empty ones are left out.
  init(_ tokens: [(AddedToken, ArraySlice<UInt8>)]) {
    for (token, bytes) in tokens where !bytes.isEmpty {
      var node = 0
      for byte in bytes { node = child(of: node, byte) }
      nodes[node].token = Int32(self.tokens.count)
      self.tokens.append(token)
    }
  }

  /// The first match that begins at or after `start`; ones that the token's own conditions rule out
  /// are passed over.
  func next(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Match? {
    var index = start
    while index < text.count {
      guard roots[Int(text[index])] != 0, let (end, token) = longest(text, index) else {
        index += 1
        continue
      }
      if token.singleWord, touchesWord(text, index, end) {
        index = end
        continue
      }
      let low = token.stripsLeft ? spaceBefore(text, index, notBefore: start) : index
      let high = token.stripsRight ? spaceAfter(text, end) : end
      return Match(range: low..<high, id: token.id)
    }
    return nil
  }

  private mutating func child(of node: Int, _ byte: UInt8) -> Int {
    if node == 0, roots[Int(byte)] != 0 { return Int(roots[Int(byte)]) }
    var child = node == 0 ? 0 : Int(nodes[node].child)
    while child != 0 {
      if nodes[child].byte == byte { return child }
      child = Int(nodes[child].sibling)
    }
    let new = nodes.count
    nodes.append(Node(byte: byte))
    if node == 0 {
      roots[Int(byte)] = Int32(new)
    } else {
      nodes[new].sibling = nodes[node].child
      nodes[node].child = Int32(new)
    }
    return new
  }

  private func longest(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int
  ) -> (end: Int, token: AddedToken)? {
    var node = Int(roots[Int(text[start])])
    var index = start + 1
    var found: (Int, Int32)?
    while node != 0 {
      if nodes[node].token >= 0 { found = (index, nodes[node].token) }
      guard index < text.count else { break }
      let byte = text[index]
      node = Int(nodes[node].child)
      while node != 0, nodes[node].byte != byte { node = Int(nodes[node].sibling) }
      index += 1
    }
    return found.map { ($0.0, tokens[Int($0.1)]) }
  }

  private func spaceBefore(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int, notBefore low: Int
  ) -> Int {
    var index = start
    while index > low {
      let before = scalarBefore(text, index)
      guard isSpace(text, before) else { break }
      index = before
    }
    return index
  }

  private func spaceAfter(_ text: UnsafeBufferPointer<UInt8>, _ end: Int) -> Int {
    var index = end
    while index < text.count, isSpace(text, index) { index += scalar(text, at: index).length }
    return index
  }

  private func touchesWord(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
  ) -> Bool {
    (start > 0 && isWord(text, scalarBefore(text, start)))
      || (end < text.count && isWord(text, end))
  }

  private func scalarBefore(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
    var index = index - 1
    while index > 0, text[index] & 0xC0 == 0x80 { index -= 1 }
    return index
  }

  private func isSpace(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    UnicodeClasses.shared[scalar(text, at: index).value] & UnicodeClasses.space != 0
  }

  private func isWord(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    let word = UnicodeClasses.letter | UnicodeClasses.number | UnicodeClasses.mark
    return text[index] == UInt8(ascii: "_")
      || UnicodeClasses.shared[scalar(text, at: index).value] & word != 0
  }
}
