package import Forecast
import Ledger

extension RiskRegister {
  /// The risks as the simulation's shocks, with what the treatments cost.
  ///
  /// - Parameter treated: with the adopted treatments, or as if none were.
  package func shocks(
    _ compiled: inout CompiledQuantities, treated: Bool
  ) -> (shocks: [Shock], costs: [CostLine]) {
    shocks(&compiled, treated: treated ? adopted : [])
  }

  /// As above with the treatments of these ids.
  package func shocks(
    _ compiled: inout CompiledQuantities, treated: Set<String>
  ) -> (shocks: [Shock], costs: [CostLine]) {
    let active = treatments.filter { treated.contains($0.id) }
    let shocks = risks.map { shock($0, active, &compiled) }
    return (shocks, active.flatMap { costs($0, &compiled) })
  }

  private func shock(
    _ risk: Risk, _ active: [RiskTreatment], _ compiled: inout CompiledQuantities
  ) -> Shock {
    let (low, high) = interval(risk, &compiled)
    let acting = active.compactMap { treatment in
      treatment.effects.first { $0.risk == risk.id }.map { (treatment.id, $0) }
    }
    let suffix = acting.map(\.0).joined(separator: "+")
    let rates = acting.map { compiled.parameter($0.1.likelihood) }
    let impacts = acting.map { compiled.parameter($0.1.impact) }
    let base = "risks.\(risk.id)"
    return Shock(
      id: risk.id, name: risk.name,
      rate: product(
        compiled.parameter(risk.likelihood), rates, "\(base).likelihood|\(suffix)", &compiled),
      lossLow: product(low, impacts, "\(base).low|\(suffix)", &compiled),
      lossHigh: product(high, impacts, "\(base).high|\(suffix)", &compiled),
      duration: compiled.parameter(risk.duration),
      acquisitionFactor: compiled.parameter(risk.acquisition),
      churnFactor: compiled.parameter(risk.churn))
  }

  private func product(
    _ base: Parameter, _ factors: [Parameter], _ name: String,
    _ compiled: inout CompiledQuantities
  ) -> Parameter {
    guard !factors.isEmpty else { return base }
    var program: [ParameterTable.Operation] = [.slot(base.index)]
    for factor in factors { program += [.slot(factor.index), .multiply] }
    return compiled.once(name) { $0.formula(program, name: name) }
  }

  private func costs(
    _ treatment: RiskTreatment, _ compiled: inout CompiledQuantities
  ) -> [CostLine] {
    let base = "risks.treatments.\(treatment.id)"
    let growth = compiled.once("\(base).growth", constant: 0)
    func line(_ handle: FieldHandle, _ part: String, isOneOff: Bool) -> CostLine? {
      let amount = compiled.parameter(handle)
      if case .constant(0) = compiled.table[amount].content { return nil }
      return CostLine(
        id: "\(base).\(part)", name: treatment.name, account: .administration, amount: amount,
        isOneOff: isOneOff, growth: growth, from: compiled.parameter(treatment.from), to: nil)
    }
    return [
      line(treatment.cost, "cost", isOneOff: false), line(treatment.once, "once", isOneOff: true),
    ].compactMap { $0 }
  }

  /// The 90% interval of one event's loss as two constants. The interval is spread between events,
  /// not doubt about a number, so the slot stops being an input of its own: it keeps the mean.
  func interval(
    _ risk: Risk, _ compiled: inout CompiledQuantities
  ) -> (low: Parameter, high: Parameter) {
    let (lowName, highName) = ("risks.\(risk.id).impact.low", "risks.\(risk.id).impact.high")
    if let low = compiled.table.parameter(named: lowName),
      let high = compiled.table.parameter(named: highName)
    {
      return (low, high)
    }
    let impact = compiled.parameter(risk.impact)
    guard case .uncertain(let law) = compiled.table[impact].content else { return (impact, impact) }
    let high = max(law.quantile(0.95), 0)
    // A lognormal has no loss at or below zero: what reaches there is cut at a thousandth.
    let low = max(law.quantile(0.05), high / 1_000)
    compiled.table[impact].content = .constant(law.mean)
    compiled.table.correlations.removeAll {
      $0.first == impact.index || $0.second == impact.index
    }
    return (
      compiled.table.constant(low, name: lowName), compiled.table.constant(high, name: highName)
    )
  }
}
