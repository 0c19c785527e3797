import Billing
import Ledger
import TestSupport
import Testing

@Suite struct RatingTests {
  @Test("A charge is exact: the sum of tokens × price, whatever the tokens and the price")
  func exact() throws {
    var generator = SplitMix64(seed: 2)
    for _ in 0..<500 {
      func price() -> Money {
        Money(picos: Int128.random(in: 0...1_000_000_000_000, using: &generator) * 1_000_000, .usd)
      }
      let version = try PriceVersion(
        id: "p", model: "m", input: price(), cachedInput: price(), output: price(),
        perRequest: price(), effective: .distantPast, created: .distantPast)
      let prompt = Int.random(in: 0...TokenUsage.limit, using: &generator)
      let usage = Sample.usage(
        prompt, cached: Int.random(in: 0...prompt, using: &generator),
        output: Int.random(in: 0...TokenUsage.limit, using: &generator))
      let charge = Rating.rate(usage, at: version)
      let millionfold =
        Int128(usage.input) * (version.input.picos / 1_000_000)
        + Int128(usage.cachedInput) * (version.cachedInput.picos / 1_000_000)
        + Int128(usage.output) * (version.output.picos / 1_000_000) + version.perRequest.picos
      #expect(charge.total.picos == millionfold)
      let worst = Rating.worstCase(prompt: usage.prompt, output: usage.output, at: version)
      #expect(charge.total <= worst)
    }
  }

  @Test(
    "Defect 8: token buckets are disjoint, and counts that cannot be are unknown, not zero",
    arguments: [
      (10, 4, 3, true), (10, 10, 0, true), (0, 0, 0, true), (10, 11, 3, false), (-1, 0, 3, false),
      (10, -1, 3, false), (10, 4, -3, false), (1 << 41, 0, 0, false), (0, 0, 1 << 41, false),
    ])
  func buckets(_ prompt: Int, _ cached: Int, _ output: Int, _ isUsage: Bool) {
    let usage = TokenUsage(prompt: prompt, cached: cached, output: output)
    #expect((usage != nil) == isUsage)
    guard let usage else { return }
    #expect(usage.input + usage.cachedInput == prompt && usage.total == prompt + output)
  }

  @Test("A cached token is charged once, at the cached price")
  func cached() {
    let price = Sample.price(input: "10", cached: "1", output: "0")
    let charge = Rating.rate(Sample.usage(1000, cached: 900, output: 0), at: price)
    #expect(charge.total == Sample.money("0.0019"))
  }

  @Test(
    "A price that is negative, too fine, too large or of two currencies is refused",
    arguments: [
      ("-1", "1", "1"), ("1", "0.0000001", "1"), ("1", "1", "1000001"),
    ])
  func badPrices(_ input: String, _ cached: String, _ output: String) {
    #expect(throws: BillingError.self) {
      try PriceVersion(
        id: "p", model: "m", input: Sample.money(input), cachedInput: Sample.money(cached),
        output: Sample.money(output), perRequest: Sample.money("0"), effective: .distantPast,
        created: .distantPast)
    }
    #expect(throws: BillingError.self) {
      try PriceVersion(
        id: "p", model: "m", input: Sample.money("1"), cachedInput: Sample.money("1", .cny),
        output: Sample.money("1"), perRequest: Sample.money("0"), effective: .distantPast,
        created: .distantPast)
    }
  }
}
