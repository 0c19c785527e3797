import Forecast

/// Best, likely and worst case, in days of work.
package struct ThreePoint: Sendable, Hashable, Codable {
  package var best: Double
  package var likely: Double
  package var worst: Double

  package init(_ best: Double, _ likely: Double, _ worst: Double) {
    self.best = best
    self.likely = likely
    self.worst = worst
  }

  /// (best + 4 likely + worst) ÷ 6 (Malcolm et al. 1959).
  package var mean: Double { (best + 4 * likely + worst) / 6 }

  /// Shapes α, β of the beta on [best, worst] with that mean (α + β = 6).
  var shapes: (alpha: Double, beta: Double) {
    let width = worst - best
    guard width > 0 else { return (1, 1) }
    return (1 + 4 * (likely - best) / width, 1 + 4 * (worst - likely) / width)
  }

  /// Exact variance of that beta: (mean − best)(worst − mean) ÷ 7. The textbook's (worst − best)²/36
  /// is a rounding of it.
  package var variance: Double { (mean - best) * (worst - mean) / 7 }

  /// A draw: beta as a ratio of gammas.
  func draw(_ stream: inout RandomStream) -> Double {
    guard worst > best else { return likely }
    let (alpha, beta) = shapes
    let first = stream.gamma(alpha)
    let second = stream.gamma(beta)
    return best + (worst - best) * first / (first + second)
  }
}
