extension Money: CustomStringConvertible {
  /// Exact decimal text with at least the currency's minor digits: `0.000150 USD` prints as
  /// `0.00015 USD`, `3 USD` as `3.00 USD`. `Money(parsing:)` reads it back.
  package var description: String { "\(decimal) \(currency)" }

  /// The figure alone, exact, `-` for negative, `.` as the decimal point.
  package var decimal: String { decimal(minimumDigits: currency.minorDigits) }

  package func decimal(minimumDigits: Int) -> String {
    let magnitude = picos.magnitude
    let (units, fraction) = magnitude.quotientAndRemainder(
      dividingBy: UInt128(Self.picosPerUnit))
    var digits = String(fraction)
    digits = String(repeating: "0", count: 12 - digits.count) + digits
    while digits.count > minimumDigits, digits.last == "0" { digits.removeLast() }
    let sign = picos < 0 ? "-" : ""
    return digits.isEmpty ? "\(sign)\(units)" : "\(sign)\(units).\(digits)"
  }

  /// The figure rounded half-even to `digits` decimals, for people. `digits` in 0...12.
  package func rounded(digits: Int) -> String {
    var unit: Int128 = 1
    for _ in digits..<12 { unit *= 10 }
    return Money(picos: divide(picos, by: unit, rounding: .halfEven) * unit, currency)
      .decimal(minimumDigits: digits)
  }

  /// Reads `12`, `0.15`, `-3.5`; at most 12 decimals, at most 26 digits before the point.
  /// - Throws: `invalidAmount` naming `field`.
  package init(
    parsing text: String, _ currency: Currency, field: String
  ) throws(LedgerError) {
    let refusal = LedgerError(
      .invalidAmount,
      "\(field): '\(text.prefix(40))' is not an amount; write digits with at most 12 decimals, such as 0.15"
    )
    var body = Substring(text)
    let negative = body.first == "-"
    if negative { body.removeFirst() }
    let parts = body.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts[0].count <= 25, !parts[0].isEmpty,
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
    else { throw refusal }
    let fraction = parts.count == 2 ? parts[1] : ""
    guard fraction.count <= 12, parts.count == 1 || !fraction.isEmpty else { throw refusal }
    let digits = parts[0] + fraction + String(repeating: "0", count: 12 - fraction.count)
    guard let picos = Int128(digits) else { throw refusal }
    self.init(picos: negative ? -picos : picos, currency)
  }

  /// Reads `5`, `5 USD` or `5USD`; `fallback` is the currency when none is written.
  package init(
    parsing text: String, fallback: Currency, field: String
  ) throws(LedgerError) {
    let letters = text.reversed().prefix { $0.isLetter }.count
    let figure = text.dropLast(letters).reversed().drop { $0 == " " }.reversed()
    let currency = letters == 0 ? fallback : try Currency(String(text.suffix(letters)))
    try self.init(parsing: String(figure), currency, field: field)
  }
}
