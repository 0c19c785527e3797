package import Ledger

extension ChargeModel {
  /// Its steps, where it has any.
  package static let largestTierCount = 100

  package var currency: Currency {
    switch self {
    case .perUnit(let unit): unit.price.currency
    case .package(let price, _): price.currency
    case .graduated(let tiers), .volume(let tiers): tiers.first?.unit.price.currency ?? .usd
    case .percentage(_, let fee, _, _): fee.currency
    case .fixed(let fee): fee.currency
    }
  }

  /// All amounts of the model.
  private var amounts: [(field: String, amount: Money)] {
    switch self {
    case .perUnit(let unit): return [("price", unit.price)]
    case .package(let price, _): return [("price", price)]
    case .fixed(let fee): return [("price", fee)]
    case .percentage(_, let fee, let minimum, let maximum):
      return [("fee", fee)]
        + [("at_least", minimum), ("at_most", maximum)].compactMap { name, value in
          value.map { (name, $0) }
        }
    case .graduated(let tiers), .volume(let tiers):
      return tiers.enumerated().flatMap { index, tier in
        [("tiers[\(index)].price", tier.unit.price), ("tiers[\(index)].fee", tier.fee)]
      }
    }
  }

  /// - Throws: `invalid` naming the field under `path`.
  func check(at path: String) throws(BillingError) {
    switch self {
    case .perUnit: break
    case .package(let price, let size):
      try Check.amount(price, atMost: UnitPrice.largest, Check.join(path, "price"))
      guard (1...MeteredUsage.limit).contains(size) else {
        throw Check.invalid(
          Check.join(path, "size"), "\(size) must be from 1 to \(MeteredUsage.limit)")
      }
    case .fixed(let fee): try Check.fee(fee, Check.join(path, "price"))
    case .percentage(let basisPoints, let fee, let minimum, let maximum):
      try Check.basisPoints(basisPoints, Check.join(path, "rate"))
      try Check.amount(fee, atMost: UnitPrice.largest, Check.join(path, "fee"))
      try Check.fee(minimum, Check.join(path, "at_least"))
      try Check.fee(maximum, Check.join(path, "at_most"))
      if let minimum, let maximum, minimum.currency == maximum.currency, maximum < minimum {
        throw Check.invalid(
          Check.join(path, "at_most"), "\(maximum) is below at_least, \(minimum)")
      }
    case .graduated(let tiers), .volume(let tiers):
      try Self.check(tiers, at: Check.join(path, "tiers"))
    }
    for (field, amount) in amounts where amount.currency != currency {
      throw Check.invalid(
        Check.join(path, field), "\(amount.currency) differs from \(currency); use one currency")
    }
  }

  private static func check(_ tiers: [PriceTier], at path: String) throws(BillingError) {
    guard (1...largestTierCount).contains(tiers.count) else {
      throw Check.invalid(
        path, "has \(tiers.count) tiers; write 1 to \(largestTierCount), the last without up_to")
    }
    var last = 0
    for (index, tier) in tiers.enumerated() {
      let field = "\(path)[\(index)].up_to"
      guard let upTo = tier.upTo else {
        guard index == tiers.count - 1 else {
          throw Check.invalid(field, "is missing; only the last tier goes on without end")
        }
        return
      }
      guard upTo > last else {
        throw Check.invalid(field, "\(upTo) must be above \(last): tiers ascend")
      }
      last = upTo
    }
    throw Check.invalid(
      "\(path)[\(tiers.count - 1)].up_to",
      "must be left out: the last tier goes on without end, so that every quantity has a price")
  }
}
