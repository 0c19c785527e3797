package import Ledger

/// How a quantity becomes money: a pure, exact function. Peers' words: Stripe and OpenMeter *tiered
/// graduated* and *tiered volume*, Lago *standard*, *package*, *graduated*, *volume*, *percentage*.
package enum ChargeModel: Hashable, Sendable {
  /// Quantity × price.
  case perUnit(UnitPrice)
  /// Whole packages, the last one begun counts.
  case package(price: Money, size: Int)
  /// Each tier's units at its own price.
  case graduated([PriceTier])
  /// All units at the price of the tier that the quantity lies in; its fee once.
  case volume([PriceTier])
  /// A share of an amount, and `fee` for each counted; then at least `minimum` (when anything was
  /// counted or taken) and at most `maximum`.
  case percentage(basisPoints: Int, fee: Money, minimum: Money?, maximum: Money?)
  /// Whatever the quantity.
  case fixed(Money)

  /// - Parameters:
  ///   - quantity: 0 or more; included units are taken off before.
  ///   - base: what a percentage is taken of; nil is zero.
  /// - Returns: exact for all but `percentage`, whose share is rounded half-even at 10⁻¹².
  /// - Complexity: O(tiers); no allocation.
  @inline(__always)
  package func amount(_ quantity: Int, of base: Money? = nil) -> Money {
    if case .perUnit(let unit) = self { return unit.amount(quantity) }
    return otherAmount(max(0, quantity), of: base)
  }

  private func otherAmount(_ quantity: Int, of base: Money?) -> Money {
    switch self {
    case .perUnit(let unit): unit.amount(quantity)
    case .package(let price, let size):
      Money(
        picos: divide(Int128(quantity), by: Int128(size), rounding: .up) * price.picos,
        price.currency)
    case .graduated(let tiers): Self.graduated(quantity, tiers)
    case .volume(let tiers): Self.volume(quantity, tiers)
    case .percentage(let basisPoints, let fee, let minimum, let maximum):
      Self.percentage(quantity, of: base, basisPoints, fee, minimum, maximum)
    case .fixed(let fee): fee
    }
  }

  private static func graduated(_ quantity: Int, _ tiers: [PriceTier]) -> Money {
    var sum: Int128 = 0
    var start = 0
    for tier in tiers where quantity > start {
      let end = min(quantity, tier.upTo ?? quantity)
      sum += Int128(end - start) * tier.unit.picos + tier.fee.picos
      start = tier.upTo ?? quantity
    }
    return Money(picos: sum, tiers[0].unit.price.currency)
  }

  private static func volume(_ quantity: Int, _ tiers: [PriceTier]) -> Money {
    guard quantity > 0, let tier = tiers.first(where: { quantity <= $0.upTo ?? quantity }) else {
      return .zero(tiers[0].unit.price.currency)
    }
    return tier.unit.amount(quantity) + tier.fee
  }

  private static func percentage(
    _ quantity: Int, of base: Money?, _ basisPoints: Int, _ fee: Money, _ minimum: Money?,
    _ maximum: Money?
  ) -> Money {
    let taken = share(basisPoints, of: base ?? .zero(fee.currency))
    var amount = taken + Money(picos: Int128(quantity) * fee.picos, fee.currency)
    if let minimum, quantity > 0 || base.map({ !$0.isZero }) == true {
      amount = max(amount, minimum)
    }
    return maximum.map { min(amount, $0) } ?? amount
  }

  /// Hundredths of a percent of an amount, rounded half-even at 10⁻¹²: the one division of pricing.
  package static func share(_ basisPoints: Int, of amount: Money) -> Money {
    // In two parts, so that no product leaves 128 bits; ties see whether the whole is odd.
    let points = Int128(basisPoints)
    let quotient = divide(amount.picos, by: 10_000, rounding: .down)
    let whole = quotient * points
    let odd = whole & 1
    let rest = (amount.picos - quotient * 10_000) * points + odd * 10_000
    return Money(
      picos: whole + divide(rest, by: 10_000, rounding: .halfEven) - odd, amount.currency)
  }
}
