import Billing
import Ledger
import TestSupport
import Testing

/// Source of the tiers' figures: docs.stripe.com/subscriptions/pricing-models/tiered-pricing.
struct ChargeModelTests {
  private func usd(_ text: String) -> Money { PricingSample.usd(text) }

  @Test(arguments: [(0, "0"), (1, "7"), (5, "35"), (6, "39"), (20, "120"), (25, "150")])
  func volumeIsAsStripeDocuments(quantity: Int, total: String) throws {
    #expect(ChargeModel.volume(try PricingSample.fonts()).amount(quantity) == usd(total))
  }

  @Test(arguments: [(0, "0"), (5, "35"), (6, "41.5"), (20, "127.5"), (25, "157.5")])
  func graduatedSumsEachTiersUnitsAtItsPrice(quantity: Int, total: String) throws {
    #expect(ChargeModel.graduated(try PricingSample.fonts()).amount(quantity) == usd(total))
  }

  @Test(arguments: [(0, "0"), (1, "10"), (5, "10"), (6, "30"), (7, "30")])
  func aTiersFeeIsChargedOnceItsFirstUnitIs(quantity: Int, total: String) throws {
    let tiers = [
      try PriceTier(upTo: 5, unit: PricingSample.unit("0"), fee: usd("10")),
      try PriceTier(upTo: nil, unit: PricingSample.unit("0"), fee: usd("20")),
    ]
    #expect(ChargeModel.graduated(tiers).amount(quantity) == usd(total))
    let volume = quantity > 5 ? usd("20") : usd(quantity == 0 ? "0" : "10")
    #expect(ChargeModel.volume(tiers).amount(quantity) == volume)
  }

  @Test func graduatedWithoutFeesIsContinuousAndMonotone() throws {
    var generator = SplitMix64(seed: 11)
    for _ in 0..<200 {
      let tiers = try PricingSample.randomTiers(&generator).map {
        try PriceTier(upTo: $0.upTo, unit: $0.unit)
      }
      let model = ChargeModel.graduated(tiers)
      for (tier, next) in zip(tiers, tiers.dropFirst()) {
        let end = tier.upTo!
        #expect(model.amount(end) - model.amount(end - 1) == tier.unit.amount(1))
        #expect(model.amount(end + 1) - model.amount(end) == next.unit.amount(1))
      }
      let quantities = (0..<50).map { _ in Int.random(in: 0...2_000_000, using: &generator) }
        .sorted()
      for (low, high) in zip(quantities, quantities.dropFirst()) {
        #expect(model.amount(low) <= model.amount(high))
      }
    }
  }

  @Test func graduatedIsTheSumOverUnitsOfTheirTiersPrice() throws {
    let tiers = try PricingSample.fonts()
    let model = ChargeModel.graduated(tiers)
    var sum = usd("0")
    for quantity in 1...40 {
      sum += tiers.first { quantity <= $0.upTo ?? .max }!.unit.amount(1)
      #expect(model.amount(quantity) == sum)
    }
  }

  @Test func volumeEqualsPerUnitWithinATier() throws {
    var generator = SplitMix64(seed: 12)
    for _ in 0..<200 {
      let tiers = try PricingSample.randomTiers(&generator)
      let quantity = Int.random(in: 1...1_000_000, using: &generator)
      let tier = tiers.first { quantity <= $0.upTo ?? .max }!
      #expect(
        ChargeModel.volume(tiers).amount(quantity)
          == ChargeModel.perUnit(tier.unit).amount(quantity) + tier.fee)
    }
  }

  @Test(arguments: [(0, 0), (1, 1), (999, 1), (1_000, 1), (1_001, 2), (9_999, 10), (10_000, 10)])
  func packagesAreACeiling(quantity: Int, packages: Int) {
    let model = ChargeModel.package(price: usd("5"), size: 1_000)
    #expect(model.amount(quantity) == Money(units: 5 * packages, .usd))
  }

  @Test func includedUnitsShiftTheModel() throws {
    var generator = SplitMix64(seed: 13)
    for index in 0..<300 {
      let item = try PricingSample.randomItem("i\(index)", &generator)
      let quantity = Int.random(in: 0...1_000_000, using: &generator)
      #expect(item.charge(quantity) == item.model.amount(max(0, quantity - item.included)))
      #expect(item.charge(item.included) == item.model.amount(0))
    }
  }

  /// 2.9% + 0.30 a payment, Stripe's card price, and Lago's bounds.
  @Test(
    arguments: [
      ("100", 1, "3.2"), ("0", 0, "0"), ("10", 2, "1"), ("1000000", 1, "5000"), ("1", 1, "1"),
    ])
  func percentagesAddTheFeeAndKeepTheirBounds(base: String, count: Int, total: String) {
    let model = ChargeModel.percentage(
      basisPoints: 290, fee: usd("0.3"), minimum: usd("1"), maximum: usd("5000"))
    #expect(model.amount(count, of: usd(base)) == usd(total))
  }

  @Test func aPercentageIsRoundedOnceHalfEvenAtItsLastDigit() {
    func share(_ picos: Int128, _ points: Int) -> Int128 {
      ChargeModel.share(points, of: Money(picos: picos, .usd)).picos
    }
    #expect(share(1, 5_000) == 0)
    #expect(share(3, 5_000) == 2)
    #expect(share(10_000, 1) == 1)
    #expect(share(12_345, 10_000) == 12_345)
    #expect(share(14_999, 1) == 1)
    var generator = SplitMix64(seed: 14)
    for _ in 0..<2_000 {
      let picos = Int128(Int.random(in: -90_000...90_000, using: &generator))
      let points = Int.random(in: 0...200, using: &generator) * 50
      #expect(
        share(picos, points) == divide(picos * Int128(points), by: 10_000, rounding: .halfEven))
    }
  }

  @Test(arguments: [0, 1, Int.max, Int.max - 1, MeteredUsage.limit, Int.min, -1])
  func hostileQuantitiesDoNotTrap(quantity: Int) throws {
    let dear = try UnitPrice(Money(units: 1_000_000, .usd))
    let tiers = [
      try PriceTier(upTo: MeteredUsage.limit, unit: dear, fee: usd("1000000000")),
      try PriceTier(upTo: nil, unit: dear, fee: usd("1000000000")),
    ]
    let models: [ChargeModel] = [
      .perUnit(dear), .graduated(tiers), .volume(tiers),
      .package(price: Money(units: 1_000_000, .usd), size: 1), .fixed(usd("1000000000")),
      .percentage(
        basisPoints: 10_000, fee: Money(units: 1_000_000, .usd), minimum: nil, maximum: nil),
    ]
    for model in models {
      let item = try PriceItem(meter: .events, model: model, included: MeteredUsage.limit)
      #expect(!item.amount(quantity).isNegative)
      if quantity >= 0 { #expect(!model.amount(quantity).isNegative) }
    }
  }
}
