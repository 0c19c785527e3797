package import Forecast
import Foundation

/// A year's loss of the register: for each risk N ~ Poisson(λ) events, each with a lognormal loss
/// whose 90% interval is [low, high]. Treatments multiply λ and the losses; all are drawn on the same
/// numbers, so that sets of treatments differ only by what they do.
///
/// Source: J. Freund, J. Jones, "Measuring and Managing Information Risk" (FAIR), 2014.
package struct LossModel: Sendable {
  package struct Source: Sendable {
    package var id: String
    package var name: String
    package var kind: Risk.Class
    /// Events a month; money.
    package var rate: Parameter
    package var low: Parameter
    package var high: Parameter
  }

  package struct Lever: Sendable {
    package struct Effect: Sendable {
      package var source: Int
      package var likelihood: Parameter
      package var impact: Parameter
    }
    package var id: String
    package var name: String
    package var kind: RiskTreatment.Kind
    package var effects: [Effect]
    /// Money a month, and money once.
    package var cost: Parameter
    package var once: Parameter
  }

  package var table: ParameterTable
  package var sources: [Source]
  package var levers: [Lever]

  package static let largestPaths = 1_000_000
  /// Events a year that a risk may have, and events that a run may draw.
  static let largestRate = 1_000.0
  static let largestEvents = 20_000_000.0

  /// μ and σ of the log from a 90% interval: the ends are 1.645 deviations from the middle.
  package static func law(low: Double, high: Double) -> (mu: Double, sigma: Double) {
    guard low > 0, high > 0 else { return (-.infinity, 0) }
    let (least, most) = (log(min(low, high)), log(max(low, high)))
    return ((least + most) / 2, (most - least) / (2 * normalScore95))
  }

  /// Φ⁻¹(0.95).
  static let normalScore95 = 1.6448536269514722

  /// Expected loss of a year in closed form: λ·exp(μ + σ²/2).
  ///
  /// - Parameter rate: events a year.
  package static func expectedLoss(rate: Double, low: Double, high: Double) -> Double {
    let (mu, sigma) = law(low: low, high: high)
    return rate * exp(mu + sigma * sigma / 2)
  }
}

extension RiskRegister {
  /// The register as a model of a year's loss.
  package func lossModel(_ compiled: inout CompiledQuantities) -> LossModel {
    let sources = risks.map { risk in
      let (low, high) = interval(risk, &compiled)
      return LossModel.Source(
        id: risk.id, name: risk.name, kind: risk.kind,
        rate: compiled.parameter(risk.likelihood), low: low, high: high)
    }
    let position = Dictionary(
      risks.indices.map { (risks[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
    let levers = treatments.map { treatment in
      LossModel.Lever(
        id: treatment.id, name: treatment.name, kind: treatment.kind,
        effects: treatment.effects.compactMap { effect in
          position[effect.risk].map {
            LossModel.Lever.Effect(
              source: $0, likelihood: compiled.parameter(effect.likelihood),
              impact: compiled.parameter(effect.impact))
          }
        }, cost: compiled.parameter(treatment.cost), once: compiled.parameter(treatment.once))
    }
    return LossModel(table: compiled.table, sources: sources, levers: levers)
  }
}
