/// A word of a quantity's text.
struct QuantityToken: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case number(Double)
    /// A name, a function or a unit.
    case word(String)
    /// A currency's sign or `%`, `‰`.
    case sign(String)
    case plus, minus, times, slash, caret, dot
    case open, close, comma, colon
    /// Between the ends of a 90% interval.
    case to
    case end
  }

  let kind: Kind
  /// In characters of the text.
  let offset: Int
  let end: Int
}

/// Cuts a quantity's text into tokens. Full-width signs are read as their plain forms.
struct QuantityLexer {
  static let longestText = 4000

  let characters: [Character]
  private var position = 0

  init(_ text: String) throws(ForecastError) {
    // Counting scalars is enough as a bound, and cheap.
    guard text.utf8.count <= 4 * Self.longestText, text.count <= Self.longestText else {
      throw ForecastError(.syntax, "a quantity has at most \(Self.longestText) characters")
    }
    characters = text.map { Self.plain[$0] ?? $0 }
  }

  private static let plain: [Character: Character] = [
    "（": "(", "）": ")", "，": ",", "、": ",", "：": ":", "％": "%", "＋": "+", "－": "-", "−": "-",
    "＊": "*", "×": "*", "／": "/", "÷": "/", "～": "~", "〜": "~", "￥": "¥", "＄": "$", "＾": "^",
    "⋅": "·", "．": ".",
  ]

  private static let single: [Character: QuantityToken.Kind] = [
    "+": .plus, "-": .minus, "*": .times, "/": .slash, "^": .caret, "·": .dot, "(": .open,
    ")": .close, ",": .comma, ":": .colon, "~": .to, "%": .sign("%"), "‰": .sign("‰"),
  ]

  mutating func tokens() throws(ForecastError) -> [QuantityToken] {
    var tokens: [QuantityToken] = []
    while position < characters.count {
      let start = position
      let character = characters[position]
      if character.isWhitespace {
        position += 1
        continue
      }
      let kind = try kind(at: character)
      tokens.append(QuantityToken(kind: kind, offset: start, end: position))
    }
    tokens.append(
      QuantityToken(kind: .end, offset: characters.count, end: characters.count))
    return tokens
  }

  private mutating func kind(at character: Character) throws(ForecastError) -> QuantityToken.Kind {
    if Self.isDigit(character) || (character == "." && peek(1).map(Self.isDigit) == true) {
      return try number()
    }
    if character == ".", peek(1) == "." {
      position += 2
      return .to
    }
    for sign in UnitTable.signs
    where characters[position...].starts(with: Array(sign)) {
      position += sign.count
      return .sign(sign)
    }
    if let kind = Self.single[character] {
      position += 1
      return kind
    }
    if Self.isTo(character), endsWord(at: position + 1) {
      position += 1
      return .to
    }
    if character.isLetter || character == "_" {
      let word = word()
      return ["to", "TO", "To"].contains(word) ? .to : .word(word)
    }
    throw ForecastError(
      .syntax, "'\(character)' has no meaning in a quantity", offset: position)
  }

  private func peek(_ distance: Int) -> Character? {
    position + distance < characters.count ? characters[position + distance] : nil
  }

  private static func isDigit(_ character: Character) -> Bool {
    guard let ascii = character.asciiValue else { return false }
    return (0x30...0x39).contains(ascii)
  }

  private static func isTo(_ character: Character) -> Bool { character == "到" || character == "至" }

  /// Whether 到 here stands before a figure, so that it is not part of a name.
  private func endsWord(at index: Int) -> Bool {
    guard index < characters.count else { return true }
    let next = characters[index]
    return next.isWhitespace || Self.isDigit(next) || "-.(¥$€£".contains(next)
  }

  private mutating func number() throws(ForecastError) -> QuantityToken.Kind {
    let start = position
    var text = ""
    func digits(_ position: inout Int, _ text: inout String) {
      while position < characters.count {
        let character = characters[position]
        if Self.isDigit(character) {
          text.append(character)
        } else if !(character == "_" && position + 1 < characters.count
          && Self.isDigit(characters[position + 1]) && position > start)
        {
          return
        }
        position += 1
      }
    }
    digits(&position, &text)
    if peek(0) == ".", peek(1).map(Self.isDigit) == true {
      text.append(".")
      position += 1
      digits(&position, &text)
    }
    if peek(0) == "e" || peek(0) == "E" {
      let hasSign = peek(1) == "+" || peek(1) == "-"
      if let first = peek(hasSign ? 2 : 1), Self.isDigit(first) {
        text += hasSign ? "e\(characters[position + 1])" : "e"
        position += hasSign ? 2 : 1
        digits(&position, &text)
      }
    }
    guard let value = Double(text), value.isFinite else {
      throw ForecastError(.range, "the number is too large", offset: start)
    }
    // 012 is no number, but the end of 1,012.
    if text.count > 1, text.first == "0", Self.isDigit(text[text.index(after: text.startIndex)]),
      start > 0, characters[start - 1] == ","
    {
      throw ForecastError(
        .syntax, "write thousands without a comma, as 1000 or 1_000", offset: start)
    }
    return .number(value)
  }

  /// Letters, digits and `_`, with dots between parts.
  private mutating func word() -> String {
    var word = ""
    while position < characters.count {
      let character = characters[position]
      if Self.isTo(character), endsWord(at: position + 1), !word.isEmpty { break }
      let continues =
        character.isLetter || Self.isDigit(character) || character == "_"
        || (character == "."
          && peek(1).map { $0.isLetter || Self.isDigit($0) || $0 == "_" } == true)
      guard continues else { break }
      word.append(character)
      position += 1
    }
    return word
  }
}
