package import Ledger

/// A step of graduated or volume prices.
package struct PriceTier: Hashable, Sendable {
  /// The last unit of the tier, included; nil is the last tier.
  package let upTo: Int?
  package let unit: UnitPrice
  /// Charged once when a unit of the tier is charged.
  package let fee: Money

  /// - Throws: `invalid` naming the field under `path`.
  package init(
    upTo: Int?, unit: UnitPrice, fee: Money? = nil, at path: String = ""
  ) throws(BillingError) {
    if let upTo, upTo < 1 || upTo > MeteredUsage.limit {
      throw Check.invalid(
        Check.join(path, "up_to"), "\(upTo) must be from 1 to \(MeteredUsage.limit)")
    }
    try Check.fee(fee, Check.join(path, "fee"))
    self.upTo = upTo
    self.unit = unit
    self.fee = fee ?? .zero(unit.price.currency)
  }
}
