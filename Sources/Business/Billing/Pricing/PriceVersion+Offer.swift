package import Ledger

extension PriceVersion {
  /// Tokens that a version's prices are of.
  package static let tokens = 1_000_000

  /// The version as an offer of four items: input, cached input and output tokens a million, and
  /// requests. Its `rate` of any usage is what the gateway charges for it, request by request.
  package var offer: Offer {
    get throws(BillingError) {
      try Offer(
        id: id, name: model,
        items: [
          PriceItem(meter: .input, model: .perUnit(UnitPrice(input, per: Self.tokens))),
          PriceItem(meter: .cachedInput, model: .perUnit(UnitPrice(cachedInput, per: Self.tokens))),
          PriceItem(meter: .output, model: .perUnit(UnitPrice(output, per: Self.tokens))),
          PriceItem(meter: .requests, model: .perUnit(UnitPrice(perRequest))),
        ])
    }
  }

  /// The gateway's prices of an offer: what it charges by the token and the request, its discount
  /// included. Fees, seats, events and outcomes are not charged by request and are left out.
  /// - Parameter level: whose discount applies besides.
  /// - Throws: `invalid` naming the item that a single request cannot be charged by (tiers, packages,
  ///   an included quota, a minimum: their price depends on the whole interval), or that is not a whole
  ///   multiple of 10⁻⁶ a million tokens, or 10⁻⁶ a request.
  package init(
    id: String, model: String, plan: String? = nil, offer: Offer, level: Membership.Level? = nil,
    effective: Timestamp, created: Timestamp
  ) throws(BillingError) {
    let kept = 10_000 - min(10_000, offer.discountBasisPoints + (level?.discountBasisPoints ?? 0))
    guard offer.minimum == nil, offer.maximum == nil else {
      throw BillingError(
        .invalid, "\(offer.id): a minimum or maximum of the interval cannot be charged by request")
    }
    var prices: [Meter: Int128] = [:]
    for item in offer.items where item.isCharged {
      guard case .perUnit(let unit) = item.model, item.included == 0, item.minimum == nil,
        item.maximum == nil
      else {
        throw BillingError(
          .invalid,
          "\(offer.id).\(item.id): only a price per unit without quota or bounds can be charged by request"
        )
      }
      // Of a million; exact to 10⁻⁶ so that a token's price is whole.
      let million = unit.picos * Int128(Self.tokens) * Int128(kept)
      guard million % (10_000 * Int128(Self.tokens)) == 0 else {
        throw BillingError(
          .invalid,
          "\(offer.id).\(item.id): its price after discount has more than 12 decimals a unit; choose another"
        )
      }
      for meter in item.meter.kinds { prices[meter, default: 0] += million / 10_000 }
    }
    func price(_ meter: Meter, of units: Int) -> Money {
      Money(picos: prices[meter, default: 0] * Int128(units) / Int128(Self.tokens), offer.currency)
    }
    try self.init(
      id: id, model: model, plan: plan, input: price(.input, of: Self.tokens),
      cachedInput: price(.cachedInput, of: Self.tokens), output: price(.output, of: Self.tokens),
      perRequest: price(.requests, of: 1), effective: effective, created: created)
  }
}

extension PriceItem {
  /// By the gateway, request by request.
  package var isCharged: Bool { !meter.kinds.isEmpty }
}

extension Meter {
  /// What a request counts of it.
  fileprivate var kinds: [Meter] {
    switch self {
    case .tokens: [.input, .cachedInput, .output]
    case .input, .cachedInput, .output, .requests: [self]
    case .seats, .events, .outcomes, .customers: []
    }
  }
}
