package import Billing
import Ledger

extension RevenueStream {
  /// The items of an offer as curves of a month's quantities, discounts included.
  /// - Parameter level: whose discount applies besides the offer's; its fee, where it is not included
  ///   in the offer, is one item more.
  /// - Throws: as `ChargeCurve.init`, naming the item.
  package static func items(
    of offer: Offer, level: Membership.Level? = nil
  ) throws(ForecastError) -> [PricedItem] {
    let discount = offer.discountBasisPoints + (level?.discountBasisPoints ?? 0)
    var items: [PricedItem] = []
    for item in offer.items {
      items.append(
        PricedItem(
          meter: Meter(of: item),
          curve: try ChargeCurve(
            item, discountBasisPoints: discount, interval: offer.interval)))
    }
    if let level, level.id != offer.level, let fee = level.fee {
      let months: Double = offer.interval == .year ? 12 : 1
      items.append(
        PricedItem(meter: .customers, curve: .fixed(Double(fee.picos) / 1e12 / months)))
    }
    return items
  }

  /// Takes an offer's items, its id, and its minimum and maximum a month.
  package mutating func price(
    by offer: Offer, level: Membership.Level? = nil
  ) throws(ForecastError) {
    let months: Double = offer.interval == .year ? 12 : 1
    self.offer = try Self.items(of: offer, level: level)
    offerID = offer.id
    offerMinimum = offer.minimum.map { Double($0.picos) / 1e12 / months } ?? 0
    offerMaximum = offer.maximum.map { Double($0.picos) / 1e12 / months }
  }
}

extension RevenueStream.Meter {
  package init(of item: PriceItem) {
    switch item.meter {
    case .input: self = .input
    case .cachedInput: self = .cachedInput
    case .output: self = .output
    case .tokens: self = .tokens
    case .requests: self = .requests
    case .seats: self = .seats
    case .events: self = .events
    case .outcomes: self = .outcomes
    case .customers: self = .customers
    }
  }
}
