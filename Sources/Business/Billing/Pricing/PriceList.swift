package import Ledger

/// The venture's prices, written once: the forecast, the gateway's price book and the invoice are all
/// made from it. A change is a new version.
///
/// As written in a plan (`PriceList(reading:)`); every amount is a decimal of the list's currency:
///
/// ```yaml
/// prices:
///   version: 2026-01
///   currency: CNY                  # of all amounts
///   memberships:                   # optional
///     - id: club
///       name: Club
///       levels:                    # ascending by spend
///         - {id: silver, spend: 1000, discount: 5%}
///         - {id: gold, fee: 99, discount: 10%}
///   offers:
///     - id: smb
///       name: Small shops          # the id when absent
///       interval: month            # or year
///       minimum: 100               # optional: commitment, trued up
///       maximum: 10000             # optional: cap
///       discount: 5%               # optional
///       membership: club           # optional
///       level: gold                # optional: included with the offer
///       items:
///         - {id: fee, meter: customers, model: fixed, price: 299}
///         - {meter: output, price: 8, per: 1000000, included: 500000}      # per_unit
///         - {meter: events, model: package, price: 500, size: 1000, included: 2000}
///         - meter: seats
///           model: graduated                                               # or volume
///           tiers:
///             - {up_to: 5, price: 30}
///             - {price: 25, fee: 0, per: 1}
///         - {meter: requests, model: percentage, rate: 2.9%, fee: 0.3, at_least: 1, at_most: 50}
/// ```
///
/// `meter` is one of `Meter`; `model` is `per_unit` when absent; an item's `id` is its meter's name
/// when absent; any item takes `included`, `minimum` and `maximum`.
package struct PriceList: Hashable, Sendable {
  package static let largestOfferCount = 200

  package let version: String
  package let currency: Currency
  package let offers: [Offer]
  package let memberships: [Membership]

  /// - Throws: `invalid` naming the field, such as `offers[2].level`.
  package init(
    version: String, currency: Currency, offers: [Offer], memberships: [Membership] = []
  ) throws(BillingError) {
    try Check.name(version, "version")
    guard offers.count <= Self.largestOfferCount, memberships.count <= 20 else {
      throw Check.invalid(
        "offers", "at most \(Self.largestOfferCount) offers and 20 memberships in a list")
    }
    for (index, membership) in memberships.enumerated() {
      let place = "memberships[\(index)]"
      if memberships[..<index].contains(where: { $0.id == membership.id }) {
        throw Check.invalid("\(place).id", "'\(membership.id)' is another membership's already")
      }
      try Self.check(membership.currency, currency, place)
    }
    for (index, offer) in offers.enumerated() {
      let place = "offers[\(index)]"
      if offers[..<index].contains(where: { $0.id == offer.id }) {
        throw Check.invalid("\(place).id", "'\(offer.id)' is another offer's already")
      }
      try Self.check(offer.currency, currency, place)
      try Self.check(offer, memberships, at: place)
    }
    self.version = version
    self.currency = currency
    self.offers = offers
    self.memberships = memberships
  }

  private static func check(
    _ currency: Currency, _ expected: Currency, _ path: String
  ) throws(BillingError) {
    guard currency == expected else {
      throw Check.invalid(path, "\(currency) differs from the list's \(expected)")
    }
  }

  private static func check(
    _ offer: Offer, _ memberships: [Membership], at path: String
  ) throws(BillingError) {
    guard let id = offer.membership else { return }
    guard let membership = memberships.first(where: { $0.id == id }) else {
      throw Check.invalid(
        "\(path).membership", "no membership is called '\(id)'; add it under 'memberships'")
    }
    if let level = offer.level, !membership.levels.contains(where: { $0.id == level }) {
      let known = membership.levels.map(\.id).joined(separator: ", ")
      throw Check.invalid("\(path).level", "'\(level)' is none of \(id)'s levels: \(known)")
    }
  }

  package func offer(_ id: String) -> Offer? { offers.first { $0.id == id } }
  package func membership(_ id: String) -> Membership? { memberships.first { $0.id == id } }
}
