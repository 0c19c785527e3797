package import Forecast

extension PlanDesk {
  /// Each past month forecast from what was known then, and scored.
  package func backtest() async throws -> Backtest {
    let (plan, hash) = try plan()
    let actuals = try await actuals()
    return try await once("backtest|\(hash)|\(actuals.position)|\(actuals.months.count)") {
      try Backtest.run(model: plan.model(), actuals: actuals)
    }
  }

  /// Keeps a forecast unchanged.
  package func freeze(_ request: Request) async throws -> FrozenPlan {
    guard let store = access.forecasts else {
      throw DeskError(.invalid, "there is no place to keep forecasts in")
    }
    let forecasted = try await forecast(request)
    let frozen = try FrozenPlan(
      model: forecasted.model, outcome: forecasted.outcome, planHash: forecasted.planHash,
      created: access.now(), position: forecasted.position ?? 0)
    try await store.save(frozen)
    return frozen
  }

  /// A frozen forecast and how it did; no card while no month of it is over.
  package struct Scored: Sendable, Encodable {
    package let frozen: FrozenPlan
    package let card: Scorecard?
  }

  /// Newest first.
  package func scorecards() async throws -> [Scored] {
    guard let store = access.forecasts else { return [] }
    let actuals = access.books == nil ? nil : try? await actuals()
    return try await store.list().map { frozen in
      Scored(frozen: frozen, card: actuals.flatMap { try? Scorecard(frozen, actuals: $0) })
    }
  }

  /// Plan against actual over the whole months of the ledger, by price, volume, mix and cost.
  ///
  /// - Throws: `ForecastError.noData` while no month is over.
  package func variance() async throws -> Variance {
    let (plan, hash) = try plan()
    let actuals = try await actuals()
    return try await once("variance|\(hash)|\(actuals.position)|\(actuals.months.count)") {
      let model = plan.model()
      let over = actuals.complete.filter {
        $0.month >= model.start && $0.month < model.start.advanced(by: model.months)
      }
      guard let first = over.first, let last = over.last else {
        throw ForecastError(
          .noData, "no whole month of the plan is in the ledger yet: come back when one is over")
      }
      let trace = try Simulation(model).trace(isDeterministic: true)
      return try Variance(
        model: model, trace: trace, actuals: actuals, months: first.month...last.month)
    }
  }
}
