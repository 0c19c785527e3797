import Foundation

/// Rolling origin: at each month of the past, the plan is calibrated on what was known then and
/// forecasts the months that followed (Tashman, "Out-of-sample tests of forecasting accuracy", 2000).
package struct Backtest: Sendable, Hashable, Codable {
  package struct Options: Sendable, Hashable, Codable {
    /// Months known at the first origin.
    package var minimumMonths = 3
    package var horizon = 6
    package var step = 1
    package var paths = 2_000
    package var seed: UInt64 = 1
    package var measures: [Outcome.Measure] = [.revenue, .profit, .customers]
    package var calibration = Calibration.Options()
    package init() {}
  }

  /// Paths of a model over so many months, [month][path] by measure.
  package typealias Forecaster =
    @Sendable (_ model: Model, _ months: Int, _ paths: Int, _ seed: UInt64) throws ->
    [Outcome.Measure: [[Double]]]

  package var origins: Int
  package var measures: [MeasureReport]
  /// Of "three months in a row with a profit" and "out of cash" within the horizon; nil where the
  /// forecast or the ledger does not tell.
  package var breakEvenBrier: Double?
  package var ruinBrier: Double?

  /// - Throws: `noData` when there are not enough whole months, and what calibration and forecaster
  ///   throw.
  package static func run(
    model: Model, actuals: Actuals, options: Options = Options(),
    forecaster: Forecaster = Backtest.simulation
  ) throws -> Backtest {
    let whole = Actuals(
      currency: actuals.currency, months: actuals.complete, position: actuals.position,
      unconverted: actuals.unconverted, hasCapital: actuals.hasCapital)
    let first = max(1, options.minimumMonths)
    guard whole.months.count > first, options.horizon > 0, options.step > 0 else {
      throw ForecastError(
        .noData,
        "backtest: \(whole.months.count) whole months are in the ledger; it needs at least "
          + "\(first + 1)")
    }
    var tally = BacktestTally(actuals: whole, options: options)
    for known in stride(from: first, to: whole.months.count, by: options.step) {
      let result = try Calibration.run(
        model: model, actuals: whole.first(known), options: options.calibration)
      let ahead = min(options.horizon, whole.months.count - known)
      var next = result.model
      next.months = ahead
      // One seed for all origins: they differ by what is known, not by chance.
      tally.add(
        try forecaster(next, ahead, options.paths, options.seed), known: known, ahead: ahead)
    }
    return tally.report
  }
}

/// Collects an origin at a time.
struct BacktestTally {
  let actuals: Actuals
  let options: Backtest.Options
  private var origins = 0
  private var points: [Outcome.Measure: [ScoredPoint]] = [:]
  private var scaled: [Outcome.Measure: [Double]] = [:]
  private var naive: [Outcome.Measure: (forecast: Double, last: Double)] = [:]
  private var breakEven: [(chance: Double, happened: Bool)] = []
  private var ruin: [(chance: Double, happened: Bool)] = []

  init(actuals: Actuals, options: Backtest.Options) {
    self.actuals = actuals
    self.options = options
  }

  mutating func add(_ paths: [Outcome.Measure: [[Double]]], known: Int, ahead: Int) {
    origins += 1
    for measure in options.measures {
      guard let fan = paths[measure], fan.count >= ahead else { continue }
      add(measure, fan, known: known, ahead: ahead)
    }
    let future = actuals.months[known..<(known + ahead)]
    if ahead >= 3, let profits = paths[.profit] {
      let share = Self.share(profits, ahead) { Events.breaksEven($0) }
      breakEven.append((share, Events.breaksEven(future.map(\.profit))))
    }
    if actuals.hasCapital, let cash = paths[.cash] {
      let share = Self.share(cash, ahead) { $0.contains { $0 < 0 } }
      ruin.append((share, future.contains { $0.cashAtEnd < 0 }))
    }
  }

  private mutating func add(
    _ measure: Outcome.Measure, _ fan: [[Double]], known: Int, ahead: Int
  ) {
    var own: [ScoredPoint] = []
    for step in 0..<ahead {
      let month = actuals.months[known + step]
      guard let actual = month.value(measure), !fan[step].isEmpty else { continue }
      own.append(
        ScoredPoint(month: month.month, horizon: step + 1, actual: actual, sample: fan[step]))
    }
    points[measure, default: []] += own
    let history = actuals.months[..<known].compactMap { $0.value(measure) }
    let mase = ScoringRules.mase(
      forecast: own.map(\.median), actual: own.map(\.actual), history: history)
    if let mase { scaled[measure, default: []].append(mase) }
    guard let last = history.last else { return }
    naive[measure, default: (0, 0)].forecast += own.reduce(0) { $0 + abs($1.actual - $1.median) }
    naive[measure, default: (0, 0)].last += own.reduce(0) { $0 + abs($1.actual - last) }
  }

  /// Of the paths for which `event` holds over their months.
  private static func share(_ fan: [[Double]], _ ahead: Int, event: ([Double]) -> Bool) -> Double {
    guard fan.count >= ahead, let count = fan.first?.count, count > 0 else { return 0 }
    let hits = (0..<count).count { path in event((0..<ahead).map { fan[$0][path] }) }
    return Double(hits) / Double(count)
  }

  private static func brier(_ pairs: [(chance: Double, happened: Bool)]) -> Double? {
    pairs.isEmpty
      ? nil
      : ScoringRules.brier(chances: pairs.map(\.chance), happened: pairs.map(\.happened))
  }

  var report: Backtest {
    Backtest(
      origins: origins,
      measures: options.measures.compactMap { measure in
        guard let own = points[measure], !own.isEmpty else { return nil }
        let mase = scaled[measure].map { $0.reduce(0, +) / Double($0.count) }
        let ratio = naive[measure].flatMap { $0.last > 0 ? $0.forecast / $0.last : nil }
        return MeasureReport(measure, points: own, mase: mase, relativeToNaive: ratio)
      }, breakEvenBrier: Self.brier(breakEven), ruinBrier: Self.brier(ruin))
  }
}
