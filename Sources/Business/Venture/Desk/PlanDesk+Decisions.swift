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
    /// The plan's machines and those of the scenarios that set `forecast.capacity.mode`.
    case fleet
    /// The first hire of each role now, later, or never.
    case hiring
  }

  /// - Parameter method: of the tornado; `simulated` costs two runs a driver, of at most
  ///   ``simulatedPaths`` paths each.
  package func sensitivity(
    _ request: Request, goal: Goal, method: Tornado.Method = .conditional
  ) async throws -> Sensitivity {
    let (forecasted, table) = try await table(request)
    let hash = try plan().hash
    let alternatives = try await alternatives(.scenarios, request: request)
    let key = "sensitivity|\(method)|\(hash)|\(forecasted.position ?? -1)|\(request.key)|\(goal)"
    return try await once(key) {
      let model = forecasted.model
      let tornado =
        method == .conditional
        ? Tornado(table: table, model: model, goal: goal)
        : try Tornado(
          model: model, goal: goal, method: method,
          paths: min(request.paths, Self.simulatedPaths), seed: request.seed)
      let screening = Screening(
        table: table, parameters: model.parameters,
        goal: goal.values(in: table, months: model.months))
      let information = try Self.information(
        alternatives, model: model, table: table, request: request)
      return Sensitivity(
        forecasted: forecasted, tornado: tornado, screening: screening, information: information,
        decisions: alternatives.map(\.name))
    }
  }

  static let simulatedPaths = 1_000

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
    let (_, hash, position) = try await model(request)
    let key = "compare|\(question.rawValue)|\(hash)|\(position ?? -1)|\(request.key)|\(goal)"
    if let known: Comparison = recall(key) { return known }
    let alternatives = try await alternatives(question, request: request)
    guard alternatives.count > 1 else { throw DeskError(.invalid, Self.remedy(question)) }
    return try await once(key) {
      try Comparison(alternatives, goal: goal, paths: request.paths, seed: request.seed)
    }
  }

  private static func remedy(_ question: Question) -> String {
    switch question {
    case .scenarios: "the plan has no scenarios; add them under 'scenarios:'"
    case .profitModels: "the plan has fewer than two revenue streams; there is no mix to compare"
    case .paths: "no path of the strategy names a scenario; add 'scenario: ID' to the paths"
    case .fleet:
      "no scenario has its machines another way; add one that sets forecast.capacity.mode to cloud, rented or owned, with its costs"
    case .hiring: "the plan hires nobody; there is nothing to put off"
    }
  }

  /// Each on the request's basis: what the ledger taught moves all of them.
  private func alternatives(_ question: Question, request: Request) async throws -> [Alternative] {
    let plan = try plan().plan
    switch question {
    case .scenarios:
      return try await [Alternative(id: "plan", name: plan.name, model: model(request).0)]
        + variants(plan.scenarios.map { ($0.id, $0.name, $0.id) }, request)
    case .profitModels: return try await Self.mixes(model(request).0, all: plan.name)
    case .paths:
      let paths = (plan.strategy?.paths?.paths ?? []).filter { !$0.scenario.isEmpty }
      return try await variants(
        paths.map { ($0.kind.rawValue, $0.kind.rawValue, $0.scenario) }, request)
    case .fleet:
      let fleets = plan.scenarios.filter { scenario in
        scenario.overrides.contains { $0.path == "forecast.capacity.mode" }
      }
      return try await [Alternative(id: "plan", name: plan.name, model: model(request).0)]
        + variants(fleets.map { ($0.id, $0.name, $0.id) }, request)
    case .hiring:
      let model = try await model(request).0
      guard let role = model.roles.first(where: { !$0.hires.isEmpty }) else { return [] }
      return try Alternative.hireOrWait(
        model: model, role: role.id, months: [0, 6, 12, 24, model.months])
    }
  }

  private func variants(
    _ scenarios: [(id: String, name: String, scenario: String)], _ request: Request
  ) async throws -> [Alternative] {
    var alternatives: [Alternative] = []
    for variant in scenarios {
      var changed = request
      changed.scenario = variant.scenario
      alternatives.append(
        Alternative(id: variant.id, name: variant.name, model: try await model(changed).0))
    }
    return alternatives
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

  /// Sobol indices of the strongest drivers; costs points × (8 + 4) paths.
  package func variance(
    _ request: Request, goal: Goal = .netPresentValue, points: Int
  ) async throws -> VarianceDrivers {
    let (model, hash, position) = try await model(request)
    return try await once("sobol|\(hash)|\(position ?? -1)|\(request.key)|\(goal)|\(points)") {
      try VarianceDrivers(model: model, goal: goal, points: points, seed: request.seed)
    }
  }
}
