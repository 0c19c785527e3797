package import Ledger

/// One line of what a customer owes for an interval.
package struct ChargeLine: Hashable, Sendable {
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// An item's charge for its quantity.
    case item
    /// What an item or the offer lacks to its minimum.
    case trueUp = "true_up"
    /// What is above an item's or the offer's maximum: negative.
    case cap
    /// The offer's and the level's discount: negative.
    case discount
    /// A bought level's fee.
    case membership
  }

  package let kind: Kind
  /// The item, or nil where the line is the whole offer's.
  package let item: String?
  package let meter: Meter?
  /// Used, included units with it.
  package let quantity: Int
  package let amount: Money

  package init(
    _ kind: Kind, item: String? = nil, meter: Meter? = nil, quantity: Int = 0, amount: Money
  ) {
    self.kind = kind
    self.item = item
    self.meter = meter
    self.quantity = quantity
    self.amount = amount
  }
}

extension Sequence<ChargeLine> {
  package func total(_ currency: Currency) -> Money {
    reduce(.zero(currency)) { $0 + $1.amount }
  }
}
