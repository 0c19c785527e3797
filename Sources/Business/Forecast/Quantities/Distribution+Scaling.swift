import Foundation

extension Distribution {
  /// The law of the factor times the variable, for a factor above 0, as a law of the same kind; nil
  /// for Poisson.
  func scaledInKind(by factor: Double) -> Distribution? {
    guard factor > 0, factor.isFinite else { return nil }
    if factor == 1 { return self }
    switch self {
    case .normal(let mean, let deviation):
      return .normal(mean: mean * factor, deviation: deviation * factor)
    case .lognormal(let mu, let sigma): return .lognormal(mu: mu + log(factor), sigma: sigma)
    case .uniform(let low, let high): return .uniform(low: low * factor, high: high * factor)
    case .triangular(let low, let mode, let high):
      return .triangular(low: low * factor, mode: mode * factor, high: high * factor)
    case .pert(let low, let mode, let high):
      return .pert(low: low * factor, mode: mode * factor, high: high * factor)
    case .beta(let alpha, let beta, let low, let high):
      return .beta(alpha: alpha, beta: beta, low: low * factor, high: high * factor)
    case .gamma(let shape, let scale): return .gamma(shape: shape, scale: scale * factor)
    case .poisson: return nil
    case .discrete(let values, let weights):
      return .discrete(values: values.map { $0 * factor }, weights: weights)
    case .empirical(let values): return .empirical(values.map { $0 * factor })
    case .metalog(let coefficients, let lower, let upper):
      return .metalog(
        coefficients: Self.scaled(coefficients, by: factor, lower: lower, upper: upper),
        lower: lower.map { $0 * factor }, upper: upper.map { $0 * factor })
    }
  }

  /// A bounded metalog is of a logarithm, where a factor is a shift, and of a ratio, where it is
  /// nothing.
  private static func scaled(
    _ coefficients: [Double], by factor: Double, lower: Double?, upper: Double?
  ) -> [Double] {
    switch (lower, upper) {
    case (nil, nil): coefficients.map { $0 * factor }
    case (.some, nil): [coefficients[0] + log(factor)] + coefficients.dropFirst()
    case (nil, .some): [coefficients[0] - log(factor)] + coefficients.dropFirst()
    case (.some, .some): coefficients
    }
  }
}
