package import Forecast

/// A field whose values must lie in a range: a share, a score, a probability.
package struct QuantityBound: Sendable {
  package let field: UncertainField
  package let range: ClosedRange<Double>
  /// What it is, for the message: `a score`.
  package let noun: String

  package init(_ field: UncertainField, _ range: ClosedRange<Double>, _ noun: String) {
    self.field = field
    self.range = range
    self.noun = noun
  }

  /// A problem at the field's line when it leaves the range: a constant, a formula at its mean, or a
  /// distribution's mean. The tails of a distribution are cut where it is used.
  package static func problems(
    _ bounds: [QuantityBound], _ compiled: CompiledQuantities
  ) -> [PlanProblem] {
    // A table that cannot be drawn from has its own problems already.
    guard let means = try? compiled.table.meanValues() else { return [] }
    return bounds.compactMap { bound in
      let value = means[compiled.parameter(bound.field.handle).index]
      guard !bound.range.contains(value) else { return nil }
      let range = bound.range
      let limits =
        range.upperBound.isFinite
        ? "between \(rounded(range.lowerBound)) and \(rounded(range.upperBound))"
        : "above \(rounded(range.lowerBound))"
      return PlanProblem(
        line: bound.field.line, field: bound.field.field,
        "'\(bound.field.text)' is \(rounded(value)); \(bound.noun) must be \(limits)")
    }
  }
}

extension OpportunityPlan {
  /// Quantities out of range: scores over 9, probabilities over 1, shares over 1.
  package func problems(_ compiled: CompiledQuantities) -> [PlanProblem] {
    QuantityBound.problems(candidates.flatMap(\.bounds), compiled)
  }
}

extension Opportunity {
  fileprivate var bounds: [QuantityBound] {
    var bounds = Indicator.allCases.compactMap { indicator in
      scores[indicator].map { QuantityBound($0.score, Indicator.scale, "a score") }
    }
    for source in sources {
      if let prior = source.prior { bounds.append(QuantityBound(prior, 0...1, "a probability")) }
      bounds += source.evidence.map {
        QuantityBound(
          $0.ratio, Double.leastNonzeroMagnitude...Double.infinity, "a likelihood ratio")
      }
    }
    if let down = market?.topDown {
      bounds += [down.serviceable, down.obtainable].map { QuantityBound($0, 0...1, "a share") }
    }
    if let up = market?.bottomUp {
      bounds += [up.reachable, up.winnable].map { QuantityBound($0, 0...1, "a share") }
    }
    if let adoption {
      bounds += [adoption.innovation, adoption.imitation].map {
        QuantityBound($0, 0...100, "a coefficient of adoption")
      }
    }
    return bounds
      + forces.compactMap { force in
        force.score.map { QuantityBound($0, Force.scale, "the pressure of a force") }
      }
  }
}
