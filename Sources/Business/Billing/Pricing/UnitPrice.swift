package import Ledger

/// A price of so many units, such as 8 CNY a million tokens. Whole multiples of 10⁻¹² a unit, so that
/// any quantity's charge is exact.
package struct UnitPrice: Hashable, Sendable {
  package let price: Money
  package let per: Int

  /// No price of `per` units is above it: quantity × price stays within 128 bits for every quantity.
  package static let largest: Int128 = 1_000_000 * Money.picosPerUnit

  /// - Throws: `invalid` naming `path` when the price is negative, above a million units, or not a
  ///   whole number of 10⁻¹² a unit; or `per` is not 1...10¹².
  package init(_ price: Money, per: Int = 1, at path: String = "") throws(BillingError) {
    try Check.amount(price, atMost: Self.largest, Check.join(path, "price"))
    guard per >= 1, per <= 1_000_000_000_000 else {
      throw Check.invalid(
        Check.join(path, "per"), "\(per) must be from 1 to 1000000000000, such as 1000000")
    }
    guard price.picos % Int128(per) == 0 else {
      throw Check.invalid(
        Check.join(path, "price"),
        "\(price) for \(per) is not exact to 12 decimals for one; use fewer decimals or another 'per'"
      )
    }
    self.price = price
    self.per = per
  }

  /// For prices whose version was checked when it was made.
  @inline(__always)
  init(checked price: Money, per: Int) {
    self.price = price
    self.per = per
  }

  /// Of one unit, in 10⁻¹².
  package var picos: Int128 { price.picos / Int128(per) }

  @inline(__always)
  package func amount(_ quantity: Int) -> Money {
    Money(picos: Int128(quantity) * picos, price.currency)
  }
}
