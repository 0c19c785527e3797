import Foundation

/// How far somebody's intervals were off, learnt from those that have been scored: the factor by which
/// their σ must be multiplied.
///
/// z = (what happened − stated median) ÷ stated σ is N(0, f²) for an estimator with factor f and no
/// bias. With an inverse-gamma prior on f² whose mode of f is the factor of untrained people, f² | z is
/// inverse-gamma((ν + n)/2, (ν f₀² + Σz²)/2). σ and z are taken on the scale on which the stated law
/// is normal (logs for a lognormal), which is what `score(of:in:)` gives.
package struct EstimatorRecord: Sendable, Hashable, Codable {
  /// z₉₀ ÷ z₅₅ = 1.645 ÷ 0.755 = 2.18: a 90% interval that holds 55% is so much too narrow
  /// (Hubbard 2014).
  package static let untrainedFactor = 2.18
  /// The prior is worth so many scored intervals.
  package static let priorDegrees = 6.0

  package var name: String
  package private(set) var count: Int
  package private(set) var sum: Double
  package private(set) var sumOfSquares: Double

  package init(name: String, count: Int = 0, sum: Double = 0, sumOfSquares: Double = 0) {
    self.name = name
    self.count = count
    self.sum = sum
    self.sumOfSquares = sumOfSquares
  }

  /// The normal score of what happened in the law that was stated for it. Clamped to ±8.
  package static func score(of value: Double, in stated: Distribution) -> Double {
    let chance = min(max(stated.cumulative(value), 6e-16), 1 - 6e-16)
    return Normal.quantile(chance)
  }

  /// Takes in one scored interval; a score that is not finite is left out.
  package mutating func record(score: Double) {
    guard score.isFinite else { return }
    count += 1
    sum += score
    sumOfSquares += score * score
  }

  /// The posterior's factor √E[f²⁻¹]⁻¹: at least 1 is not forced, trained people may be under 1.
  package var factor: Double {
    let prior = Self.untrainedFactor * Self.untrainedFactor
    return ((Self.priorDegrees * prior + sumOfSquares) / (Self.priorDegrees + Double(count)))
      .squareRoot()
  }

  /// Maximum likelihood from the scores alone; nil without any.
  package var maximumLikelihood: Double? {
    count > 0 ? (sumOfSquares / Double(count)).squareRoot() : nil
  }

  /// Mean score: above 0, things turn out higher than this person says.
  package var bias: Double? { count > 0 ? sum / Double(count) : nil }
}
