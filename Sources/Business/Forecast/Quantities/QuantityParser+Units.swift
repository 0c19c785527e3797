import Ledger

extension QuantityParser {
  /// The unit at this place, if there is one.
  /// - Parameter sign: a currency's sign that stood before the figure: then a multiplier and `/月`
  ///   may follow.
  mutating func unit(after sign: String? = nil) throws(ForecastError) -> Unit? {
    let start = index
    var unit = Unit()
    if let first = try group(mayFail: sign == nil) {
      unit = first
      guard sign == nil || unit.isBareMagnitude else {
        throw ForecastError(
          .syntax, "write / between \(sign ?? "") and '\(text(from: start))'",
          offset: tokens[start].offset)
      }
    } else if sign == nil, !isBareRate {
      return nil
    }
    while let isBelow = joint() {
      let before = index
      index += 1
      guard let part = try group(mayFail: false) else {
        index = before
        break
      }
      unit.dimension = isBelow ? unit.dimension / part.dimension : unit.dimension * part.dimension
      unit.scale = isBelow ? unit.scale / part.scale : unit.scale * part.scale
      unit.isShare = unit.isShare || part.isShare
      guard unit.dimension.isReasonable else { throw error("the unit has too many factors") }
    }
    guard index > start else { return nil }
    unit.text = text(from: start)
    return unit
  }

  private func text(from start: Int) -> String {
    String(characters[tokens[start].offset..<tokens[index - 1].end])
  }

  /// Whether a word that may join two parts of a unit stands here, and if it divides.
  private func joint() -> Bool? {
    switch token.kind {
    case .slash, .word("per"), .word("每"): true
    case .dot: false
    default: nil
    }
  }

  /// `0.5/年`: a count of nothing in particular for each of a unit. Units are no names, so that this
  /// can be no division.
  private var isBareRate: Bool {
    guard joint() == true, index + 2 < tokens.count, tokens[index + 2].kind != .open,
      case .word(let word) = tokens[index + 1].kind
    else { return false }
    return UnitTable.isUnit(word)
  }

  /// A word with the multipliers before it: `M tokens`, `万 元`, `月`.
  private mutating func group(mayFail: Bool) throws(ForecastError) -> Unit? {
    guard var unit = try word(mayFail: mayFail) else { return nil }
    while unit.isBareMagnitude, let next = try word(mayFail: false) {
      unit.magnitude *= next.magnitude
      unit.scale *= next.scale
      unit.dimension = next.dimension
      unit.isShare = next.isShare
    }
    return unit
  }

  /// - Throws: `unknownUnit` for a word straight after a figure that is none.
  private mutating func word(mayFail: Bool) throws(ForecastError) -> Unit? {
    let pieces: [UnitWord]?
    switch token.kind {
    case .sign(let sign): pieces = UnitTable.pieces(of: sign)
    case .word(let word):
      // `max(` is a function, and `per` joins.
      if tokens[index + 1].kind == .open || word == "per" { return nil }
      pieces = UnitTable.pieces(of: word)
      if pieces == nil, mayFail, index > 0, case .number = tokens[index - 1].kind {
        throw ForecastError(
          .unknownUnit,
          "unknown unit '\(Self.clip(word))'" + Spelling.hint(UnitTable.nearest(word)),
          offset: token.offset)
      }
    default: pieces = nil
    }
    guard let pieces else { return nil }
    let unit = try piece(pieces, at: token.offset)
    index += 1
    return unit
  }

  func piece(_ words: [UnitWord], at offset: Int) throws(ForecastError) -> Unit {
    var unit = Unit()
    for word in words {
      var scale = word.scale
      if let code = word.currency {
        guard let rate = units.rate(of: code) else {
          throw ForecastError(
            .unknownUnit,
            "\(code) is not the plan's currency: give its rate at exchange, such as "
              + "exchange: {\(code): …} in \(units.currency.code)", offset: offset,
            field: "exchange")
        }
        scale *= rate
      }
      if word.kind == .magnitude, unit.dimension.isOne { unit.magnitude *= scale }
      unit.scale *= scale
      unit.dimension = unit.dimension * word.dimension
      unit.isShare = unit.isShare || word.kind == .share
    }
    return unit
  }

  /// Ends of an interval where one end's unit stands for both: `10 to 30 ¥`, `10万到30万元`,
  /// `¥10 to 30/月`.
  /// - Parameter isImplied: the upper end's sign of a currency is the lower end's.
  static func sharing(
    _ low: QuantitySyntax, _ high: QuantitySyntax, isImplied: Bool
  )
    -> (low: QuantitySyntax, high: QuantitySyntax)
  {
    guard let left = figure(of: low)?.unit else {
      guard figure(of: low) != nil, let right = figure(of: high)?.unit else { return (low, high) }
      return (low.inUnit(right), high)
    }
    guard let right = figure(of: high)?.unit else { return (low, high) }
    // `3% to 6% /month`: what the shares are of a month stands behind both.
    if left.isShare, left.dimension.isOne, right.isShare, !right.dimension.isOne {
      return (low.inUnit(right), high)
    }
    let isOpen = left.isBareMagnitude && !right.isBareMagnitude
    let isMoneyAlone =
      left.sign != nil && left.dimension == .money && right.dimension[.money] == 1
      && (isImplied || right.dimension != .money)
    guard isOpen || isMoneyAlone else { return (low, high) }
    var shared = right
    // The lower end keeps its own multiplier; without one it has the upper end's, as in 10到30万元,
    // unless a sign of its own makes it a whole figure.
    if isOpen || left.magnitude != 1 || !isImplied {
      shared.scale = right.scale / right.magnitude * left.magnitude
      shared.magnitude = left.magnitude
    }
    return (low.inUnit(shared), high)
  }

  static func figure(of syntax: QuantitySyntax) -> (value: Double, unit: Unit?)? {
    switch syntax {
    case .number(let value, let unit, _): (value, unit)
    case .negated(let inner): figure(of: inner).map { (-$0.value, $0.unit) }
    default: nil
    }
  }
}

extension QuantitySyntax {
  /// A figure with its unit replaced; others as they are.
  fileprivate func inUnit(_ unit: Unit) -> QuantitySyntax {
    switch self {
    case .number(let value, _, let offset): .number(value, unit, offset: offset)
    case .negated(let inner): .negated(inner.inUnit(unit))
    default: self
    }
  }
}
