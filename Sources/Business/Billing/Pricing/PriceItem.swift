package import Ledger

/// One line of an offer: a meter, what of it is included, and how the rest becomes money.
package struct PriceItem: Hashable, Sendable, Identifiable {
  package let id: String
  package let meter: Meter
  package let model: ChargeModel
  /// Units free of charge in each interval; the model sees what is above them.
  package let included: Int
  /// A commitment: what is below it is charged as a true-up line.
  package let minimum: Money?
  /// A cap: what is above it is taken off.
  package let maximum: Money?

  package var currency: Currency { model.currency }

  /// - Throws: `invalid` naming the field under `path`.
  package init(
    id: String? = nil, meter: Meter, model: ChargeModel, included: Int = 0,
    minimum: Money? = nil, maximum: Money? = nil, at path: String = ""
  ) throws(BillingError) {
    let id = id ?? meter.rawValue
    try Check.name(id, Check.join(path, "id"))
    try model.check(at: path)
    guard (0...MeteredUsage.limit).contains(included) else {
      throw Check.invalid(
        Check.join(path, "included"), "\(included) must be from 0 to \(MeteredUsage.limit)")
    }
    try Check.bounds(minimum: minimum, maximum: maximum, path)
    for (field, amount) in [("minimum", minimum), ("maximum", maximum)] {
      guard let amount, amount.currency != model.currency else { continue }
      throw Check.invalid(
        Check.join(path, field),
        "\(amount.currency) differs from \(model.currency); use one currency")
    }
    self.id = id
    self.meter = meter
    self.model = model
    self.included = included
    self.minimum = minimum
    self.maximum = maximum
  }

  package static func perSeat(_ price: Money) throws(BillingError) -> PriceItem {
    try PriceItem(meter: .seats, model: .perUnit(UnitPrice(price)))
  }

  package static func perOutcome(_ price: Money) throws(BillingError) -> PriceItem {
    try PriceItem(meter: .outcomes, model: .perUnit(UnitPrice(price)))
  }

  package static func fee(_ amount: Money) throws(BillingError) -> PriceItem {
    try PriceItem(id: "fee", meter: .customers, model: .fixed(amount))
  }

  /// Before minimum and maximum.
  package func charge(_ quantity: Int, of base: Money? = nil) -> Money {
    model.amount(quantity > included ? quantity - included : 0, of: base)
  }

  /// With them: what the item costs.
  package func amount(_ quantity: Int, of base: Money? = nil) -> Money {
    var amount = charge(quantity, of: base)
    if let minimum { amount = max(amount, minimum) }
    if let maximum { amount = min(amount, maximum) }
    return amount
  }
}
