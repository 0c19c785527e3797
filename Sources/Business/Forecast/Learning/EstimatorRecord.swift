import Foundation

/// How far somebody's intervals were off, learnt from those that have been scored: the factor by which
/// their σ must be multiplied.
///
/// z = (what happened − stated median) ÷ stated σ is N(0, f²) for an estimator with factor f and no
/// bias. With an inverse-gamma prior on f² whose mode of f is the factor of untrained people, f² | z is
/// inverse-gamma((ν + n)/2, (ν f₀² + Σz²)/2). σ is taken from the side of the band on which the truth
/// fell, so that skewed bands are judged fairly. A forecast's band also holds the luck of its months,
/// which makes the factor a cautious one.
package struct EstimatorRecord: Sendable, Hashable, Codable {
  /// z₉₀ ÷ z₅₅ = 1.645 ÷ 0.755 = 2.18: a 90% interval that holds 55% is so much too narrow
  /// (Hubbard 2014).
  package static let untrainedFactor = 2.18
  /// The prior is worth so many scored intervals.
  package static let priorDegrees = 6.0

  package private(set) var count = 0
  private var sumOfSquares = 0.0

  package init() {}

  /// How many deviations from the median a truth lay, by the side it fell on: P10 and P90 of a normal
  /// law are 1.2816 of them away. Within ±8.
  static func score(of point: ScoredPoint) -> Double {
    let band = point.band(0.8)
    let reach = point.actual >= point.median ? band.high - point.median : point.median - band.low
    let deviation = reach / Normal.quantile(0.9)
    guard deviation > 0 else { return point.actual == point.median ? 0 : .nan }
    return min(max((point.actual - point.median) / deviation, -8), 8)
  }

  /// Takes in a forecast that has been scored: one score a measure, of the last month that is over,
  /// since the months of a path err together.
  package mutating func record(_ card: Scorecard) {
    for report in card.measures {
      guard let last = report.points.last else { continue }
      record(score: Self.score(of: last))
    }
  }

  /// A score that is not finite is left out.
  mutating func record(score: Double) {
    guard score.isFinite else { return }
    count += 1
    sumOfSquares += score * score
  }

  /// The posterior's factor √E[f²⁻¹]⁻¹: at least 1 is not forced, trained people may be under 1.
  package var factor: Double {
    let prior = Self.untrainedFactor * Self.untrainedFactor
    return ((Self.priorDegrees * prior + sumOfSquares) / (Self.priorDegrees + Double(count)))
      .squareRoot()
  }
}
