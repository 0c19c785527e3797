import Foundation
import Ledger
import Testing

@testable import Forecast

@Suite struct BacktestTests {
  private static let forecaster: Backtest.Forecaster = { model, months, paths, seed in
    [.revenue: try SyntheticVenture.forecast(model, months: months, paths: paths, seed: seed)]
  }

  private static func ledger(_ months: Int) -> (Model, Actuals) {
    var venture = SyntheticVenture.plain
    venture.hasMeasurementNoise = false
    var random = RandomStream(RandomStream.Key(seed: 8, name: "backtest"), path: 0, index: 0)
    let truth = venture.truth(&random)
    return (venture.model(), venture.ledger(truth, months: months, &random))
  }

  @Test func everyOriginForecastsOnlyWhatItDidNotKnow() throws {
    let (model, actuals) = Self.ledger(10)
    var options = Backtest.Options()
    options.paths = 400
    let backtest = try Backtest.run(
      model: model, actuals: actuals, options: options, forecaster: Self.forecaster)
    #expect(backtest.origins == 7)
    let report = try #require(backtest.measures.first)
    #expect(backtest.measures.count == 1)
    // 6 + 6 − 1 … : horizons 1 to 6 from origins 3 to 9 within 10 months.
    #expect(report.points.count == 6 + 6 + 5 + 4 + 3 + 2 + 1)
    #expect(report.points.map(\.horizon).max() == 6)
    let again = try Backtest.run(
      model: model, actuals: actuals, options: options, forecaster: Self.forecaster)
    #expect(again == backtest)
    // A change of the last month changes no forecast made before it, only its score.
    var changed = actuals
    changed.months[9].byStream["api"] = 1
    let other = try Backtest.run(
      model: model, actuals: changed, options: options, forecaster: Self.forecaster)
    #expect(
      other.measures[0].points.map(\.quantiles) == report.points.map(\.quantiles))
    #expect(other.measures[0].crps > report.crps)
  }

  @Test func aRightModelBeatsNaiveAndKeepsItsBands() throws {
    let (model, actuals) = Self.ledger(18)
    var options = Backtest.Options()
    options.paths = 400
    options.calibration.widening = 1
    let report = try #require(
      Backtest.run(
        model: model, actuals: actuals, options: options, forecaster: Self.forecaster
      ).measures.first)
    #expect(try #require(report.relativeToNaive) < 1)
    #expect(report.bands.map(\.level) == [0.5, 0.8, 0.95])
    #expect(report.bands[2].verdict != .tooNarrow)
    #expect(report.transform.values.allSatisfy { (0...1).contains($0) })
    #expect(report.band(level: 0.8, horizon: 2)?.coverage.count == 14)
  }

  @Test func aBandThatIsTooNarrowIsCalledSo() throws {
    let (model, actuals) = Self.ledger(14)
    var options = Backtest.Options()
    options.paths = 50
    let sure = try Backtest.run(model: model, actuals: actuals, options: options) {
      _, months, paths, _ in
      [.revenue: (0..<months).map { _ in (0..<paths).map { 1 + Double($0) } }]
    }
    let report = try #require(sure.measures.first)
    #expect(report.wrong.count == 3)
    #expect(report.bands.allSatisfy { $0.verdict == .tooNarrow && $0.high < 0.5 })
    let vague = try Backtest.run(model: model, actuals: actuals, options: options) {
      _, months, paths, _ in
      [.revenue: (0..<months).map { _ in (0..<paths).map { Double($0 - 25) * 1e9 } }]
    }
    #expect(try #require(vague.measures.first).bands[0].verdict == .tooWide)
  }

  @Test func brierIsOfTheEventWithinTheHorizon() throws {
    var (model, actuals) = Self.ledger(8)
    model.months = 8
    actuals.hasCapital = true
    for index in actuals.months.indices { actuals.months[index].cashAtEnd = index < 6 ? 1 : -1 }
    var options = Backtest.Options()
    options.minimumMonths = 4
    options.step = 9
    let report = try Backtest.run(model: model, actuals: actuals, options: options) {
      _, months, _, _ in
      // A quarter of the paths run out of cash; half break even.
      [
        .cash: (0..<months).map { _ in [-1, 1, 1, 1] },
        .profit: (0..<months).map { _ in [1, 1, -1, -1] },
      ]
    }
    #expect(report.origins == 1)
    #expect(report.ruinBrier == 0.75 * 0.75)
    #expect(report.breakEvenBrier == 0.25)
  }

  @Test func tooFewMonthsIsAnError() {
    let (model, actuals) = Self.ledger(3)
    #expect(throws: ForecastError.self) {
      try Backtest.run(model: model, actuals: actuals, forecaster: Self.forecaster)
    }
  }
}

@Suite struct FrozenPlanTests {
  private static func outcome(seed: UInt64, median: Double) -> Outcome {
    let fan = Outcome.Fan(
      mean: Array(repeating: median, count: 4),
      quantiles: Outcome.levels.map { level in
        Array(repeating: median * (0.5 + level), count: 4)
      })
    return Outcome(
      seed: seed, paths: 100, start: Month(year: 2027, month: 1), months: 4,
      fans: [.revenue: fan, .customers: fan], spreads: [:], breakEvenBy: [0.1, 0.2, 0.3, 0.4],
      paybackBy: [], ruinBy: [0, 0, 0, 0], revenueByStream: [], costByAccount: [:])
  }

  private static func freeze(
    _ model: Model, seed: UInt64 = 1, median: Double = 100
  ) throws
    -> FrozenPlan
  {
    try FrozenPlan(
      model: model, outcome: outcome(seed: seed, median: median), planHash: "abc",
      created: Timestamp(seconds: 5), position: 7)
  }

  @Test func sha256IsTheStandards() {
    // FIPS 180-4, "abc".
    #expect(
      Digest.hexadecimal(Digest.sha256("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func theHashIsOfModelSeedAndPosition() throws {
    let model = SyntheticVenture.plain.model()
    let plan = try Self.freeze(model)
    #expect(plan.hash.utf8.count == 64)
    #expect(try Self.freeze(model).hash == plan.hash)
    #expect(try Self.freeze(model, seed: 2).hash != plan.hash)
    var other = model
    other.months += 1
    #expect(try Self.freeze(other).hash != plan.hash)
    let copy = try JSONDecoder().decode(FrozenPlan.self, from: JSONEncoder().encode(plan))
    #expect(copy == plan)
  }

  @Test func aNumberThatIsNotFiniteCannotBeFrozen() {
    var model = SyntheticVenture.plain.model()
    model.fleet.waitSeconds = .infinity
    #expect(throws: ForecastError.self) { try Self.freeze(model) }
  }

  @Test func theScorecardSaysWhichBandsWereWrong() throws {
    let plan = try Self.freeze(SyntheticVenture.plain.model())
    let months = (0..<5).map { index in
      MonthActuals(
        month: Month(year: 2026, month: 12).advanced(by: index),
        bySegment: ["all": SegmentActuals(active: 104)], byStream: ["api": 900],
        costs: ["people": index < 2 ? 1_000 : 10])
    }
    let card = try Scorecard(
      plan, actuals: Actuals(currency: .usd, months: months, position: 9))
    #expect(card.months == 4)
    #expect(card.measures.map(\.measure) == [.revenue, .customers])
    let revenue = card.measures[0]
    #expect(revenue.bands.allSatisfy { $0.coverage.hits == 0 && $0.verdict == .tooNarrow })
    let customers = card.measures[1]
    #expect(customers.bands.allSatisfy { $0.coverage.hits == 4 })
    #expect(customers.wrong.isEmpty || customers.wrong[0].level == 0.5)
    // Break-even in the last of four months: chances 0.1, 0.2, 0.3 did not happen, 0.4 did.
    let brier = try #require(card.breakEvenBrier)
    #expect(abs(brier - (0.01 + 0.04 + 0.09 + 0.36) / 4) < 1e-12)
    #expect(card.ruinBrier == nil)
    // A fan's CRPS of a uniform law on 50…150 about 104.
    let crps = customers.crps
    #expect(abs(crps - (100.0 / 12 + 16.0 / 100)) < 0.2, "\(crps)")
  }

  @Test func aPlanWithoutMonthsCannotBeScored() throws {
    let plan = try Self.freeze(SyntheticVenture.plain.model())
    #expect(throws: ForecastError.self) {
      try Scorecard(plan, actuals: Actuals(currency: .usd, months: [], position: 0))
    }
  }
}
