import Foundation

/// How good a forecast was, once the truth is known. All scores but the shares are losses: lower is
/// better. The continuous ranked probability score (CRPS) is in the unit of the quantity, and of a
/// single number it is the absolute error (Gneiting & Raftery, "Strictly proper scoring rules,
/// prediction, and estimation", 2007).
package enum ScoringRules {
  /// CRPS of a sample as the distribution: mean|x − y| − ½ mean|x − x′|, the pairs' mean by one
  /// sort. `isFair` divides by n(n − 1) instead of n²: unbiased for the distribution that the sample
  /// is from (Ferro, 2014). O(n log n). NaN for an empty sample.
  package static func crps(sample: [Double], actual: Double, isFair: Bool = false) -> Double {
    crps(sorted: sample.sorted(), actual: actual, isFair: isFair)
  }

  /// The same for a sample in ascending order. O(n).
  package static func crps(sorted: [Double], actual: Double, isFair: Bool = false) -> Double {
    let n = Double(sorted.count)
    guard n > 0 else { return .nan }
    var distance = 0.0
    var pairs = 0.0
    for (index, x) in sorted.enumerated() {
      distance += abs(x - actual)
      // Measured from the truth, so that large values do not cancel.
      pairs += (2 * Double(index) + 1 - n) * (x - actual)
    }
    let count = isFair ? n * max(1, n - 1) : n * n
    return distance / n - pairs / count
  }

  /// CRPS of a normal distribution: σ (z (2Φ(z) − 1) + 2φ(z) − 1/√π). The absolute error when σ = 0.
  package static func crps(mean: Double, deviation: Double, actual: Double) -> Double {
    guard deviation > 0 else { return deviation == 0 ? abs(actual - mean) : .nan }
    let z = (actual - mean) / deviation
    let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    return deviation * (z * erf(z / 2.0.squareRoot()) + 2 * density - 1 / Double.pi.squareRoot())
  }

  /// CRPS of the distribution whose quantile function runs straight between the given quantiles, with
  /// the mass below the first and above the last on those points: 2 ∫ (τ − 1{y < q}) (y − q) dτ,
  /// exactly. NaN when there are no quantiles or they descend.
  ///
  /// - Parameter levels: ascending within 0...1, one for each of `quantiles`.
  package static func crps(quantiles: [Double], levels: [Double], actual: Double) -> Double {
    guard let first = quantiles.first, let last = quantiles.last, let low = levels.first,
      let high = levels.last, quantiles.count == levels.count,
      zip(quantiles, quantiles.dropFirst()).allSatisfy({ $0 <= $1 }),
      zip(levels, levels.dropFirst()).allSatisfy({ $0 < $1 }), low >= 0, high <= 1
    else { return .nan }
    var score =
      pinballPiece(0, low, first, first, actual) + pinballPiece(high, 1, last, last, actual)
    for index in 1..<max(1, levels.count) {
      let (a, b) = (levels[index - 1], levels[index])
      let (p, q) = (quantiles[index - 1], quantiles[index])
      if p < actual, actual < q {
        let middle = a + (b - a) * (actual - p) / (q - p)
        score += pinballPiece(a, middle, p, actual, actual)
        score += pinballPiece(middle, b, actual, q, actual)
      } else {
        score += pinballPiece(a, b, p, q, actual)
      }
    }
    return score
  }

  /// 2 ∫ of the quantile loss over levels a...b, the quantile running from p to q on one side of y.
  private static func pinballPiece(
    _ a: Double, _ b: Double, _ p: Double, _ q: Double, _ y: Double
  ) -> Double {
    // Both factors are linear in τ: Simpson's rule is exact.
    let isAbove = p + q > 2 * y
    func loss(_ level: Double, _ quantile: Double) -> Double {
      (level - (isAbove ? 1 : 0)) * (y - quantile)
    }
    return (b - a) / 3 * (loss(a, p) + 4 * loss((a + b) / 2, (p + q) / 2) + loss(b, q))
  }

  /// Score of the interval [low, high] that should hold the truth with chance `level`: its width,
  /// plus 2/(1 − level) times the distance by which it missed (Winkler, 1972).
  package static func interval(
    low: Double, high: Double, level: Double, actual: Double
  ) -> Double {
    let penalty = 2 / (1 - level)
    return high - low + penalty * (max(0, low - actual) + max(0, actual - high))
  }

  /// Mean (chance − happened)²: 0 is perfect, 0.25 is what "fifty-fifty" earns. NaN for none.
  ///
  /// - Precondition: as many `chances` as `happened`.
  package static func brier(chances: [Double], happened: [Bool]) -> Double {
    precondition(chances.count == happened.count, "each chance has its event")
    let squares = zip(chances, happened).reduce(0) { sum, pair in
      let error = pair.0 - (pair.1 ? 1 : 0)
      return sum + error * error
    }
    return squares / Double(chances.count)
  }

  /// Mean −ln of the chance given to what happened; infinite once it was 0. NaN for none.
  ///
  /// - Precondition: as many `chances` as `happened`.
  package static func logarithmic(chances: [Double], happened: [Bool]) -> Double {
    precondition(chances.count == happened.count, "each chance has its event")
    let sum = zip(chances, happened).reduce(0) { $0 - log($1.1 ? $1.0 : 1 - $1.0) }
    return sum / Double(chances.count)
  }

  /// −ln of the normal density at the truth.
  package static func logarithmic(mean: Double, deviation: Double, actual: Double) -> Double {
    let z = (actual - mean) / deviation
    return z * z / 2 + log(deviation) + log(2 * Double.pi) / 2
  }

  /// Mean absolute scaled error: the forecast's mean absolute error ÷ that of the naive forecast
  /// one `period` ahead within the history (Hyndman & Koehler, 2006). Under 1 beats naive. Nil when
  /// the history is no longer than the period or never moves.
  ///
  /// - Precondition: as many values in `forecast` as in `actual`.
  package static func mase(
    forecast: [Double], actual: [Double], history: [Double], period: Int = 1
  ) -> Double? {
    precondition(forecast.count == actual.count, "each forecast has its truth")
    guard period > 0, history.count > period, !actual.isEmpty else { return nil }
    let steps = zip(history.dropFirst(period), history).map { abs($0 - $1) }
    let scale = steps.reduce(0, +) / Double(steps.count)
    guard scale > 0 else { return nil }
    let errors = zip(forecast, actual).reduce(0) { $0 + abs($1.0 - $1.1) }
    return errors / Double(actual.count) / scale
  }
}
