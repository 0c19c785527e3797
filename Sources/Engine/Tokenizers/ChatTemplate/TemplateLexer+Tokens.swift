/// The tokens inside a tag.
extension TemplateLexer {
  mutating func token(
    _ scalar: Unicode.Scalar, open: inout [Unicode.Scalar]
  ) throws(ChatTemplateError) {
    if scalar.isASCIIDigit { return try number() }
    if scalar.isNamePart { return try name() }
    if scalar == "'" || scalar == "\"" { return try string(quote: scalar) }
    guard let symbol = symbol() else {
      throw ChatTemplateError(
        .syntax, "unexpected character '\(scalar)' in an expression", line: line)
    }
    switch symbol {
    case .leftParenthesis: open.append(")")
    case .leftBracket: open.append("]")
    case .leftBrace: open.append("}")
    case .rightParenthesis, .rightBracket, .rightBrace:
      guard open.popLast() == scalar else {
        throw ChatTemplateError(
          .syntax, "'\(scalar)' closes nothing or the wrong bracket", line: line)
      }
    default: break
    }
    emit(.symbol(symbol))
    position += symbol.rawValue.utf8.count
  }

  private func symbol() -> TemplateToken.Symbol? {
    let first = String(Character(source[position]))
    if let next = peek(position + 1), next.isASCII,
      let long = TemplateToken.Symbol(rawValue: first + String(Character(next)))
    {
      return long
    }
    return TemplateToken.Symbol(rawValue: first)
  }

  private mutating func name() throws(ChatTemplateError) {
    let start = position
    while let scalar = peek(position), scalar.isNamePart { position += 1 }
    guard position - start <= 256 else {
      throw ChatTemplateError(.limit, "a name is longer than 256 characters", line: line)
    }
    emit(.name(text(start..<position)))
  }

  private func text(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: source[range])
    return String(view)
  }

  private mutating func number() throws(ChatTemplateError) {
    let start = position
    var isFloat = false
    var digits = ""
    func takeDigits(_ lexer: inout TemplateLexer) {
      while let scalar = lexer.peek(lexer.position), scalar.isASCIIDigit || scalar == "_" {
        if scalar != "_" { digits.unicodeScalars.append(scalar) }
        lexer.position += 1
      }
    }
    takeDigits(&self)
    if peek(position) == ".", peek(position + 1)?.isASCIIDigit == true {
      isFloat = true
      digits += "."
      position += 1
      takeDigits(&self)
    }
    if peek(position) == "e" || peek(position) == "E" {
      let sign = peek(position + 1)
      let isSigned = sign == "+" || sign == "-"
      if peek(position + (isSigned ? 2 : 1))?.isASCIIDigit == true {
        isFloat = true
        digits += sign == "-" ? "e-" : "e"
        position += isSigned ? 2 : 1
        takeDigits(&self)
      }
    }
    if isFloat, let value = Double(digits) { return emit(.double(value)) }
    if !isFloat, let value = Int(digits) { return emit(.int(value)) }
    throw ChatTemplateError(
      .unsupported, "the number \(text(start..<position).prefix(40)) does not fit in 64 bits",
      line: line)
  }

  private mutating func string(quote: Unicode.Scalar) throws(ChatTemplateError) {
    let startLine = line
    position += 1
    var value = String.UnicodeScalarView()
    while let scalar = peek(position), scalar != quote {
      position += 1
      if scalar == "\n" { line += 1 }
      if scalar == "\\" {
        try escape(into: &value)
      } else {
        value.append(scalar)
      }
    }
    guard peek(position) != nil else {
      throw ChatTemplateError(.syntax, "a string has no closing \(quote)", line: startLine)
    }
    position += 1
    output.append(TemplateToken(kind: .string(String(value)), line: startLine))
  }

  /// Python's escapes. An unknown one keeps its backslash.
  private mutating func escape(into value: inout String.UnicodeScalarView) throws(ChatTemplateError)
  {
    guard let scalar = peek(position) else { return }
    position += 1
    switch scalar {
    case "\n": line += 1
    case "n": value.append("\n")
    case "t": value.append("\t")
    case "r": value.append("\r")
    case "a": value.append("\u{07}")
    case "b": value.append("\u{08}")
    case "f": value.append("\u{0C}")
    case "v": value.append("\u{0B}")
    case "\\", "'", "\"": value.append(scalar)
    case "x": value.append(try codePoint(digits: 2))
    case "u": value.append(try codePoint(digits: 4))
    case "U": value.append(try codePoint(digits: 8))
    case "0"..."7":
      position -= 1
      value.append(octal())
    default:
      value.append("\\")
      value.append(scalar)
    }
  }

  private mutating func codePoint(digits: Int) throws(ChatTemplateError) -> Unicode.Scalar {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let scalar = peek(position), let digit = scalar.hexDigit else {
        throw ChatTemplateError(
          .syntax, "an escape in a string wants \(digits) hexadecimal digits", line: line)
      }
      value = value << 4 | digit
      position += 1
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw ChatTemplateError(.syntax, "an escape in a string is no Unicode character", line: line)
    }
    return scalar
  }

  private mutating func octal() -> Unicode.Scalar {
    var value: UInt32 = 0
    for _ in 0..<3 {
      guard let scalar = peek(position), ("0"..."7").contains(scalar) else { break }
      value = value << 3 | (scalar.value - 48)
      position += 1
    }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }
}
