import Foundation
import Testing

@testable import Venture

@Suite("Evidence and market size")
struct EvidenceTests {
  private func source(_ odds: DecisionFixture.Odds) throws -> Section<OpportunitySource> {
    let pieces = zip(odds.ratios, odds.groups).map {
      "  - {text: seen, ratio: \($0), group: \($1)}"
    }
    return try Section(
      """
      kind: market_demand
      text: they pay
      prior: \(odds.prior)
      correlation: \(odds.rho)
      evidence:
      \(pieces.joined(separator: "\n"))
      """, nil
    ) { OpportunitySource(reading: $0, path: "source", sheet: $1) }
  }

  @Test(
    "Odds times likelihood ratios, groups at their effective number",
    arguments: DecisionFixture.shared.odds.indices)
  func posterior(index: Int) throws {
    let odds = DecisionFixture.shared.odds[index]
    let section = try source(odds)
    #expect(section.errors.isEmpty)
    let fields = [section.part.prior].compactMap { $0 } + section.part.evidence.map(\.ratio)
    let samples = try QuantitySamples(of: fields, section.compiled, count: 10, seed: 1)
    let judgment = try #require(section.part.judgment(samples))
    #expect(abs(judgment.posterior.mean - odds.posterior) < 1e-9)
    #expect(abs(judgment.posterior.low - judgment.posterior.high) < 1e-12)
    #expect(judgment.pieces == odds.ratios.count)
    let naive = odds.ratios.reduce(1, *)
    #expect(abs(judgment.naiveRatio - naive) < 1e-9 * naive)
  }

  @Test("The same news told three times counts once, three independent pieces thrice")
  func counting() throws {
    let (once, thrice) = (DecisionFixture.shared.odds[1], DecisionFixture.shared.odds[2])
    #expect(abs(try source(once).part.combined(logs: [1, 1, 1]) - 1) < 1e-12)
    #expect(abs(try source(thrice).part.combined(logs: [1, 1, 1]) - 3) < 1e-12)
  }

  @Test(
    "Overlap of two normal laws is near 2Φ(−d ÷ 2)",
    arguments: DecisionFixture.shared.overlap.indices)
  func overlap(index: Int) {
    let expected = DecisionFixture.shared.overlap[index]
    // Stratified normal scores: no noise of sampling.
    let scores = (0..<20_000).map { (Double($0) + 0.5) / 20_000 }.map(normalQuantile)
    let shifted = scores.map { $0 + expected.distance }
    #expect(abs(MarketReconciliation.overlap(scores, shifted) - expected.overlap) < 0.03)
  }

  @Test("Overlap is 1 for equal numbers and 0 for different ones")
  func overlapOfConstants() {
    #expect(MarketReconciliation.overlap([2, 2], [2, 2]) == 1)
    #expect(MarketReconciliation.overlap([1, 1, 1], [2, 2, 2]) == 0)
  }

  @Test(
    "Two counts of a market agree, are loose, or contradict each other",
    arguments: [
      ("100 CNY/month", "1 CNY/customer/month", MarketReconciliation.Verdict.agree),
      ("100 CNY/month", "3 CNY/customer/month", .conflict),
      ("20 to 500 CNY/month", "0.5 to 2 CNY/customer/month", .agree),
      ("10 to 1000 CNY/month", "3 to 6 CNY/customer/month", .loose),
    ])
  func verdicts(total: String, price: String, verdict: MarketReconciliation.Verdict) throws {
    let section = try Section(
      """
      top_down: {total: \(total), serviceable: 50%, obtainable: 10%}
      bottom_up: {customers: 100, reachable: 50%, winnable: 10%, price: \(price)}
      """, nil
    ) { MarketSize(reading: $0, path: "m", sheet: $1) }
    #expect(section.errors.isEmpty)
    let down = try #require(section.part.topDown)
    let up = try #require(section.part.bottomUp)
    let samples = try QuantitySamples(
      of: [
        down.total, down.serviceable, down.obtainable, up.customers, up.reachable, up.winnable,
        up.price,
      ], section.compiled, count: 4_000, seed: 2)
    let result = MarketReconciliation(section.part, samples)
    #expect(result.verdict == verdict)
    if total == "100 CNY/month" {
      // 100 a month is 1,200 a year; a twentieth of it can be had.
      #expect(abs(try #require(result.topDown).total.mean - 1200) < 1e-9)
      #expect(abs(try #require(result.topDown).obtainable.mean - 60) < 1e-9)
    }
  }

  @Test("A market counted one way is flagged")
  func single() throws {
    let section = try Section(
      "bottom_up: {customers: 100, reachable: 50%, winnable: 10%, price: 2 CNY/customer/month}", nil
    ) { MarketSize(reading: $0, path: "m", sheet: $1) }
    #expect(section.errors.isEmpty)
    #expect(section.problems.all.map(\.severity) == [.warning])
  }
}

/// Φ⁻¹ by bisection of erfc: slow and sure.
private func normalQuantile(_ chance: Double) -> Double {
  var (low, high) = (-10.0, 10.0)
  for _ in 0..<60 {
    let middle = (low + high) / 2
    if 0.5 * erfc(-middle / 2.0.squareRoot()) < chance { low = middle } else { high = middle }
  }
  return (low + high) / 2
}
