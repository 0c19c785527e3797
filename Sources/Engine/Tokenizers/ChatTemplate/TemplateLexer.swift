/// Text to tokens, as Jinja's lexer does with `trim_blocks` and `lstrip_blocks`:
/// one newline after a block or comment goes, and so does the white space before a block or
/// comment that is alone at the beginning of its line. `-` at either end of a tag takes all
/// white space there, `+` takes none.
struct TemplateLexer {
  let source: [Unicode.Scalar]
  var position = 0
  var line = 1
  var output: [TemplateToken] = []

  init(_ text: String) {
    source = Self.normalised(text)
  }

  /// `\r\n` and `\r` become `\n`; one newline at the very end goes.
  private static func normalised(_ text: String) -> [Unicode.Scalar] {
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(text.utf8.count)
    var previousWasReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\n" && previousWasReturn {
        previousWasReturn = false
        continue
      }
      previousWasReturn = scalar == "\r"
      scalars.append(previousWasReturn ? "\n" : scalar)
    }
    if scalars.last == "\n" { scalars.removeLast() }
    return scalars
  }

  mutating func tokens() throws(ChatTemplateError) -> [TemplateToken] {
    while position < source.count {
      guard let open = nextOpening() else {
        emitData(position..<source.count)
        position = source.count
        break
      }
      let kind = source[open + 1]
      let sign = peek(open + 2)
      emitData(position..<strippedEnd(open, isVariable: kind == "{", sign: sign))
      advance(to: open + 2)
      if sign == "-" || sign == "+" { position += 1 }
      switch kind {
      case "#": try comment()
      case "{": try tag(begin: .variableBegin, end: .variableEnd)
      default:
        if try !raw() { try tag(begin: .blockBegin, end: .blockEnd) }
      }
    }
    output.append(TemplateToken(kind: .end, line: line))
    return output
  }

  func peek(_ index: Int) -> Unicode.Scalar? { index < source.count ? source[index] : nil }

  func matches(_ text: StaticString, at index: Int) -> Bool {
    var i = index
    return text.withUTF8Buffer { bytes in
      for byte in bytes {
        guard i < source.count, source[i].value == UInt32(byte) else { return false }
        i += 1
      }
      return true
    }
  }

  mutating func advance(to index: Int) {
    for i in position..<index where source[i] == "\n" { line += 1 }
    position = index
  }

  mutating func skipWhiteSpace() {
    while let scalar = peek(position), scalar.isPythonSpace {
      if scalar == "\n" { line += 1 }
      position += 1
    }
  }

  mutating func emit(_ kind: TemplateToken.Kind) {
    output.append(TemplateToken(kind: kind, line: line))
  }

  private mutating func emitData(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: source[range])
    emit(.data(String(text)))
  }

  private func nextOpening() -> Int? {
    var i = position
    while i + 1 < source.count {
      if source[i] == "{", source[i + 1] == "{" || source[i + 1] == "%" || source[i + 1] == "#" {
        return i
      }
      i += 1
    }
    return nil
  }

  /// Where the text before the tag at `open` ends once white space control took its part.
  private func strippedEnd(_ open: Int, isVariable: Bool, sign: Unicode.Scalar?) -> Int {
    var end = open
    if sign == "-" {
      while end > position, source[end - 1].isPythonSpace { end -= 1 }
      return end
    }
    if sign == "+" || isVariable { return open }
    while end > position, source[end - 1] != "\n", source[end - 1].isPythonSpace { end -= 1 }
    let isAtLineStart = end == 0 || source[end - 1] == "\n"
    return isAtLineStart ? end : open
  }

  private mutating func comment() throws(ChatTemplateError) {
    var i = position
    while i < source.count, !matches("#}", at: i) { i += 1 }
    guard i < source.count else {
      throw ChatTemplateError(.syntax, "a comment '{#' has no end '#}'", line: line)
    }
    let sign = i > position ? source[i - 1] : "#"
    advance(to: i + 2)
    afterTag(sign: sign, trims: true)
  }

  /// What the end of a tag takes with it.
  private mutating func afterTag(sign: Unicode.Scalar?, trims: Bool) {
    if sign == "-" {
      skipWhiteSpace()
    } else if sign != "+", trims, peek(position) == "\n" {
      advance(to: position + 1)
    }
  }

  /// `{% raw %} … {% endraw %}`: the text between is data. False when the tag is another.
  private mutating func raw() throws(ChatTemplateError) -> Bool {
    guard let begin = keywordTag("raw", at: position) else { return false }
    let openLine = line
    advance(to: begin.end)
    if begin.sign == "-" { skipWhiteSpace() }
    var i = position
    while i < source.count {
      if matches("{%", at: i) {
        let sign = peek(i + 2)
        let isSigned = sign == "-" || sign == "+"
        if let end = keywordTag("endraw", at: i + (isSigned ? 3 : 2)) {
          emitData(position..<strippedEnd(i, isVariable: false, sign: sign))
          advance(to: end.end)
          afterTag(sign: end.sign, trims: true)
          return true
        }
      }
      i += 1
    }
    throw ChatTemplateError(.syntax, "'{% raw %}' has no '{% endraw %}'", line: openLine)
  }

  /// A tag of one word whose inside starts at `index`: its end and the sign before `%}`.
  private func keywordTag(
    _ word: StaticString, at index: Int
  ) -> (end: Int, sign: Unicode.Scalar?)? {
    var i = index
    while let scalar = peek(i), scalar.isPythonSpace { i += 1 }
    guard matches(word, at: i) else { return nil }
    i += word.utf8CodeUnitCount
    while let scalar = peek(i), scalar.isPythonSpace { i += 1 }
    let sign = peek(i)
    if sign == "-" || sign == "+" { i += 1 }
    guard matches("%}", at: i) else { return nil }
    return (i + 2, sign)
  }

  /// The expression tokens of a tag, up to its end.
  private mutating func tag(
    begin: TemplateToken.Kind, end: TemplateToken.Kind
  ) throws(ChatTemplateError) {
    let openLine = line
    emit(begin)
    var open: [Unicode.Scalar] = []
    let close: StaticString = end == .variableEnd ? "}}" : "%}"
    while true {
      skipWhiteSpace()
      guard let scalar = peek(position) else {
        throw ChatTemplateError(
          .syntax, "\(begin) of line \(openLine) has no end '\(close)'", line: openLine)
      }
      if open.isEmpty {
        let isSigned =
          (scalar == "-" || (scalar == "+" && end == .blockEnd)) && matches(close, at: position + 1)
        if isSigned || matches(close, at: position) {
          emit(end)
          position += isSigned ? 3 : 2
          afterTag(sign: isSigned ? scalar : nil, trims: end == .blockEnd)
          return
        }
      }
      try token(scalar, open: &open)
    }
  }
}
