/// What a treatment is worth: ΔE[loss] + κ·ΔCVaR₉₅ − cost, in money of a year.
package struct TreatmentValue: Sendable, Hashable, Codable {
  package struct Effect: Sendable, Hashable, Codable {
    /// Less expected loss, with its standard error over paired years; less CVaR₉₅.
    package var expected: Double
    package var error: Double
    package var tail: Double
    /// expected + κ·tail − cost.
    package var value: Double
  }

  package var id: String
  package var name: String
  package var kind: RiskTreatment.Kind
  package var isAdopted: Bool
  package var cost: Double
  /// Against doing nothing.
  package var alone: Effect
  /// Beside the other adopted ones: what is lost by leaving it out (or won by adding it).
  package var marginal: Effect
}

/// The treatments weighed one by one and together.
package struct TreatmentComparison: Sendable, Hashable, Codable {
  package var treatments: [TreatmentValue]
  /// All adopted ones together, with their cost.
  package var together: TreatmentValue.Effect
  package var cost: Double
  package var tailPrice: Double
}

extension LossSample {
  package func compare(
    adopted: Set<String>, tailPrice: Double
  ) -> TreatmentComparison {
    let nothing = total(losses(treated: []))
    let all = total(losses(treated: adopted))
    let values = model.levers.indices.map { lever in
      let item = model.levers[lever]
      let cost = leverCosts[lever]
      let isAdopted = adopted.contains(item.id)
      let other = total(losses(treated: adopted.symmetricDifference([item.id])))
      return TreatmentValue(
        id: item.id, name: item.name, kind: item.kind, isAdopted: isAdopted, cost: cost,
        alone: effect(nothing, total(losses(treated: [item.id])), cost, tailPrice),
        marginal: isAdopted
          ? effect(other, all, cost, tailPrice) : effect(all, other, cost, tailPrice))
    }
    let cost = model.levers.indices.reduce(0) {
      $0 + (adopted.contains(model.levers[$1].id) ? leverCosts[$1] : 0)
    }
    return TreatmentComparison(
      treatments: values, together: effect(nothing, all, cost, tailPrice), cost: cost,
      tailPrice: tailPrice)
  }

  private func effect(
    _ before: [Double], _ after: [Double], _ cost: Double, _ tailPrice: Double
  ) -> TreatmentValue.Effect {
    let saved = LossStatistics(zip(before, after).map { $0 - $1 })
    let tail = LossStatistics(before).tail95 - LossStatistics(after).tail95
    return TreatmentValue.Effect(
      expected: saved.mean, error: saved.error, tail: tail,
      value: saved.mean + tailPrice * tail - cost)
  }
}
