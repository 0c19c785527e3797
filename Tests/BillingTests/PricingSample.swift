import Billing
import Ledger
import TestSupport

/// Price items and offers for tests, and random ones that are valid.
enum PricingSample {
  static func usd(_ text: String) -> Money { Sample.money(text) }

  static func unit(_ text: String, per: Int = 1) throws -> UnitPrice {
    try UnitPrice(usd(text), per: per)
  }

  /// Stripe's "Typographic": 1-5 fonts at 7, 6-10 at 6.50, 11 and more at 6.
  static func fonts() throws -> [PriceTier] {
    [
      try PriceTier(upTo: 5, unit: unit("7")), try PriceTier(upTo: 10, unit: unit("6.5")),
      try PriceTier(upTo: nil, unit: unit("6")),
    ]
  }

  static func randomTiers(_ generator: inout SplitMix64) throws -> [PriceTier] {
    var last = 0
    let count = Int.random(in: 1...5, using: &generator)
    return try (0..<count).map { index in
      last += Int.random(in: 1...200_000, using: &generator)
      return try PriceTier(
        upTo: index == count - 1 ? nil : last, unit: randomUnit(&generator),
        fee: Bool.random(using: &generator) ? nil : randomMoney(100, &generator))
    }
  }

  static func randomUnit(_ generator: inout SplitMix64) throws -> UnitPrice {
    let per = [1, 1_000, 1_000_000].randomElement(using: &generator)!
    return try UnitPrice(randomMoney(50, &generator), per: per)
  }

  /// Whole multiples of 10⁻⁶.
  static func randomMoney(_ units: Int, _ generator: inout SplitMix64) -> Money {
    Money(picos: Int128(Int.random(in: 0...units * 1_000_000, using: &generator)) * 1_000_000, .usd)
  }

  static func randomItem(
    _ id: String, meter: Meter? = nil, _ generator: inout SplitMix64
  ) throws -> PriceItem {
    let meter = meter ?? Meter.allCases.randomElement(using: &generator)!
    let model: ChargeModel =
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: .perUnit(try randomUnit(&generator))
      case 1:
        .package(
          price: randomMoney(50, &generator), size: Int.random(in: 1...100_000, using: &generator))
      case 2: .graduated(try randomTiers(&generator))
      case 3: .volume(try randomTiers(&generator))
      default: .fixed(randomMoney(500, &generator))
      }
    let minimum = Bool.random(using: &generator) ? nil : randomMoney(100, &generator)
    let maximum: Money? =
      Bool.random(using: &generator)
      ? nil : (minimum ?? usd("0")) + usd("1") + randomMoney(1_000, &generator)
    return try PriceItem(
      id: id, meter: meter, model: model,
      included: Bool.random(using: &generator) ? 0 : Int.random(in: 0...100_000, using: &generator),
      minimum: minimum, maximum: maximum)
  }

  static func randomOffer(_ id: String, _ generator: inout SplitMix64) throws -> Offer {
    let items = try (0..<Int.random(in: 1...6, using: &generator)).map {
      try randomItem("item\($0)", &generator)
    }
    let minimum = Bool.random(using: &generator) ? nil : randomMoney(500, &generator)
    return try Offer(
      id: id, interval: Offer.Interval.allCases.randomElement(using: &generator)!, items: items,
      minimum: minimum, discountBasisPoints: Int.random(in: 0...10_000, using: &generator))
  }

  static func randomUsage(_ generator: inout SplitMix64) throws -> MeteredUsage {
    var counts: [Meter: Int] = [:]
    for meter in Meter.allCases where meter != .tokens && meter != .customers {
      counts[meter] = Int.random(in: 0...500_000, using: &generator)
    }
    return try MeteredUsage(counts)
  }
}
