/// An ISO 4217 currency. Only listed currencies exist, so that a typing error cannot open a new one.
package struct Currency: Hashable, Sendable, Codable, CustomStringConvertible {
  package let code: String
  /// Decimal digits of the currency's smallest coin (ISO 4217 minor unit).
  package var minorDigits: Int { Self.minorDigitsByCode[code] ?? 2 }
  package var description: String { code }

  package static let usd = Currency(unchecked: "USD")
  package static let cny = Currency(unchecked: "CNY")
  package static let eur = Currency(unchecked: "EUR")

  package static let all = minorDigitsByCode.keys.sorted().map(Currency.init(unchecked:))

  private static let minorDigitsByCode = [
    "USD": 2, "CNY": 2, "EUR": 2, "GBP": 2, "HKD": 2, "SGD": 2, "TWD": 2, "JPY": 0, "KRW": 0,
    "INR": 2, "AUD": 2, "CAD": 2, "CHF": 2,
  ]

  private init(unchecked code: String) { self.code = code }

  /// - Throws: `unknownCurrency`, listing the known codes.
  package init(_ code: String) throws(LedgerError) {
    let upper = code.uppercased()
    guard Self.minorDigitsByCode[upper] != nil else {
      let known = Self.minorDigitsByCode.keys.sorted().joined(separator: ", ")
      throw LedgerError(
        .unknownCurrency, "currency '\(code.prefix(16))' is not known; use one of \(known)")
    }
    self.code = upper
  }

  package init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(code)
  }

  /// What readers see before or after a figure.
  package var symbol: String {
    switch code {
    case "USD": "$"
    case "CNY": "¥"
    case "EUR": "€"
    case "GBP": "£"
    default: code + " "
    }
  }
}
