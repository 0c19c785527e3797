package import Forecast
import Ledger

extension PlanDesk {
  /// A forecast as a page shows it.
  package struct Look: Sendable {
    package let forecasted: Forecasted
    package let years: [Year]
  }

  /// Twelve months of a forecast, or what is left of them at its end: P10, P50 and P90 of the sums,
  /// and of the cash and customers at the end.
  package struct Year: Sendable, Hashable {
    package let first: Month
    package let months: Int
    package let revenue: [Double]
    package let grossProfit: [Double]
    package let profit: [Double]
    package let cash: [Double]
    package let customers: [Double]
  }

  /// Paths that are kept one by one, for sums over months: their error is under a fiftieth of a spread.
  private static let keptPaths = 2_000
  private static let tornadoPaths = 4_000

  /// A forecast that somebody waits for while dragging: beside the heavy work, not behind it. Kept
  /// only for the plan as it is, since moved drivers are seldom seen twice.
  ///
  /// - Parameter withYears: false leaves the sums over years out, which need single paths.
  package func look(_ request: Request, withYears: Bool = true) async throws -> Look {
    try Self.check(request)
    let (base, hash, position) = try await recentModel(request)
    let model = try Self.moved(base, by: request.factors)
    let key = "look|\(hash)|\(position ?? -1)|\(request.key)"
    if let known: Look = recall(key) { return known }
    let look = try await quick {
      let (outcome, table) = try Simulation(model).run(
        .init(paths: request.paths, seed: request.seed), keeping: withYears ? Self.keptPaths : 0)
      return Look(
        forecasted: Forecasted(
          request: request, planHash: hash, position: position, model: model, outcome: outcome),
        years: withYears ? Self.years(table, model: model) : [])
    }
    if request.factors.isEmpty, withYears { keep(key, look) }
    return look
  }

  /// What moves a goal, from one short run: enough to say which drivers come first.
  package func tornado(_ request: Request, goal: Goal) async throws -> Tornado {
    try Self.check(request)
    let (model, hash, position) = try await model(request)
    let key = "tornado|\(hash)|\(position ?? -1)|\(request.key)|\(goal)"
    if let known: Tornado = recall(key) { return known }
    let tornado = try await quick {
      let table = try Simulation(model).run(
        .init(paths: min(request.paths, Self.tornadoPaths), seed: request.seed),
        keeping: Self.tornadoPaths
      ).1
      return Tornado(table: table, model: model, goal: goal)
    }
    keep(key, tornado)
    return tornado
  }

  // MARK: While dragging

  private struct Recent<Value: Sendable>: Sendable {
    let asked: Int64
    let value: Value
  }

  /// What was found at most `seconds` ago; made again after that.
  private func recent<Value: Sendable>(
    _ key: String, seconds: Int64, anew: Bool = false, _ make: () async throws -> Value
  ) async throws -> Value {
    let now = access.now().seconds
    if !anew, let known: Recent<Value> = recall(key), (0..<seconds).contains(now - known.asked) {
      return known.value
    }
    let value = try await make()
    keep(key, Recent(asked: now, value: value))
    return value
  }

  /// The request's model before its drivers are moved. While they are, a ledger that goes on is read
  /// once a minute, so that every picture of one drag is made from the same past.
  private func recentModel(
    _ request: Request
  ) async throws -> (Model, hash: String, position: Int64?) {
    var still = request
    still.factors = [:]
    let hash = try plan().hash
    return try await recent(
      "model|\(hash)|\(still.key)", seconds: 60, anew: request.factors.isEmpty
    ) { try await model(still) }
  }

  /// The ledger's months, as `actuals()`; not older than a minute.
  package func recentActuals() async throws -> Actuals {
    let hash = try plan().hash
    return try await recent("months|\(hash)", seconds: 60) { try await actuals() }
  }

  /// The newest frozen forecast, looked for again after ten seconds: a page asks at each redraw.
  package func newestFrozen() async throws -> FrozenPlan? {
    try await recent("newest", seconds: 10) { try await access.forecasts?.list().first }
  }

  private static func years(_ table: PathTable, model: Model) -> [Year] {
    stride(from: 0, to: model.months, by: 12).map { first in
      let months = first..<min(first + 12, model.months)
      func sums(_ measure: Outcome.Measure) -> [Double] {
        guard let rows = table.monthly[measure], let count = rows.first?.count else { return [] }
        return quantiles((0..<count).map { path in months.reduce(0) { $0 + rows[$1][path] } })
      }
      func last(_ measure: Outcome.Measure) -> [Double] {
        quantiles(table.monthly[measure]?[months.upperBound - 1] ?? [])
      }
      return Year(
        first: model.start.advanced(by: first), months: months.count, revenue: sums(.revenue),
        grossProfit: sums(.grossProfit), profit: sums(.profit), cash: last(.cash),
        customers: last(.customers))
    }
  }

  /// P10, P50, P90; none of no values.
  private static func quantiles(_ values: [Double]) -> [Double] {
    guard !values.isEmpty else { return [] }
    let sorted = values.sorted()
    return [0.1, 0.5, 0.9].map { Statistics.quantile(sorted: sorted, $0) }
  }
}
