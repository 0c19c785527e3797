import Billing
import Ledger
import TestSupport
import Testing

/// The price book of the live gateway and the price list are one.
struct GatewayPriceTests {
  @Test func aVersionsRateIsItsOffersRate() throws {
    var generator = SplitMix64(seed: 41)
    for _ in 0..<300 {
      func price(_ units: Int) -> String { PricingSample.randomMoney(units, &generator).decimal }
      let version = Sample.price(
        input: price(20), cached: price(5), output: price(100), perRequest: price(1))
      let usage = Sample.usage(
        Int.random(in: 0...5_000_000, using: &generator),
        output: Int.random(in: 0...90_000, using: &generator))
      let charge = Rating.rate(usage, at: version)
      let lines = try version.offer.rate(MeteredUsage(usage))
      #expect(
        lines.map(\.amount) == [charge.input, charge.cachedInput, charge.output, charge.perRequest])
      #expect(lines.total(.usd) == charge.total)
    }
  }

  @Test func anOffersPricesComeBackFromItsVersion() throws {
    let version = Sample.price(
      input: "1.25", cached: "0.1", output: "3.000001", perRequest: "0.002")
    let again = try PriceVersion(
      id: version.id, model: version.model, offer: version.offer, effective: version.effective,
      created: version.created)
    #expect(again == version)
  }

  @Test func discountsAndTokenPricesReachTheGateway() throws {
    let offer = try Offer(
      id: "smb",
      items: [
        .fee(Sample.money("299")), .perOutcome(Sample.money("0.5")),
        PriceItem(meter: .tokens, model: .perUnit(PricingSample.unit("8", per: 1_000_000))),
        PriceItem(meter: .output, model: .perUnit(PricingSample.unit("2", per: 1_000_000))),
      ], discountBasisPoints: 1_000)
    let version = try PriceVersion(
      id: "p", model: "m", plan: "smb", offer: offer, effective: Sample.start,
      created: Sample.start)
    #expect(version.input == Sample.money("7.2"))
    #expect(version.cachedInput == Sample.money("7.2"))
    #expect(version.output == Sample.money("9"))
    #expect(version.perRequest == Sample.money("0"))
  }

  @Test func whatOneRequestCannotBeChargedByIsRefusedByName() throws {
    let tiers = ChargeModel.graduated(try PricingSample.fonts())
    let quota = ChargeModel.perUnit(try PricingSample.unit("1"))
    let offers = [
      try Offer(id: "a", items: [PriceItem(meter: .tokens, model: tiers)]),
      try Offer(id: "b", items: [PriceItem(meter: .input, model: quota, included: 5)]),
      try Offer(
        id: "c", items: [PriceItem(meter: .input, model: quota)], minimum: Sample.money("1")),
      try Offer(
        id: "d",
        items: [
          PriceItem(
            meter: .output, model: .perUnit(PricingSample.unit("0.000001", per: 1_000_000)))
        ], discountBasisPoints: 1),
    ]
    for offer in offers {
      let error = try #require(throws: BillingError.self) {
        try PriceVersion(
          id: "p", model: "m", offer: offer, effective: Sample.start, created: Sample.start)
      }
      #expect(error.message.hasPrefix(offer.id))
    }
  }
}
