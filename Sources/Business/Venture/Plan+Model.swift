import Billing
package import Forecast
import Ledger
import Yams

extension Plan {
  /// The plan as the simulation's input.
  ///
  /// - Parameters:
  ///   - treated: with what is done about risks, or without its cost and effect.
  ///   - streams: ids of the revenue streams that there are; nil for all.
  package func model(treated: Bool = true, streams: [String]? = nil) -> Model {
    var compiled = compiled
    let roles = team.roles(&compiled)
    let segments = forecast.segments.map { $0.lower(&compiled) }
    let risk = risks.shocks(&compiled, treated: treated)
    let ids = roles.map(\.id)
    let lowered = forecast.streams.filter { streams?.contains($0.id) ?? true }.map { stream in
      stream.lower(&compiled, offer: stream.offerID.flatMap { prices?.offer($0) }, roles: ids)
    }
    return Model(
      currency: currency, start: start, months: horizon, parameters: ParameterTable(),
      segments: segments, streams: lowered, fleet: forecast.capacity.lower(&compiled),
      roles: roles,
      costs: forecast.costs.map { $0.lower(&compiled) } + team.costs(&compiled) + risk.costs,
      shocks: risk.shocks, finance: forecast.finance.lower(&compiled),
      tokenPrice: forecast.tokenPrice.drift(&compiled),
      machinePrice: forecast.machinePrice.drift(&compiled),
      priceMultiplier: forecast.market("price_multiplier", &compiled)
    ).with(compiled.table).withoutUnread()
  }

  /// - Throws: the first problem of the scenario's values, at its line.
  package func model(scenario id: String) throws(PlanProblem) -> Model {
    guard let scenario = scenarios.first(where: { $0.id == id }) else {
      let known = scenarios.map(\.id).joined(separator: ", ")
      throw PlanProblem(line: 0, field: "scenarios", "'\(id)' is not a scenario; known: \(known)")
    }
    return try applying(scenario).model(treated: scenario.isTreated, streams: scenario.streams)
  }

  /// The plan with the scenario's values in their places.
  package func applying(_ scenario: Scenario) throws(PlanProblem) -> Plan {
    try applying(scenario.overrides)
  }

  package func applying(_ overrides: [Scenario.Override]) throws(PlanProblem) -> Plan {
    guard !overrides.isEmpty else { return self }
    let problems = PlanProblems()
    guard var document = PlanDocument(text: text, problems: problems) else {
      throw problems.all[0]
    }
    for override in overrides {
      guard let root = override.apply(to: document.root) else {
        throw PlanProblem(
          line: override.line, field: override.path, "is no assumption and no place of this plan")
      }
      document.root = root
    }
    let reading = Plan.read(document, text: text, problems: problems)
    guard let plan = reading.plan else {
      throw reading.problems.first { $0.severity == .error } ?? problems.all[0]
    }
    return plan
  }
}

extension Model {
  fileprivate func with(_ table: ParameterTable) -> Model {
    var model = self
    model.parameters = table
    return model
  }
}

extension QuantityFields {
  func drift(_ compiled: inout CompiledQuantities) -> Model.Drift {
    Model.Drift(drift: self("drift", &compiled), volatility: self("volatility", &compiled))
  }
}
