package import Forecast
import Foundation

extension PlanSummary {
  /// Reads the measures from the kept paths of a forecast of `model`.
  package init(_ paths: PathTable, model: Model) {
    self.init()
    let revenue = paths.monthly[.revenue] ?? []
    addYears(
      revenue: revenue, grossProfit: paths.monthly[.grossProfit] ?? [],
      profit: paths.monthly[.profit] ?? [])
    addTimes(
      breakEvenMonths: paths.figures[.breakEvenMonth] ?? [],
      ruinMonths: paths.figures[.ruinMonth] ?? [], months: model.months)
    let drift = model.tokenPrice.drift.index
    if drift < paths.slots.count {
      // A drift of the log a month: the price of a year ago is exp(−12 × drift) times today's.
      add(.priceFall, paths.slots[drift].map { exp(-12 * $0) })
    }
    addInference(
      revenue: revenue, tokens: paths.monthly[.tokens] ?? [],
      cost: paths.monthly[.tokenCost] ?? [])
  }

  /// Machines' and vendors' cost ÷ revenue of the last twelve months.
  private mutating func addInference(
    revenue: [[Double]], tokens: [[Double]], cost: [[Double]]
  ) {
    let months = min(revenue.count, tokens.count, cost.count)
    guard months >= 12, let paths = revenue.first?.count else { return }
    add(
      .inferenceShare,
      (0..<paths).map { path in
        var (spent, earned) = (0.0, 0.0)
        for month in (months - 12)..<months {
          spent += cost[month][path] * tokens[month][path] / 1e6
          earned += revenue[month][path]
        }
        return earned > 0 ? spent / earned : .nan
      })
  }
}
