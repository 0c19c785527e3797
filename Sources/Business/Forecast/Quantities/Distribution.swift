/// A continuous or discrete probability distribution of one quantity.
package enum Distribution: Sendable, Hashable, Codable {
  case normal(mean: Double, deviation: Double)
  /// Of the logarithm.
  case lognormal(mu: Double, sigma: Double)
  case uniform(low: Double, high: Double)
  case triangular(low: Double, mode: Double, high: Double)
  /// Beta on [low, high] with mean (low + 4 mode + high) ÷ 6.
  case pert(low: Double, mode: Double, high: Double)
  /// On [low, high].
  case beta(alpha: Double, beta: Double, low: Double, high: Double)
  case gamma(shape: Double, scale: Double)
  case poisson(mean: Double)
  /// Values ascending with weights that sum to 1.
  case discrete(values: [Double], weights: [Double])
  /// Equally likely values, ascending.
  case empirical([Double])
  /// Keelin's metalog: coefficients, and bounds where there are any.
  case metalog(coefficients: [Double], lower: Double?, upper: Double?)
}
