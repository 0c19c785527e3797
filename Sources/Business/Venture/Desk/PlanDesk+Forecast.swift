package import Forecast

extension PlanDesk {
  /// What a forecast is made from.
  package struct Request: Sendable, Hashable {
    /// The plan as written, or moved by what the ledger says.
    package enum Basis: String, Sendable, CaseIterable { case plan, calibrated }

    package var basis: Basis
    package var scenario: String?
    /// Drivers moved by a factor, by slot name: what if it were so much more.
    package var factors: [String: Double]
    package var paths: Int
    package var months: Int?
    package var seed: UInt64

    package init(
      basis: Basis = .plan, scenario: String? = nil, factors: [String: Double] = [:],
      paths: Int = 10_000, months: Int? = nil, seed: UInt64 = 1
    ) {
      self.basis = basis
      self.scenario = scenario
      self.factors = factors
      self.paths = paths
      self.months = months
      self.seed = seed
    }

    var key: String {
      let moved = factors.sorted { $0.key < $1.key }.map { "\($0.key)*\($0.value)" }
      return
        "\(basis.rawValue)|\(scenario ?? "")|\(moved.joined(separator: ","))|\(paths)|\(months ?? 0)|\(seed)"
    }
  }

  /// A forecast and what it was made from (law 9).
  package struct Forecasted: Sendable {
    package let request: Request
    package let planHash: String
    /// Of the ledger, where it was read.
    package let position: Int64?
    package let model: Model
    package let outcome: Outcome
  }

  package static let largestPaths = 1_000_000
  package static let largestMonths = 600

  package func forecast(_ request: Request) async throws -> Forecasted {
    try Self.check(request)
    let (model, hash, position) = try await model(request)
    let key = "forecast|\(hash)|\(position ?? -1)|\(request.key)"
    return try await once(key) {
      let outcome = try Simulation(model).run(.init(paths: request.paths, seed: request.seed))
      return Forecasted(
        request: request, planHash: hash, position: position, model: model, outcome: outcome)
    }
  }

  /// The paths one by one, for questions about drivers and choices.
  func table(_ request: Request) async throws -> (Forecasted, PathTable) {
    let (model, hash, position) = try await model(request)
    let key = "table|\(hash)|\(position ?? -1)|\(request.key)"
    return try await once(key) {
      let (outcome, table) = try Simulation(model).run(
        .init(paths: request.paths, seed: request.seed), keeping: request.paths)
      let forecasted = Forecasted(
        request: request, planHash: hash, position: position, model: model, outcome: outcome)
      return (forecasted, table)
    }
  }

  /// The request's model, the plan's hash, and the ledger's position when it was read.
  package func model(_ request: Request) async throws -> (Model, hash: String, position: Int64?) {
    let (plan, hash) = try plan()
    var model =
      if let scenario = request.scenario {
        try plan.model(scenario: scenario)
      } else {
        plan.model()
      }
    if let months = request.months { model.months = months }
    var position: Int64?
    if request.basis == .calibrated {
      let learnt = try await learn(model: model, key: "\(hash)|\(request.scenario ?? "")")
      position = learnt.position
      let end = model.start.advanced(by: model.months)
      model = learnt.model
      // The horizon's end stays where the plan put it; at least a year is shown.
      model.months = request.months ?? max(12, end.index - model.start.index)
    }
    return (try Self.moved(model, by: request.factors), hash, position)
  }

  static func moved(_ model: Model, by factors: [String: Double]) throws(DeskError) -> Model {
    var model = model
    for (name, factor) in factors {
      guard let slot = model.parameters.parameter(named: name) else {
        throw DeskError(.invalid, "'\(name)' is not an input of the plan")
      }
      model.parameters[slot].content = model.parameters[slot].content.scaled(by: factor)
    }
    return model
  }

  static func check(_ request: Request) throws {
    guard (1...largestPaths).contains(request.paths) else {
      throw DeskError(.invalid, "paths must be 1 to \(largestPaths), not \(request.paths)")
    }
    guard request.months.map({ (1...largestMonths).contains($0) }) ?? true else {
      throw DeskError(.invalid, "months must be 1 to \(largestMonths)")
    }
    guard request.factors.values.allSatisfy({ $0.isFinite && $0 >= 0 && $0 <= 1_000 }) else {
      throw DeskError(.invalid, "a factor must be between 0 and 1000")
    }
  }
}
