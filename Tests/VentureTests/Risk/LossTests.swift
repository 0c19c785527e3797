import Forecast
import Foundation
import Ledger
import Testing

@testable import Venture

@Suite struct LossTests {
  /// A register with constant figures.
  private func model(_ items: [(Double, Double, Double)]) -> LossModel {
    var table = ParameterTable()
    let sources = items.enumerated().map { index, item in
      LossModel.Source(
        id: "r\(index)", name: "", kind: .market,
        rate: table.constant(item.0 / 12, name: "rate\(index)"),
        low: table.constant(item.1, name: "low\(index)"),
        high: table.constant(item.2, name: "high\(index)"))
    }
    return LossModel(table: table, sources: sources, levers: [])
  }

  @Test func expectedLossIsRiskquants() {
    // riskquant, simpleloss: 0.1 a year, 100,000 to 1,000,000.
    #expect(
      abs(LossModel.expectedLoss(rate: 0.1, low: 100_000, high: 1_000_000) - 40_400.128) < 0.001)
  }

  @Test func theYearEqualsTheExactCompoundDistribution() throws {
    for exact in try RiskFixture.load().compound {
      let closed = exact.risks.reduce(0) {
        $0 + LossModel.expectedLoss(rate: $1.rate, low: $1.low, high: $1.high)
      }
      #expect(abs(closed - exact.mean) < 1e-6 * exact.mean)
      let sample = try model(exact.risks.map { ($0.rate, $0.low, $0.high) })
        .sample(paths: 200_000, seed: 7)
      let found = LossStatistics(sample.total(sample.losses(treated: [])))
      #expect(abs(found.mean - exact.mean) < 4 * found.error)
      #expect(abs(1 - found.chance - exact.chanceOfNone) < 0.005)
      #expect(abs(found.valueAtRisk95 / exact.valueAtRisk95 - 1) < 0.04)
      #expect(abs(found.tail95 / exact.tail95 - 1) < 0.06)
    }
  }

  @Test func tailSharesSumToTheTail() throws {
    var (risks, compiled, _) = try register()
    let ranking = try risks.lossModel(&compiled).sample(paths: 3_333).ranking(adopted: ["comply"])
    let before = ranking.rows.reduce(0) { $0 + $1.tailShare }
    let after = ranking.rows.reduce(0) { $0 + $1.residualTailShare }
    #expect(abs(before - ranking.inherent.tail95) < 1e-6 * before)
    #expect(abs(after - ranking.residual.tail95) < 1e-6 * after)
    #expect(ranking.rows.map(\.rank) == [1, 2, 3])
    #expect(
      zip(ranking.rows, ranking.rows.dropFirst()).allSatisfy {
        $0.inherent.mean >= $1.inherent.mean
      })
    #expect(ranking.inherent.tail95 >= ranking.inherent.valueAtRisk95)
  }

  @Test func moreTreatmentNeverRaisesTheLossOfAnyYear() throws {
    var (risks, compiled, _) = try register()
    let sample = try risks.lossModel(&compiled).sample(paths: 5_000)
    let sets: [Set<String>] = [[], ["comply"], ["comply", "insure"]]
    let totals = sets.map { sample.total(sample.losses(treated: $0)) }
    for (less, more) in zip(totals, totals.dropFirst()) {
      #expect(zip(less, more).allSatisfy { $0 >= $1 }, "on common random numbers")
      #expect(LossStatistics(less).mean > LossStatistics(more).mean)
      #expect(LossStatistics(less).tail95 >= LossStatistics(more).tail95)
    }
  }

  @Test func aTreatedYearHasTheTreatedMean() throws {
    var (risks, compiled, _) = try register()
    let sample = try risks.lossModel(&compiled).sample(paths: 100_000)
    let leak = LossStatistics(sample.losses(treated: ["comply"])[0])
    let exact = LossModel.expectedLoss(rate: 0.2, low: 10_000, high: 150_000)
    #expect(abs(leak.mean - exact) < 4 * leak.error)
  }

  @Test func aTreatmentMayAlsoMakeARiskMoreFrequent() throws {
    let text = smallRegister.replacingOccurrences(
      of: "{risk: leak, impact: 0.5}", with: "{risk: leak, likelihood: 1.6}")
    var (risks, compiled, _) = try register(text)
    let sample = try risks.lossModel(&compiled).sample(paths: 100_000)
    let (bare, more) = (sample.losses(treated: [])[0], sample.losses(treated: ["insure"])[0])
    #expect(zip(bare, more).allSatisfy { $0 <= $1 })
    let found = LossStatistics(more)
    let exact = LossModel.expectedLoss(rate: 0.8, low: 20_000, high: 300_000)
    #expect(abs(found.mean - exact) < 4 * found.error)
  }

  @Test func anotherRiskMovesNoOnesNumbers() throws {
    var (risks, compiled, _) = try register()
    let all = try risks.lossModel(&compiled).sample(paths: 500).losses(treated: [])
    risks.risks.remove(at: 1)
    let fewer = try risks.lossModel(&compiled).sample(paths: 500).losses(treated: [])
    #expect(fewer == [all[0], all[2]])
  }

  @Test func valueIsSavedLossAndTailLessCost() throws {
    var (risks, compiled, _) = try register()
    let sample = try risks.lossModel(&compiled).sample(paths: 20_000)
    let comparison = sample.compare(adopted: risks.adopted, tailPrice: 0.2)
    let comply = comparison.treatments[0]
    #expect(comply.cost == 12 * 500 + 1_000)
    #expect(
      abs(comply.alone.value - (comply.alone.expected + 0.2 * comply.alone.tail - 7_000)) < 1e-6)
    #expect(comply.alone == comply.marginal, "it is the only adopted one")
    #expect(comparison.together.expected == comply.alone.expected)
    let insure = comparison.treatments[1]
    #expect(insure.marginal.expected < insure.alone.expected, "overlap: less beside another")
    let saved =
      LossModel.expectedLoss(rate: 0.5, low: 20_000, high: 300_000)
      - LossModel.expectedLoss(rate: 0.2, low: 10_000, high: 150_000)
    #expect(abs(comply.alone.expected - saved) < 4 * comply.alone.error)
  }

  @Test func exceedanceFallsAsTheLossRises() throws {
    var (risks, compiled, _) = try register()
    let sample = try risks.lossModel(&compiled).sample(paths: 2_000)
    let curve = LossStatistics(sample.total(sample.losses(treated: []))).exceedance
    #expect(zip(curve, curve.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(curve.count == LossStatistics.chances.count)
  }

  @Test func tooManyPathsOrEventsAreRefused() {
    #expect(throws: ForecastError.self) { try model([(1, 1, 2)]).sample(paths: 0) }
    #expect(throws: ForecastError.self) { try model([(1, 1, 2)]).sample(paths: 2_000_000) }
    #expect(throws: ForecastError.self) { try model([(900, 1, 2)]).sample(paths: 100_000) }
  }

  @Test func theMatrixNamesThePairsItRanksWrongly() throws {
    // Often and cheap (5 × 2 = 10) above rare and dear (3 × 3 = 9) that costs more.
    let ranking = try model([
      (1.1, 9_000, 12_000), (0.25, 150_000, 190_000), (0.25, 30_000, 31_000),
    ])
    .sample(paths: 20_000).ranking(adopted: [])
    let matrix = RiskMatrix(ranking, scale: 1_000_000)
    #expect(ranking.rows.map(\.id) == ["r1", "r0", "r2"])
    #expect(matrix.cells.map(\.score) == [9, 10, 6])
    #expect(matrix.misranked == [.init(above: "r0", below: "r1")])
    #expect(matrix.pairs == 3)
  }

  @Test func responsesAreWorthTheBreakEvenTheyBring() throws {
    let (risks, _, _) = try register()
    func outcome(_ chance: Double) -> Outcome {
      Outcome(
        seed: 1, paths: 1, start: Month(year: 2027, month: 1), months: 1, fans: [:],
        spreads: [
          .netPresentValue: .init(share: 1, mean: chance * 100, deviation: 0, quantiles: [])
        ], breakEvenBy: [chance], paybackBy: [], ruinBy: [1 - chance], revenueByStream: [],
        costByAccount: [:])
    }
    var asked: [Set<String>] = []
    let blank = try blankModel()
    let worth = try risks.responseWorth(
      model: { treated in
        asked.append(treated)
        return blank
      },
      run: { _ in
        outcome([["comply"]: 0.6, []: 0.5, ["comply", "insure"]: 0.65][asked.last ?? []] ?? 0)
      })
    #expect(worth.untreated == 0.5)
    #expect(worth.rows.map(\.id) == ["", "comply", "insure"])
    for (row, expected) in zip(worth.rows, [0.1, 0.1, 0.05]) {
      #expect(abs(row.worth - expected) < 1e-12)
      #expect(abs(row.netPresentValue - 100 * expected) < 1e-9)
    }
  }

  /// The smallest model: `responseWorth` hands it on unread.
  private func blankModel() throws -> Model {
    var table = ParameterTable()
    let zero = table.constant(0, name: "zero")
    return Model(
      currency: .cny, start: Month(year: 2027, month: 1), months: 1, parameters: table,
      segments: [], streams: [],
      fleet: Fleet(
        mode: .cloud, running: zero, purchase: zero, life: zero, throughput: zero, peak: zero,
        lead: zero, minimum: zero, maximum: nil, slots: 1, serviceSeconds: 1, variation: 1,
        waitSeconds: 1, overflow: nil, upstreamShare: zero), roles: [], costs: [], shocks: [],
      finance: Finance(
        openingCash: zero, rounds: [], loans: [], incomeTax: zero, revenueTax: zero,
        paymentFee: zero, payableMonths: zero, discountRate: zero),
      tokenPrice: .init(drift: zero, volatility: zero),
      machinePrice: .init(drift: zero, volatility: zero), priceMultiplier: zero)
  }
}
