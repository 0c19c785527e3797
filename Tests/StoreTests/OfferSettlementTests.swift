import Billing
import Ledger
import Store
import TestSupport
import Testing

/// A price list written once: what the live path books is what the list's statement says.
struct OfferSettlementTests {
  @Test func settledRequestsAddToThePriceListsRateToTheLastUnit() async throws {
    var generator = SplitMix64(seed: 61)
    func unit(_ text: String) throws -> ChargeModel {
      .perUnit(try UnitPrice(Sample.money(text), per: 1_000_000))
    }
    let offer = try Offer(
      id: "basic",
      items: [
        PriceItem(meter: .input, model: unit("0.37")),
        PriceItem(meter: .cachedInput, model: unit("0.041")),
        PriceItem(meter: .output, model: unit("2.90001")),
        PriceItem(meter: .requests, model: .perUnit(UnitPrice(Sample.money("0.00012")))),
      ], discountBasisPoints: 1_000)
    let list = try PriceList(version: "2026-01", currency: .usd, offers: [offer])
    let price = try PriceVersion(
      id: "price_basic", model: "small", plan: "basic", offer: offer, effective: Sample.start,
      created: Sample.start)
    let books = try await Books.open(credit: "100", price: price)
    var counts: [Meter: Int] = [:]
    var settled = Money.zero(.usd)
    for number in 0..<300 {
      let prompt = Int.random(in: 1...9_000, using: &generator)
      let usage = Sample.usage(
        prompt, cached: Int.random(in: 0...prompt, using: &generator),
        output: Int.random(in: 0...900, using: &generator))
      settled += try #require(try await books.serve("r\(number)", usage).charge)
      counts[.input, default: 0] += usage.input
      counts[.cachedInput, default: 0] += usage.cachedInput
      counts[.output, default: 0] += usage.output
      counts[.requests, default: 0] += 1
    }
    let statement = try list.statement(for: MeteredUsage(counts), offer: "basic")
    #expect(statement.subtotal == settled)
    let totals = try await books.store.totals(
      from: .distantPast, to: .distantFuture, by: .customer)
    #expect(totals.first { $0.account == .usage }?.amount == -statement.subtotal)
    try await books.expectSound()
  }
}
