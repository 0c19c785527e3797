import Foundation
import Ledger
import Testing

@testable import Forecast

@Suite struct CalibrationTests {
  private static func options() -> Calibration.Options {
    var options = Calibration.Options()
    options.widening = 1
    options.discount = 1
    options.processDegrees = nil
    options.conflict = 0
    return options
  }

  private static func actuals(_ months: [MonthActuals]) -> Actuals {
    var months = months
    for index in months.indices {
      months[index].month = Month(year: 2027, month: 1).advanced(by: index)
    }
    return Actuals(currency: .usd, months: months, position: 9)
  }

  private static func month(
    new: Double = 0, ages: [Double] = [], speed: Double? = nil, incidents: [String: Int] = [:]
  ) -> MonthActuals {
    MonthActuals(
      month: Month(year: 2027, month: 1),
      bySegment: [
        "all": SegmentActuals(
          newCustomers: new, active: ages.reduce(0, +), activeByAge: ages)
      ], costs: ["marketing": 6_000], tokensPerSecond: speed, incidents: incidents)
  }

  private static func driver(
    _ result: CalibrationResult, _ name: String
  ) throws
    -> Calibration.DriverUpdate
  {
    try #require(result.drivers.first { $0.slot == name })
  }

  private static func expect(
    _ interval: Calibration.Interval, _ oracle: [Double], within tolerance: Double
  ) {
    for (value, truth) in zip([interval.low, interval.median, interval.high], oracle) {
      #expect(abs(value / truth - 1) < tolerance, "\(value) is not SciPy's \(truth)")
    }
  }

  // MARK: Against SciPy

  @Test func arrivalsEqualSciPysPosterior() throws {
    let oracle = try LearningFixture.load().arrivals
    let data = Self.actuals(oracle.counts.map { Self.month(new: $0) })
    let result = try Calibration.run(
      model: SyntheticVenture.plain.model(), actuals: data, options: Self.options())
    let driver = try Self.driver(result, "cost")
    Self.expect(driver.posterior, oracle.interval, within: 0.002)
    #expect(driver.method == .gammaPoisson)
    #expect(driver.observations == 6)
  }

  @Test func churnByAgeEqualsSciPysPosterior() throws {
    let oracle = try LearningFixture.load().churn
    let before = zip(oracle.lost, oracle.kept).map(+)
    // No arrivals in the data: a month in which nobody could come.
    var data = Self.actuals([
      Self.month(ages: before), Self.month(ages: [0] + oracle.kept),
    ])
    data.months[0].costs = [:]
    let result = try Calibration.run(
      model: SyntheticVenture.plain.model(), actuals: data, options: Self.options())
    let churn = try Self.driver(result, "churn")
    let concentration = try Self.driver(result, "concentration")
    Self.expect(churn.posterior, oracle.interval, within: 0.005)
    Self.expect(concentration.posterior, oracle.concentration, within: 0.01)
    #expect(churn.method == .churnGrid)
    let table = result.model.parameters
    let pair = try #require(
      table.correlations.first { table.slots[$0.second].name == "concentration" })
    #expect(abs(2 * sin(.pi * pair.rho / 6) - 0.99 * oracle.correlation) < 0.01)
  }

  @Test func measuredSpeedEqualsSciPysPosterior() throws {
    let oracle = try LearningFixture.load().speed
    let data = Self.actuals(oracle.values.map { Self.month(speed: $0 / 2_628_000) })
    let result = try Calibration.run(
      model: SyntheticVenture.plain.model(), actuals: data, options: Self.options())
    let driver = try Self.driver(result, "speed")
    Self.expect(driver.posterior, oracle.interval, within: 0.002)
    #expect(driver.method == .normalInverseGamma)
  }

  @Test func aBetaPriorOfAConstantHazardStaysABeta() throws {
    let fixture = try LearningFixture.load()
    var model = SyntheticVenture.plain.model()
    model.segments[0].churnConcentration = nil
    let before = zip(fixture.churn.lost, fixture.churn.kept).map(+)
    let data = Self.actuals([
      Self.month(ages: before), Self.month(ages: [0] + fixture.churn.kept),
    ])
    let result = try Calibration.run(model: model, actuals: data, options: Self.options())
    Self.expect(
      try Self.driver(result, "churn").posterior, fixture.beta.interval, within: 1e-9)
    let slot = try #require(result.model.parameters.parameter(named: "churn"))
    #expect(
      result.model.parameters[slot].content
        == .uncertain(.beta(alpha: 29, beta: 253, low: 0, high: 1)))
  }

  @Test func aGammaPriorOfIncidentsStaysAGamma() throws {
    var model = SyntheticVenture.plain.model()
    model.parameters.slots.append(
      ParameterTable.Slot(
        name: "outages", label: "outages", unit: "", scale: 1, line: 40,
        content: .uncertain(.gamma(shape: 2, scale: 0.25))))
    let rate = Parameter(model.parameters.slots.count - 1)
    let one = try #require(model.parameters.parameter(named: "one"))
    model.shocks = [
      Shock(
        id: "outage", name: "outage", rate: rate, lossLow: one, lossHigh: one, duration: one,
        acquisitionFactor: one, churnFactor: one)
    ]
    let data = Self.actuals((0..<12).map { Self.month(incidents: ["outage": $0 < 5 ? 1 : 0]) })
    let result = try Calibration.run(model: model, actuals: data, options: Self.options())
    let driver = try Self.driver(result, "outages")
    Self.expect(
      driver.posterior, try LearningFixture.load().gamma.interval, within: 1e-9)
    #expect(driver.line == 40)
  }

  // MARK: Widening, conflict, what has no data

  @Test func whatHasNoDataIsOnlyWidened() throws {
    let data = Self.actuals([Self.month(new: 15)])
    let result = try Calibration.run(model: SyntheticVenture.plain.model(), actuals: data)
    let driver = try Self.driver(result, "speed")
    #expect(driver.method == .widened)
    #expect(driver.notes == [.noData])
    #expect(driver.dataWeight == 0)
    let ratio =
      log(driver.posterior.high / driver.posterior.median)
      / log(driver.prior.high / driver.prior.median)
    #expect(abs(ratio - 2.18) < 1e-9)
  }

  @Test func aPriorThatTheDataContradictLosesItsWeight() throws {
    var laws = SyntheticVenture.plain.laws
    // Truth near 400; the founder is sure of 40.
    laws[0] = .lognormal(mu: log(40), sigma: 0.2)
    let venture = SyntheticVenture.plain
    let data = Self.actuals((0..<6).map { _ in Self.month(new: 15) })
    var options = Self.options()
    let stubborn = try Calibration.run(
      model: venture.model(laws: laws), actuals: data, options: options)
    options.conflict = 0.01
    let reset = try Calibration.run(
      model: venture.model(laws: laws), actuals: data, options: options)
    let driver = try Self.driver(reset, "cost")
    #expect(driver.conflict < 0.01)
    #expect(driver.notes.contains(.conflict))
    let before = try Self.driver(stubborn, "cost").posterior.median
    #expect(driver.posterior.median > 1.05 * before)
    #expect(driver.posterior.high > 380)
  }

  @Test func newerMonthsWeighMoreWithADiscount() throws {
    let counts: [Double] = [30, 30, 30, 10, 10, 10]
    let data = Self.actuals(counts.map { Self.month(new: $0) })
    var options = Self.options()
    let even = try Calibration.run(
      model: SyntheticVenture.plain.model(), actuals: data, options: options)
    options.discount = 0.8
    let newer = try Calibration.run(
      model: SyntheticVenture.plain.model(), actuals: data, options: options)
    let medians = try [even, newer].map { try Self.driver($0, "cost").posterior.median }
    #expect(medians[1] > 1.1 * medians[0])
  }

  @Test func sameSeedSamePosterior() throws {
    var random = RandomStream(RandomStream.Key(seed: 5, name: "same"), path: 0, index: 0)
    let venture = SyntheticVenture.funnel
    let ledger = venture.ledger(venture.truth(&random), months: 6, &random)
    let first = try Calibration.run(model: venture.model(), actuals: ledger)
    let second = try Calibration.run(model: venture.model(), actuals: ledger)
    #expect(first == second)
    #expect(first.drivers.contains { $0.method == .particles })
  }

  @Test func theProcessIsLearntWhereThePlanHasOnlyAConstant() throws {
    var said = SyntheticVenture.plain
    said.dispersion = nil
    said.volatility = 0.02
    var lived = SyntheticVenture.plain
    lived.dispersion = 4
    lived.volatility = 0.3
    lived.spend = 12_000
    said.spend = 12_000
    var random = RandomStream(RandomStream.Key(seed: 11, name: "process"), path: 0, index: 0)
    let ledger = lived.ledger([200, 0.08, 3, 2e6, 1, 1e9], months: 24, &random)
    let result = try Calibration.run(model: said.model(), actuals: ledger)
    let volatility = try Self.driver(result, "segments.all.usage_volatility")
    let dispersion = try Self.driver(result, "segments.all.dispersion")
    #expect(volatility.notes == [.process])
    #expect((0.15...0.45).contains(volatility.posterior.median))
    #expect((1.5...12).contains(dispersion.posterior.median))
    #expect(result.model.segments[0].dispersion != nil)
  }

  // MARK: Errors

  @Test func nothingInTheLedgerIsAnError() throws {
    let empty = Actuals(currency: .usd, months: [], position: 0)
    #expect {
      try Calibration.run(model: SyntheticVenture.plain.model(), actuals: empty)
    } throws: { ($0 as? ForecastError)?.code == .noData }
    let euros = Actuals(currency: .eur, months: [Self.month(new: 1)], position: 0)
    #expect {
      try Calibration.run(model: SyntheticVenture.plain.model(), actuals: euros)
    } throws: { ($0 as? ForecastError)?.code == .invalid }
  }
}

@Suite struct ShiftedBetaGeometricTests {
  /// The likelihood that calibration uses, of a cohort that is followed from renewal to renewal.
  private static func evidence(
    _ alive: [Double]
  ) throws -> (Evidence, churn: Int, concentration: Int) {
    let venture = SyntheticVenture.plain
    let model = venture.model()
    let months = alive.indices.map { index in
      let ages = [Double](repeating: 0, count: index) + [alive[index]]
      return MonthActuals(
        month: Month(year: 2027, month: 1).advanced(by: index),
        bySegment: ["all": SegmentActuals(active: alive[index], activeByAge: ages)])
    }
    let book = EvidenceBook(
      model: model, actuals: Actuals(currency: .usd, months: months, position: 0),
      options: .init(), medians: try model.parameters.medianValues())
    let segment = model.segments[0]
    return (
      try #require(book.churn(0)), segment.churn.index,
      try #require(segment.churnConcentration).index
    )
  }

  @Test func theLikelihoodOfChurnPeaksAtFaderAndHardiesCurve() throws {
    let oracle = try LearningFixture.load().sbg
    let (evidence, churn, concentration) = try Self.evidence(oracle.alive)
    var values = try SyntheticVenture.plain.model().parameters.medianValues()
    func height(_ alpha: Double, _ beta: Double) -> Double {
      values[churn] = alpha / (alpha + beta)
      values[concentration] = alpha + beta
      return evidence.logLikelihood(values)
    }
    let top = height(0.7637, 1.2958)
    #expect(abs(top + 1401.559) < 5e-4)
    #expect(abs(oracle.alpha - 0.7637) < 5e-5 && abs(oracle.beta - 1.2958) < 5e-5)
    for (alpha, beta) in [(0.77, 1.2958), (0.7637, 1.31), (0.757, 1.2958), (0.7637, 1.28), (1, 1)] {
      #expect(height(alpha, beta) < top)
    }
  }
}

@Suite struct EstimatorRecordTests {
  @Test func startsAtTheFactorOfUntrainedPeople() {
    #expect(EstimatorRecord().factor == 2.18)
  }

  @Test(arguments: [0.8, 1.0, 3.0])
  func learnsItsOwnFactor(_ truth: Double) {
    var random = RandomStream(RandomStream.Key(seed: 2, name: "estimator"), path: 0, index: 0)
    var record = EstimatorRecord()
    // Skewed: twice as far up as down.
    let quantiles = Outcome.levels.map { level in
      let score = Normal.quantile(level)
      return 100 + (score > 0 ? 20 : 10) * score
    }
    for _ in 0..<400 {
      let score = truth * random.normal()
      let point = ScoredPoint(
        month: Month(year: 2027, month: 1), horizon: 1,
        actual: 100 + (score > 0 ? 20 : 10) * score, quantiles: quantiles)
      record.record(score: EstimatorRecord.score(of: point))
    }
    #expect(abs(record.factor / truth - 1) < 0.12)
  }

  @Test func oneScoreMovesLittleAndABandWithoutWidthNothing() {
    var record = EstimatorRecord()
    record.record(score: 0.1)
    let flat = ScoredPoint(
      month: Month(year: 2027, month: 1), horizon: 1, actual: 2,
      quantiles: Outcome.levels.map { _ in 1 })
    record.record(score: EstimatorRecord.score(of: flat))
    #expect(record.count == 1)
    #expect((1.9...2.18).contains(record.factor))
  }
}

@Suite struct ConjugateTests {
  @Test func normalInverseGammaDoesNotDependOnTheOrder() {
    let prior = NormalInverseGamma(mean: 1, weight: 2, shape: 3, rate: 4)
    let whole = prior.updated(by: [0.5, 2, 3.5])
    let steps = prior.updated(by: [3.5]).updated(by: [0.5]).updated(by: [2])
    #expect(abs(whole.mean - steps.mean) < 1e-12)
    #expect(abs(whole.rate - steps.rate) < 1e-12)
    #expect(whole.weight == 5)
    #expect(whole.shape == 4.5)
    #expect(abs(whole.mean - (2 + 6) / 5) < 1e-12)
  }

  @Test func paymentLagIsTheMeanOfWhatWasPaid() {
    let lag = PaymentLag(prior: 1, counts: [10, 60, 20, 9])
    #expect(abs(lag.mean - (61 + 40 + 27) / 100) < 1e-12)
    #expect(lag.weight == 0.99)
    #expect(lag.variance > 0 && lag.variance < 0.01)
  }
}
