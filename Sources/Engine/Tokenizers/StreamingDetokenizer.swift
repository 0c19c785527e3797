/// Turns tokens into text as they come, never half a UTF-8 character: bytes that may still become one
/// wait for the next token. All that it returns, joined, is what `Tokenizer.decode` gives for the
/// same tokens.
package struct StreamingDetokenizer: Sendable {
  private let tokenizer: Tokenizer
  private let skipSpecial: Bool
  /// At most three bytes once `append` has returned.
  private var pending: [UInt8] = []
  private var atBeginning: Bool

  /// - Parameter continuing: the tokens continue a text, so that a leading space is part of it.
  package init(_ tokenizer: Tokenizer, skipSpecial: Bool, continuing: Bool = false) {
    self.tokenizer = tokenizer
    self.skipSpecial = skipSpecial
    atBeginning = !continuing
  }

  /// The text that `token` completes; often empty in the middle of a character.
  package mutating func append(_ token: Int32) -> String {
    tokenizer.append(token, skipSpecial: skipSpecial, to: &pending)
    if atBeginning, !pending.isEmpty {
      atBeginning = false
      if tokenizer.stripsLeadingSpace, pending[0] == 0x20 { pending.removeFirst() }
    }
    let waiting = Self.incompleteLength(pending)
    let text = String(decoding: pending.dropLast(waiting), as: UTF8.self)
    pending.removeFirst(pending.count - waiting)
    return text
  }

  /// What is left when no more tokens come: U+FFFD for a character cut short, or nothing.
  package mutating func finish() -> String {
    defer { pending.removeAll() }
    return String(decoding: pending, as: UTF8.self)
  }

  /// How many bytes at the end begin a character that later bytes could complete.
  private static func incompleteLength(_ bytes: [UInt8]) -> Int {
    for length in 1...3 where length <= bytes.count {
      let byte = bytes[bytes.count - length]
      if byte & 0xC0 == 0x80 { continue }
      let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return needed > length ? length : 0
    }
    return 0
  }
}
