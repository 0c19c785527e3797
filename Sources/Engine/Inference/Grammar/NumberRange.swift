/// A decimal number's digits, exactly as written.
struct DecimalDigits: Sendable, Equatable {
  var isNegative: Bool
  /// Without leading zeros, at least one digit.
  var whole: [UInt8]
  /// Without trailing zeros.
  var fraction: [UInt8]

  var isZero: Bool { whole == [0] && fraction.isEmpty }
  /// The whole part's magnitude; nil past 18 digits.
  var magnitude: UInt64? {
    whole.count <= 18 ? whole.reduce(0) { $0 * 10 + UInt64($1) } : nil
  }

  /// Reads a JSON number; nil when it has more than 18 digits on a side of the point.
  init?(_ text: String) {
    var rest = Array(text.utf8)[...]
    isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest = rest.dropFirst() }
    let mantissa = rest.prefix { $0 != UInt8(ascii: "e") && $0 != UInt8(ascii: "E") }
    let exponentText = String(decoding: rest.dropFirst(mantissa.count + 1), as: UTF8.self)
    guard let exponent = exponentText.isEmpty ? 0 : Int(exponentText), abs(exponent) <= 40 else {
      return nil
    }
    let parts = mantissa.split(separator: UInt8(ascii: "."), maxSplits: 1)
    var digits = parts.joined().map { $0 - 0x30 }
    var point = (parts.first?.count ?? 0) + exponent
    while point < 0 {
      digits.insert(0, at: 0)
      point += 1
    }
    while point > digits.count { digits.append(0) }
    whole = Array(digits[..<point].drop { $0 == 0 })
    if whole.isEmpty { whole = [0] }
    fraction = Array(digits[point...])
    while fraction.last == 0 { fraction.removeLast() }
    if whole.count > 18 || fraction.count > 18 { return nil }
    if isZero { isNegative = false }
  }
}

/// One end of a range of numbers.
struct NumberBound: Sendable, Equatable {
  var value: DecimalDigits
  var isInclusive: Bool
}

/// Numbers between two ends as grammars of their digits.
enum NumberRange {
  // MARK: Integers

  /// All integers from `least` to `most`; those without an end have at most 16 digits, or one more
  /// than the other end.
  static func integers(_ least: Int?, _ most: Int?) -> GrammarExpression {
    var alternatives: [GrammarExpression] = []
    if least ?? -1 < 0, most ?? -1 >= least ?? Int.min {
      let low = most.map { $0 < 0 ? $0.magnitude : 1 } ?? 1
      alternatives.append(
        .sequence([.text("-"), naturals(UInt64(low), least.map { UInt64($0.magnitude) })]))
    }
    if most ?? 0 >= 0, most ?? .max >= max(0, least ?? 0) {
      alternatives.append(naturals(UInt64(max(0, least ?? 0)), most.map { UInt64($0) }))
    }
    return .choice(alternatives)
  }

  /// The decimal digits of the naturals from `low` to `high`.
  static func naturals(_ low: UInt64, _ high: UInt64?) -> GrammarExpression {
    var alternatives: [GrammarExpression] = []
    let first = digits(low)
    guard let high else {
      alternatives.append(between(first, Array(repeating: 9, count: first.count)))
      alternatives.append(
        .sequence([.bytes([0x31...0x39]), JSONGrammar.digits(first.count, max(15, first.count))]))
      return .choice(alternatives)
    }
    guard low <= high else { return .never }
    let last = digits(high)
    for count in first.count...last.count {
      let from = count == first.count ? first : [1] + Array(repeating: 0, count: count - 1)
      let to = count == last.count ? last : Array(repeating: 9, count: count)
      alternatives.append(between(from, to))
    }
    return .choice(alternatives)
  }

  private static func digits(_ value: UInt64) -> [UInt8] {
    String(value).utf8.map { $0 - 0x30 }
  }

  private static func digit(_ low: UInt8, _ high: UInt8) -> GrammarExpression {
    low <= high ? .bytes([low + 0x30...high + 0x30]) : .never
  }

  /// Digit texts of the same length between two of them.
  private static func between(_ low: [UInt8], _ high: [UInt8]) -> GrammarExpression {
    guard let a = low.first, let b = high.first else { return .empty }
    let (lowRest, highRest) = (Array(low.dropFirst()), Array(high.dropFirst()))
    if lowRest.allSatisfy({ $0 == 0 }), highRest.allSatisfy({ $0 == 9 }) {
      return .sequence([digit(a, b), JSONGrammar.digits(lowRest.count, lowRest.count)])
    }
    if a == b { return .sequence([digit(a, a), between(lowRest, highRest)]) }
    let nines = [UInt8](repeating: 9, count: lowRest.count)
    let zeros = [UInt8](repeating: 0, count: lowRest.count)
    var alternatives: [GrammarExpression] = [
      .sequence([digit(a, a), between(lowRest, nines)]),
      .sequence([digit(b, b), between(zeros, highRest)]),
    ]
    if b > a + 1 {
      alternatives.append(
        .sequence([
          digit(a + 1, b - 1), JSONGrammar.digits(lowRest.count, lowRest.count),
        ]))
    }
    return .choice(alternatives)
  }

  // MARK: Numbers

  /// Numbers in plain notation (no exponent) within bounds. A number has at most 15 digits, which a
  /// Double tells apart, so that rounding cannot carry it over an end.
  static func numbers(_ least: NumberBound?, _ most: NumberBound?) -> GrammarExpression {
    var alternatives: [GrammarExpression] = []
    let zero = NumberBound(value: .zero, isInclusive: true)
    if least?.value.isNegative ?? true {
      let low = most.flatMap { $0.value.isNegative ? $0 : nil }
      let from = low ?? NumberBound(value: .zero, isInclusive: false)
      alternatives.append(.sequence([.text("-"), magnitudes(from, least)]))
    }
    if !(most?.value.isNegative ?? false) {
      let low = least.flatMap { $0.value.isNegative ? nil : $0 }
      alternatives.append(magnitudes(low ?? zero, most))
    }
    return .choice(alternatives)
  }

  private static func magnitudes(_ low: NumberBound, _ high: NumberBound?) -> GrammarExpression {
    let lowWhole = low.value.magnitude ?? 0
    let room = max(1, 15 - max(low.value.whole.count, high?.value.whole.count ?? 1))
    let any = fraction(Digits(isEmptyAllowed: true, digits: JSONGrammar.digits(1, room)))
    func at(_ whole: UInt64, _ digits: Digits) -> GrammarExpression {
      .sequence([.text(String(whole)), fraction(digits)])
    }
    let above = Digits.above(low.value.fraction[...], low.isInclusive, room)
    guard let high, let highWhole = high.value.magnitude else {
      let limit: UInt64? = low.value.whole.count < 15 ? 999_999_999_999_999 : nil
      return .choice([
        at(lowWhole, above), .sequence([naturals(lowWhole + 1, limit), any]),
      ])
    }
    if lowWhole > highWhole { return .never }
    if lowWhole == highWhole {
      return at(
        lowWhole,
        .between(
          low.value.fraction[...], low.isInclusive, high.value.fraction[...], high.isInclusive, room
        ))
    }
    var alternatives = [
      at(lowWhole, above),
      at(highWhole, .below(high.value.fraction[...], high.isInclusive, room)),
    ]
    if highWhole > lowWhole + 1 {
      alternatives.append(.sequence([naturals(lowWhole + 1, highWhole - 1), any]))
    }
    return .choice(alternatives)
  }

  private static func fraction(_ digits: Digits) -> GrammarExpression {
    let some = GrammarExpression.sequence([.text("."), digits.digits])
    return digits.isEmptyAllowed ? .choice([.empty, some]) : some
  }

  /// Texts of digits after the point: the empty one, if allowed, and others.
  private struct Digits {
    var isEmptyAllowed: Bool
    /// At least one digit.
    var digits: GrammarExpression

    static let nothing = Digits(isEmptyAllowed: false, digits: .never)

    private static func any(_ room: Int) -> GrammarExpression {
      JSONGrammar.digits(0, max(0, room - 1))
    }

    private func after(_ digit: UInt8) -> GrammarExpression {
      let first = NumberRange.digit(digit, digit)
      return isEmptyAllowed
        ? .choice([first, .sequence([first, digits])]) : .sequence([first, digits])
    }

    /// At least, or more than, a fraction.
    static func above(_ bound: ArraySlice<UInt8>, _ inclusive: Bool, _ room: Int) -> Digits {
      guard let first = bound.first else {
        if inclusive {
          return Digits(isEmptyAllowed: true, digits: JSONGrammar.digits(1, max(1, room)))
        }
        return Digits(
          isEmptyAllowed: false,
          digits: .sequence([
            .repeated(.text("0"), atLeast: 0, atMost: max(0, room - 1)),
            NumberRange.digit(1, 9), any(room),
          ]))
      }
      let rest = above(bound.dropFirst(), inclusive, room - 1)
      var alternatives = [rest.after(first)]
      if first < 9 {
        alternatives.append(.sequence([NumberRange.digit(first + 1, 9), any(room)]))
      }
      return Digits(isEmptyAllowed: false, digits: .choice(alternatives))
    }

    /// At most, or less than, a fraction.
    static func below(_ bound: ArraySlice<UInt8>, _ inclusive: Bool, _ room: Int) -> Digits {
      guard let first = bound.first else {
        guard inclusive else { return .nothing }
        return Digits(
          isEmptyAllowed: true, digits: .repeated(.text("0"), atLeast: 1, atMost: max(1, room)))
      }
      var alternatives = [below(bound.dropFirst(), inclusive, room - 1).after(first)]
      if first > 0 {
        alternatives.append(.sequence([NumberRange.digit(0, first - 1), any(room)]))
      }
      return Digits(isEmptyAllowed: true, digits: .choice(alternatives))
    }

    static func between(
      _ low: ArraySlice<UInt8>, _ lowInclusive: Bool, _ high: ArraySlice<UInt8>,
      _ highInclusive: Bool, _ room: Int
    ) -> Digits {
      if low.isEmpty {
        var digits = below(high, highInclusive, room)
        guard !lowInclusive else { return digits }
        // Above zero and below the bound: some digit is not 0.
        guard let first = high.first else { return .nothing }
        let rest = between([], false, high.dropFirst(), highInclusive, room - 1)
        var alternatives: [GrammarExpression] = []
        if first == 0 {
          alternatives.append(rest.after(0))
        } else {
          alternatives.append(below(high.dropFirst(), highInclusive, room - 1).after(first))
          alternatives.append(.sequence([NumberRange.digit(1, first - 1), any(room)]))
          alternatives.append(above([], false, room - 1).after(0))
        }
        digits = Digits(isEmptyAllowed: false, digits: .choice(alternatives))
        return digits
      }
      guard let a = low.first, let b = high.first, a <= b else { return .nothing }
      if a == b {
        return Digits(
          isEmptyAllowed: false,
          digits: between(
            low.dropFirst(), lowInclusive, high.dropFirst(), highInclusive, room - 1
          ).after(a))
      }
      var alternatives = [
        above(low.dropFirst(), lowInclusive, room - 1).after(a),
        below(high.dropFirst(), highInclusive, room - 1).after(b),
      ]
      if b > a + 1 {
        alternatives.append(.sequence([NumberRange.digit(a + 1, b - 1), any(room)]))
      }
      return Digits(isEmptyAllowed: false, digits: .choice(alternatives))
    }
  }
}

extension DecimalDigits {
  static let zero = DecimalDigits(isNegative: false, whole: [0], fraction: [])

  private init(isNegative: Bool, whole: [UInt8], fraction: [UInt8]) {
    self.isNegative = isNegative
    self.whole = whole
    self.fraction = fraction
  }

  static func < (a: DecimalDigits, b: DecimalDigits) -> Bool {
    if a.isNegative != b.isNegative { return a.isNegative }
    func isLess(_ a: DecimalDigits, _ b: DecimalDigits) -> Bool {
      if a.whole.count != b.whole.count { return a.whole.count < b.whole.count }
      if a.whole != b.whole { return a.whole.lexicographicallyPrecedes(b.whole) }
      return a.fraction.lexicographicallyPrecedes(b.fraction)
    }
    return a.isNegative ? isLess(b, a) : isLess(a, b)
  }
}
