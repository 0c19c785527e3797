/// A frozen plan against what happened since.
package struct Scorecard: Sendable, Hashable, Codable {
  package var hash: String
  /// Whole months of the plan that are over.
  package var months: Int
  package var measures: [MeasureReport]
  /// Brier score of the chances by month; nil while no month is over.
  package var breakEvenBrier: Double?
  package var ruinBrier: Double?

  /// Measures that the ledger tells.
  package static let measures: [Outcome.Measure] = [.revenue, .profit, .customers, .tokens, .cash]

  /// - Throws: `noData` when no whole month of the plan is in the actuals.
  package init(_ plan: FrozenPlan, actuals: Actuals) throws(ForecastError) {
    let over = actuals.complete.filter {
      $0.month >= plan.start && $0.month < plan.start.advanced(by: plan.months)
    }
    guard !over.isEmpty else {
      throw ForecastError(
        .noData,
        "no whole month since \(plan.start) is in the ledger yet: the plan cannot be scored")
    }
    hash = plan.hash
    months = over.count
    let before = actuals.complete.filter { $0.month < plan.start }
    measures = Self.measures.compactMap { measure in
      guard let fan = plan.fan(measure) else { return nil }
      let points = over.compactMap { month -> ScoredPoint? in
        let index = month.month.index - plan.start.index
        guard let actual = month.value(measure), fan.quantiles.allSatisfy({ index < $0.count })
        else { return nil }
        return ScoredPoint(
          month: month.month, horizon: index + 1, actual: actual,
          quantiles: fan.quantiles.map { $0[index] })
      }
      guard !points.isEmpty else { return nil }
      let history = before.compactMap { $0.value(measure) }
      return MeasureReport(
        measure, points: points,
        mase: ScoringRules.mase(
          forecast: points.map(\.median), actual: points.map(\.actual), history: history),
        relativeToNaive: NaiveComparison.ratio(points, last: history.last))
    }
    let profits = over.map(\.profit)
    breakEvenBrier = Self.brier(plan.breakEvenBy, over, plan.start) {
      Events.breaksEven(Array(profits.prefix($0 + 1)))
    }
    let cash = over.map(\.cashAtEnd)
    ruinBrier =
      actuals.hasCapital
      ? Self.brier(plan.ruinBy, over, plan.start) { cash.prefix($0 + 1).contains { $0 < 0 } } : nil
  }

  private static func brier(
    _ chances: [Double], _ over: [MonthActuals], _ start: Month, happened: (Int) -> Bool
  ) -> Double? {
    let pairs = over.indices.compactMap { index -> (Double, Bool)? in
      let place = over[index].month.index - start.index
      return place < chances.count ? (chances[place], happened(index)) : nil
    }
    guard !pairs.isEmpty else { return nil }
    return ScoringRules.brier(chances: pairs.map(\.0), happened: pairs.map(\.1))
  }
}

/// What is asked of a path's or a ledger's months.
enum Events {
  /// Three months in a row with a profit, as the outcome's break-even month has it.
  static func breaksEven(_ profits: [Double]) -> Bool {
    var row = 0
    for profit in profits {
      row = profit > 0 ? row + 1 : 0
      if row == 3 { return true }
    }
    return false
  }
}

enum NaiveComparison {
  /// Mean absolute error of the medians ÷ that of the last value before; nil without or at 0.
  static func ratio(_ points: [ScoredPoint], last: Double?) -> Double? {
    guard let last else { return nil }
    let naive = points.reduce(0) { $0 + abs($1.actual - last) }
    guard naive > 0 else { return nil }
    return points.reduce(0) { $0 + abs($1.actual - $1.median) } / naive
  }
}
