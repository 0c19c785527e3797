/// 风险登记册: the risks, what is done about them, and how much a unit of tail risk is worth avoiding.
/// `shocks` feeds the forecast; `losses` the simulation of a year's loss (`LossModel`).
package struct RiskRegister: Sendable {
  package var risks: [Risk] = []
  package var treatments: [RiskTreatment] = []
  /// κ: what a unit less of CVaR₉₅ is worth beside a unit less of expected loss.
  package var tailPrice = 0.1

  package init() {}

  /// Treatments that the plan adopts.
  package var adopted: Set<String> { Set(treatments.filter(\.isAdopted).map(\.id)) }
}
