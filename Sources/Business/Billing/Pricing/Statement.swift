package import Ledger

/// What a customer owes for an interval, as a document: exact lines, and one rounding of their sum to
/// the currency's coin.
package struct Statement: Hashable, Sendable {
  package let offer: String
  package let priceVersion: String
  package let lines: [ChargeLine]
  /// Exact.
  package let subtotal: Money
  /// `total − subtotal`: booked to the account `rounding`.
  package let rounding: Money
  /// To the coin, half-even.
  package let total: Money

  package init(offer: String, priceVersion: String, lines: [ChargeLine], currency: Currency) {
    self.offer = offer
    self.priceVersion = priceVersion
    self.lines = lines
    subtotal = lines.total(currency)
    total = subtotal.roundedToMinorUnit(.halfEven)
    rounding = total - subtotal
  }
}

extension PriceList {
  /// - Throws: as `rate`.
  package func statement(
    for usage: MeteredUsage, offer: String, level: String? = nil
  ) throws(BillingError) -> Statement {
    Statement(
      offer: offer, priceVersion: version, lines: try rate(usage, offer: offer, level: level),
      currency: currency)
  }
}
