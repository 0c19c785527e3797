package import Forecast

extension PlanDesk {
  /// What moves a goal, and what to learn next.
  package struct Sensitivity: Sendable {
    package let forecasted: Forecasted
    package let tornado: Tornado
    package let screening: Screening
    /// Nil where the plan offers no second choice.
    package let information: ValueOfInformation?
    /// Names of the decisions that `information` weighs.
    package let decisions: [String]
  }

  /// A choice between ways to go.
  package enum Question: String, Sendable, CaseIterable {
    /// The plan and its scenarios.
    case scenarios
    /// All streams together, each left out, each alone.
    case profitModels = "profit_models"
    /// Technology-, market- and innovation-driven, where the strategy gives them scenarios.
    case paths
    /// Machines in the cloud, rented or owned.
    case fleet
    /// The first hire of each role now, later, or never.
    case hiring
  }

  package func sensitivity(_ request: Request, goal: Goal) async throws -> Sensitivity {
    let (forecasted, table) = try await table(request)
    let (plan, hash) = try plan()
    let key = "sensitivity|\(hash)|\(forecasted.position ?? -1)|\(request.key)|\(goal)"
    return try await once(key) {
      let model = forecasted.model
      let tornado = Tornado(table: table, model: model, goal: goal)
      let screening = Screening(
        table: table, parameters: model.parameters,
        goal: goal.values(in: table, months: model.months))
      let alternatives = try Self.alternatives(.scenarios, plan: plan, model: model)
      let information = try Self.information(
        alternatives, model: model, table: table, request: request)
      return Sensitivity(
        forecasted: forecasted, tornado: tornado, screening: screening, information: information,
        decisions: alternatives.map(\.name))
    }
  }

  /// Decisions on common random numbers; scenarios that change the inputs themselves still share
  /// every other driver's numbers.
  private static func information(
    _ alternatives: [Alternative], model: Model, table: PathTable, request: Request
  ) throws -> ValueOfInformation? {
    guard alternatives.count > 1, request.paths >= 200 else { return nil }
    let goal = Goal.netPresentValue
    var values: [[Double]] = []
    for (index, alternative) in alternatives.enumerated() {
      if index == 0 {
        values.append(goal.values(in: table, months: model.months))
        continue
      }
      let run = try Simulation(alternative.model).run(
        .init(paths: request.paths, seed: request.seed), keeping: request.paths)
      values.append(goal.values(in: run.1, months: alternative.model.months))
    }
    return try ValueOfInformation(
      values: values,
      drivers: model.parameters.uncertain.map {
        ($0, model.parameters.slots[$0].name, table.slots[$0])
      })
  }

  package func compare(
    _ question: Question, request: Request, goal: Goal = .netPresentValue
  ) async throws -> Comparison {
    let (model, hash, position) = try await model(request)
    let plan = try plan().plan
    let key = "compare|\(question.rawValue)|\(hash)|\(position ?? -1)|\(request.key)|\(goal)"
    return try await once(key) {
      let alternatives = try Self.alternatives(question, plan: plan, model: model)
      guard alternatives.count > 1 else {
        throw DeskError(.invalid, Self.remedy(question))
      }
      return try Comparison(alternatives, goal: goal, paths: request.paths, seed: request.seed)
    }
  }

  private static func remedy(_ question: Question) -> String {
    switch question {
    case .scenarios: "the plan has no scenarios; add them under 'scenarios:'"
    case .profitModels: "the plan has fewer than two revenue streams; there is no mix to compare"
    case .paths: "no path of the strategy names a scenario; add 'scenario: ID' to the paths"
    case .fleet: "the plan gives no cost for another way to have machines"
    case .hiring: "the plan hires nobody; there is nothing to put off"
    }
  }

  static func alternatives(
    _ question: Question, plan: Plan, model: Model
  ) throws -> [Alternative] {
    switch question {
    case .scenarios:
      return try [Alternative(id: "plan", name: plan.name, model: model)]
        + plan.scenarios.map {
          Alternative(id: $0.id, name: $0.name, model: try plan.model(scenario: $0.id))
        }
    case .profitModels: return mixes(model, all: plan.name)
    case .paths:
      return try (plan.strategy?.paths?.paths ?? []).filter { !$0.scenario.isEmpty }.map {
        Alternative(
          id: $0.kind.rawValue, name: $0.kind.rawValue,
          model: try plan.model(scenario: $0.scenario))
      }
    case .fleet:
      return try Alternative.rentOrBuy(
        model: model, choices: Fleet.Mode.allCases.map { .init(mode: $0) })
    case .hiring:
      guard let role = model.roles.first(where: { !$0.hires.isEmpty }) else { return [] }
      return try Alternative.hireOrWait(
        model: model, role: role.id, months: [0, 6, 12, 24, model.months])
    }
  }

  /// The whole mix, the mix without each stream, and each stream alone.
  private static func mixes(_ model: Model, all: String) -> [Alternative] {
    guard model.streams.count > 1 else { return [] }
    func with(_ id: String, _ name: String, _ keep: (RevenueStream) -> Bool) -> Alternative {
      var changed = model
      changed.streams = model.streams.filter(keep)
      return Alternative(id: id, name: name, model: changed)
    }
    let streams = model.streams.prefix(20)
    return [with("all", all) { _ in true }]
      + streams.map { stream in
        with("without_\(stream.id)", "− \(stream.name)") { $0.id != stream.id }
      }
      + streams.map { stream in with("only_\(stream.id)", stream.name) { $0.id == stream.id } }
  }

  /// The best level of all prices against the customers' elasticity.
  package func prices(
    _ request: Request, goal: Goal = .netPresentValue,
    criterion: PriceOptimiser.Criterion = .expected
  ) async throws -> PriceOptimiser.Result {
    let (model, hash, position) = try await model(request)
    let key = "prices|\(hash)|\(position ?? -1)|\(request.key)|\(goal)|\(criterion.rawValue)"
    return try await once(key) {
      try PriceOptimiser(goal: goal, criterion: criterion).run(
        model: model,
        levers: [.init(name: "price", parameter: model.priceMultiplier, range: 0.5...2)],
        paths: request.paths, seed: request.seed)
    }
  }
}
