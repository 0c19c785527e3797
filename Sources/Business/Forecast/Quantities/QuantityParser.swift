/// Reads a quantity's text by recursive descent.
///
/// ```
/// sum      = product {("+" | "-") product}
/// product  = unary {("*" | "/") unary}
/// unary    = {"-" | "+"} power
/// power    = interval ["^" unary]
/// interval = primary [("to" | "到" | "~" | "..") ["-"] primary]
/// primary  = ([sign] number | name | function "(" arguments ")" | "(" sum ")") [unit]
/// unit     = [words] {("/" | "per" | "每" | "·") words}
/// ```
struct QuantityParser {
  static let deepest = 64

  let units: UnitTable
  let characters: [Character]
  let tokens: [QuantityToken]
  var index = 0
  private var depth = 0

  static func parse(_ text: String, units: UnitTable) throws(ForecastError) -> QuantitySyntax {
    var parser = try QuantityParser(text, units: units)
    return try parser.whole()
  }

  private init(_ text: String, units: UnitTable) throws(ForecastError) {
    self.units = units
    var lexer = try QuantityLexer(text)
    characters = lexer.characters
    tokens = try lexer.tokens()
  }

  var token: QuantityToken { tokens[index] }

  private mutating func accept(_ kind: QuantityToken.Kind) -> Bool {
    guard token.kind == kind else { return false }
    index += 1
    return true
  }

  private mutating func whole() throws(ForecastError) -> QuantitySyntax {
    guard token.kind != .end else {
      throw ForecastError(.syntax, "the quantity is empty: write a number, such as 30 or 10 to 30")
    }
    let syntax = try sum()
    switch token.kind {
    case .end: return syntax
    case .comma:
      throw error("a comma cannot stand here: write thousands as 1000 or 1_000")
    case .close: throw error("this ) has no ( before it")
    case .to: throw error("an interval has two ends: put one that is part of a formula in ( )")
    case .word(let word):
      throw error("'\(Self.clip(word))' follows a value without an operator: write * between them")
    case .number: throw error("a number follows a value without an operator")
    default: throw error("'\(described)' cannot stand here")
    }
  }

  func error(_ message: String) -> ForecastError {
    ForecastError(.syntax, message, offset: token.offset)
  }

  private var described: String { String(characters[token.offset..<token.end].prefix(24)) }

  static func clip(_ word: String) -> String { String(word.prefix(40)) }

  private mutating func nested(
    _ read: (inout QuantityParser) throws(ForecastError) -> QuantitySyntax
  ) throws(ForecastError) -> QuantitySyntax {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw error("the formula is nested deeper than \(Self.deepest): name a part of it")
    }
    return try read(&self)
  }

  private mutating func sum() throws(ForecastError) -> QuantitySyntax {
    let first = try product()
    var links: [QuantitySyntax.Link] = []
    while token.kind == .plus || token.kind == .minus {
      let isInverse = token.kind == .minus
      let offset = token.offset
      index += 1
      links.append(.init(isInverse: isInverse, value: try product(), offset: offset))
    }
    return links.isEmpty ? first : .sum(first, links)
  }

  private mutating func product() throws(ForecastError) -> QuantitySyntax {
    let first = try unary()
    var links: [QuantitySyntax.Link] = []
    while token.kind == .times || token.kind == .slash {
      let isInverse = token.kind == .slash
      let offset = token.offset
      index += 1
      links.append(.init(isInverse: isInverse, value: try unary(), offset: offset))
    }
    return links.isEmpty ? first : .product(first, links)
  }

  private mutating func unary() throws(ForecastError) -> QuantitySyntax {
    var isNegative = false
    var signs = 0
    while token.kind == .minus || token.kind == .plus {
      if token.kind == .minus { isNegative.toggle() }
      signs += 1
      index += 1
    }
    let base = try primary()
    // −5 to 10 begins at −5, while −2^2 is −(2^2).
    if token.kind == .to { return try interval(from: isNegative ? .negated(base) : base) }
    if token.kind == .caret {
      let offset = token.offset
      index += 1
      let exponent = try nested { (parser) throws(ForecastError) in try parser.unary() }
      let power = QuantitySyntax.power(base, exponent, offset: offset)
      return isNegative ? .negated(power) : power
    }
    return isNegative ? .negated(base) : base
  }

  private mutating func interval(
    from low: QuantitySyntax
  ) throws(ForecastError)
    -> QuantitySyntax
  {
    let offset = token.offset
    index += 1
    let isNegative = accept(.minus)
    let end = try upperEnd(after: low)
    let ends = Self.sharing(
      low, isNegative ? .negated(end.value) : end.value, isImplied: end.isImplied)
    let result = QuantitySyntax.interval(ends.low, ends.high, offset: offset)
    if token.kind == .to { throw error("an interval has two ends, not three") }
    guard token.kind == .caret else { return result }
    throw error("put the interval in ( ) before ^")
  }

  /// The upper end, which has the lower end's sign of a currency where it has no other
  /// (`¥10 to 30/月`).
  private mutating func upperEnd(
    after low: QuantitySyntax
  ) throws(ForecastError)
    -> (value: QuantitySyntax, isImplied: Bool)
  {
    let start = index
    guard case .number(let value) = token.kind, let sign = Self.figure(of: low)?.unit?.sign else {
      return (try primary(), false)
    }
    index += 1
    let behind = index
    if let unit = try unit(), unit.dimension[.money] != 0 {
      index = start
      return (try primary(), false)
    }
    index = behind
    let unit = try money(sign, at: token.offset)
    return (.number(value, unit, offset: tokens[start].offset), true)
  }

  private mutating func primary() throws(ForecastError) -> QuantitySyntax {
    let start = token.offset
    switch token.kind {
    case .sign(let sign) where sign != "%" && sign != "‰": return try figure(after: sign)
    case .number(let value):
      index += 1
      return .number(value, try unit(), offset: start)
    case .open:
      index += 1
      let inner = try nested { (parser) throws(ForecastError) in try parser.sum() }
      guard accept(.close) else { throw error("a ) is missing here") }
      guard let unit = try unit() else { return inner }
      return .measured(inner, unit, offset: start)
    case .word(let word):
      index += 1
      guard token.kind == .open else { return try name(word, at: start) }
      index += 1
      let call = QuantitySyntax.call(word, try arguments(), offset: start)
      guard let unit = try unit() else { return call }
      return .measured(call, unit, offset: start)
    case .end: throw error("the quantity ends too early: a number or name is missing")
    default: throw error("a number or name is missing before '\(described)'")
    }
  }

  private func name(_ word: String, at offset: Int) throws(ForecastError) -> QuantitySyntax {
    if UnitTable.isUnit(word) || word == "per" {
      throw ForecastError(
        .syntax, "the unit '\(Self.clip(word))' needs a number before it", offset: offset)
    }
    return .name(word, offset: offset)
  }

  /// `¥30万/月`: the sign before the figure, the rest of the unit behind.
  private mutating func figure(after sign: String) throws(ForecastError) -> QuantitySyntax {
    let start = token.offset
    index += 1
    let isNegative = accept(.minus)
    guard case .number(let value) = token.kind else {
      throw error("a number is missing after \(sign)")
    }
    index += 1
    let figure = QuantitySyntax.number(value, try money(sign, at: start), offset: start)
    return isNegative ? .negated(figure) : figure
  }

  /// The unit of a figure that a currency's sign belongs to.
  private mutating func money(_ sign: String, at start: Int) throws(ForecastError) -> Unit {
    var unit = try piece(UnitTable.pieces(of: sign) ?? [], at: start)
    unit.sign = sign
    unit.text = sign
    guard let rest = try self.unit(after: sign) else { return unit }
    guard rest.dimension[.money] == 0 else {
      throw ForecastError(.syntax, "the currency is given twice", offset: start)
    }
    unit.dimension = unit.dimension * rest.dimension
    unit.scale *= rest.scale
    unit.magnitude = rest.magnitude
    // `¥30万/月` is 30 of `万¥/月`.
    let split = rest.text.firstIndex(of: "/") ?? rest.text.endIndex
    let multiplier = rest.text[..<split].filter { !$0.isWhitespace }
    unit.text = multiplier + sign + rest.text[split...]
    return unit
  }

  private mutating func arguments() throws(ForecastError) -> [QuantitySyntax.Argument] {
    var arguments: [QuantitySyntax.Argument] = []
    if accept(.close) { return arguments }
    repeat {
      let start = token.offset
      var label: String?
      if case .word(let word) = token.kind, tokens[index + 1].kind == .colon {
        label = word
        index += 2
      }
      let value = try nested { (parser) throws(ForecastError) in try parser.sum() }
      var weight: QuantitySyntax?
      if label == nil, accept(.colon) {
        weight = try nested { (parser) throws(ForecastError) in try parser.sum() }
      }
      arguments.append(.init(label: label, value: value, weight: weight, offset: start))
    } while accept(.comma)
    guard accept(.close) else { throw error("a , or ) is missing here") }
    return arguments
  }
}
