import Foundation
import Testing

@testable import Forecast

/// Law: what an overconfident founder says is cured by widening and by the ledger, not by either alone.
@Suite struct OverconfidenceTests {
  /// What a founder states, and what is true: on the log scale, the error is normal with a mean that
  /// flatters the plan and with 2.18 times the σ that is stated.
  private struct Founder {
    /// Stated σ and the founder's mean error, in the order of `SyntheticVenture.names`.
    static let stated = [0.25, 0.25, 0.25, 0.25, 0.08, 0.2]
    static let optimism = [-0.5, -0.35, 0, 0.45, 0.1, 0]

    let venture: SyntheticVenture
    let truth: [Double]
    let plan: Model

    init(_ random: inout RandomStream) {
      var venture = SyntheticVenture.plain
      venture.dispersion = 10
      venture.volatility = 0.12
      venture.hasMeasurementNoise = false
      venture.laws[1] = .lognormal(mu: log(0.08), sigma: 0.4)
      let truth = venture.truth(&random)
      let laws = truth.indices.map { index -> Distribution in
        let sigma = Self.stated[index]
        let error =
          Self.optimism[index] + EstimatorRecord.untrainedFactor * sigma * random.normal()
        return .lognormal(mu: log(truth[index]) + error, sigma: sigma)
      }
      // The founder knows of no overdispersion and of little volatility.
      var said = venture
      said.dispersion = nil
      said.volatility = 0.05
      self.venture = venture
      self.truth = truth
      plan = said.model(laws: laws)
    }
  }

  private struct Tally: Sendable {
    var founder = 0.0
    var updated = 0.0
    var calibrated = 0.0
    var founderHits = 0
    var updatedHits = 0
    var calibratedHits = 0
    var count = 0

    static func + (left: Tally, right: Tally) -> Tally {
      Tally(
        founder: left.founder + right.founder, updated: left.updated + right.updated,
        calibrated: left.calibrated + right.calibrated,
        founderHits: left.founderHits + right.founderHits,
        updatedHits: left.updatedHits + right.updatedHits,
        calibratedHits: left.calibratedHits + right.calibratedHits,
        count: left.count + right.count)
    }
  }

  private static let paths = 300

  private static func score(_ index: Int) throws -> Tally {
    var random = RandomStream(RandomStream.Key(seed: 3, name: "founders"), path: index, index: 0)
    let founder = Founder(&random)
    let ledger = founder.venture.ledger(founder.truth, months: 12, &random)
    let seed = UInt64(index)
    let actual = ledger.months[6...].map(\.revenue)
    let mean = actual.reduce(0, +) / 6
    let known = ledger.first(6)
    var trusting = Calibration.Options()
    trusting.widening = 1
    trusting.conflict = 0
    func forecast(_ options: Calibration.Options) throws -> [[Double]] {
      let result = try Calibration.run(model: founder.plan, actuals: known, options: options)
      return try SyntheticVenture.forecast(result.model, months: 6, paths: paths, seed: seed)
    }
    let plan = try SyntheticVenture.forecast(founder.plan, months: 12, paths: paths, seed: seed)
    let fans = [Array(plan[6...]), try forecast(trusting), try forecast(Calibration.Options())]
    var tally = Tally()
    for month in 0..<6 {
      let scores = fans.map { ScoringRules.crps(sample: $0[month], actual: actual[month]) / mean }
      let hits = fans.map { fan -> Int in
        let sorted = fan[month].sorted()
        return sorted[paths / 10] <= actual[month] && actual[month] <= sorted[paths * 9 / 10]
          ? 1 : 0
      }
      tally =
        tally
        + Tally(
          founder: scores[0], updated: scores[1], calibrated: scores[2], founderHits: hits[0],
          updatedHits: hits[1], calibratedHits: hits[2], count: 1)
    }
    return tally
  }

  @Test func sixMonthsOfLedgerCureAnOverconfidentFounder() async throws {
    let tally = try await withThrowingTaskGroup(of: Tally.self) { group in
      for part in 0..<2 {
        group.addTask {
          try stride(from: part, to: 400, by: 2).reduce(Tally()) { try $0 + Self.score($1) }
        }
      }
      return try await group.reduce(Tally(), +)
    }
    let count = Double(tally.count)
    let coverage = Double(tally.calibratedHits) / count
    #expect((0.75...0.88).contains(coverage), "80% bands held \(coverage)")
    let ratio = tally.calibrated / tally.founder
    let figures =
      "CRPS/mean founder \(tally.founder / count), updated \(tally.updated / count), "
      + "calibrated \(tally.calibrated / count)"
    #expect(ratio <= 0.06, "\(figures)")
    // Neither the plan nor updating alone holds what it promises.
    #expect(Double(tally.founderHits) / count < 0.4)
    #expect(Double(tally.updatedHits) / count < coverage)
    #expect(tally.calibrated <= tally.updated, "\(figures)")
    #expect(tally.founder / count > 1.5, "\(figures)")
  }
}
