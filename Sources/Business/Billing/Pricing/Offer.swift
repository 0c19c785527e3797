package import Ledger

/// What is sold under one name: items priced together for an interval.
package struct Offer: Hashable, Sendable, Identifiable {
  package enum Interval: String, Sendable, Hashable, Codable, CaseIterable { case month, year }

  package static let largestItemCount = 32

  package let id: String
  package let name: String
  package let interval: Interval
  package let items: [PriceItem]
  /// A commitment over all items after discounts; a true-up line makes up for what is below it.
  package let minimum: Money?
  /// A cap over all items after discounts.
  package let maximum: Money?
  /// Off every item; a membership level's discount is added to it, up to 100%.
  package let discountBasisPoints: Int
  /// The programme whose levels apply to it.
  package let membership: String?
  /// The level that buying the offer includes.
  package let level: String?

  package var currency: Currency { items[0].currency }

  /// - Throws: `invalid` naming the field under `path`.
  package init(
    id: String, name: String? = nil, interval: Interval = .month, items: [PriceItem],
    minimum: Money? = nil, maximum: Money? = nil, discountBasisPoints: Int = 0,
    membership: String? = nil, level: String? = nil, at path: String = ""
  ) throws(BillingError) {
    try Check.name(id, Check.join(path, "id"))
    guard (1...Self.largestItemCount).contains(items.count) else {
      throw Check.invalid(
        Check.join(path, "items"), "has \(items.count); write 1 to \(Self.largestItemCount)")
    }
    for (index, item) in items.enumerated() {
      let place = "\(Check.join(path, "items"))[\(index)]"
      if items[..<index].contains(where: { $0.id == item.id }) {
        throw Check.invalid(
          "\(place).id", "'\(item.id)' is another item's already; give each an id of its own")
      }
      if item.currency != items[0].currency {
        throw Check.invalid(
          place, "\(item.currency) differs from \(items[0].currency); use one currency")
      }
    }
    try Check.bounds(minimum: minimum, maximum: maximum, path)
    for (field, amount) in [("minimum", minimum), ("maximum", maximum)] {
      guard let amount, amount.currency != items[0].currency else { continue }
      throw Check.invalid(
        Check.join(path, field),
        "\(amount.currency) differs from \(items[0].currency); use one currency")
    }
    try Check.basisPoints(discountBasisPoints, Check.join(path, "discount"))
    if level != nil, membership == nil {
      throw Check.invalid(Check.join(path, "level"), "needs 'membership', the programme it is of")
    }
    self.id = id
    self.name = name ?? id
    self.interval = interval
    self.items = items
    self.minimum = minimum
    self.maximum = maximum
    self.discountBasisPoints = discountBasisPoints
    self.membership = membership
    self.level = level
  }
}
