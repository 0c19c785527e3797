/// What one unit of a currency is worth in another, as exact decimals that the owner states. Used to
/// show sums of several currencies in one; the books themselves keep each currency apart.
package struct ExchangeRates: Hashable, Sendable {
  package let base: Currency
  /// Units of `base` for one unit of the key.
  package let rates: [Currency: Money]

  /// - Throws: `invalidAmount` naming the rate that is not a positive decimal of at most 9 digits
  ///   after the point.
  package init(base: Currency, rates: [(currency: Currency, rate: String)]) throws(LedgerError) {
    var table: [Currency: Money] = [:]
    for (currency, text) in rates {
      let rate = try Money(parsing: text, base, field: "exchange_rates.\(currency)")
      guard rate.picos > 0, rate.picos % 1000 == 0, rate.picos <= 1_000_000 * Money.picosPerUnit
      else {
        throw LedgerError(
          .invalidAmount,
          "exchange_rates.\(currency): \(text) must be above 0, at most 1000000, with at most 9 decimals"
        )
      }
      table[currency] = rate
    }
    self.base = base
    self.rates = table
  }

  /// The amount in another currency, rounded half-even at 10⁻¹²; nil where a rate is missing or the
  /// result would leave the range.
  package func convert(_ amount: Money, to target: Currency) -> Money? {
    if amount.currency == target { return amount }
    guard let from = rate(of: amount.currency), let to = rate(of: target) else { return nil }
    // Rates are whole multiples of 10⁻⁹, so dropping three digits of each is exact.
    let (product, overflow) = amount.picos.multipliedReportingOverflow(by: from / 1000)
    guard !overflow else { return nil }
    return Money(picos: divide(product, by: to / 1000, rounding: .halfEven), target)
  }

  /// Currencies that can be converted, the base first.
  package var currencies: [Currency] {
    [base] + rates.keys.filter { $0 != base }.sorted { $0.code < $1.code }
  }

  private func rate(of currency: Currency) -> Int128? {
    currency == base ? Money.picosPerUnit : rates[currency]?.picos
  }
}
