import Foundation

extension Distribution {
  /// The law with its spread multiplied, since people state intervals that are too narrow.
  ///
  /// - normal, lognormal, metalog: the deviation (of the logarithm, of the transformed value) about
  ///   the same median; bounds of a metalog stay;
  /// - uniform, triangular, PERT, discrete, empirical: values move away from the median: by a factor
  ///   of their ratio to it where all are above 0, so that they stay there, else of their distance;
  ///   a law from 0 on stays from 0 on;
  /// - beta, gamma: the deviation about the same mean, within the same bounds; a beta stops at a
  ///   concentration of 0.1;
  /// - Poisson: the gamma law of the same mean and of the widened deviation, which is continuous.
  ///
  /// - Parameter bounds: what the quantity can be, such as 0...1 of a share: moved ends stop there.
  /// - Returns: itself for a factor that is not above 0 or is 1.
  package func widened(
    by factor: Double, within bounds: ClosedRange<Double>? = nil
  )
    -> Distribution
  {
    guard factor > 0, factor.isFinite, factor != 1 else { return self }
    switch self {
    case .normal(let mean, let deviation):
      return .normal(mean: mean, deviation: deviation * factor)
    case .lognormal(let mu, let sigma): return .lognormal(mu: mu, sigma: sigma * factor)
    case .beta(let alpha, let beta, let low, let high):
      let sum = alpha + beta
      let wide = max((sum + 1) / (factor * factor) - 1, min(sum, 0.1))
      return .beta(alpha: alpha / sum * wide, beta: beta / sum * wide, low: low, high: high)
    case .gamma(let shape, let scale):
      let wide = max(shape / (factor * factor), min(shape, 0.001))
      return .gamma(shape: wide, scale: scale * shape / wide)
    case .poisson(let mean):
      let wide = max(mean / (factor * factor), min(mean, 0.001))
      return .gamma(shape: wide, scale: mean / wide)
    case .metalog(let coefficients, let lower, let upper):
      let wide = coefficients.enumerated().map { $0.offset == 0 ? $0.element : $0.element * factor }
      let law = Distribution.metalog(coefficients: wide, lower: lower, upper: upper)
      // A tail without a mean is no use to a forecast: then it stays as it was.
      return (try? law.check()) == nil ? self : law
    case .uniform, .triangular, .pert, .discrete, .empirical:
      return stretched(by: factor, within: bounds)
    }
  }

  private func stretched(by factor: Double, within bounds: ClosedRange<Double>?) -> Distribution {
    let median = self.median
    let isPositive = support.lower > 0
    let isFromZero = support.lower == 0
    func move(_ value: Double) -> Double {
      var moved =
        isPositive ? median * pow(value / median, factor) : median + (value - median) * factor
      if isFromZero { moved = value == 0 ? 0 : max(0, moved) }
      guard let bounds, moved.isFinite else { return moved.isFinite ? moved : value }
      // A value that was out of the bounds already is left there.
      return bounds.contains(value)
        ? min(max(moved, bounds.lowerBound), bounds.upperBound) : moved
    }
    let law: Distribution =
      switch self {
      case .uniform(let low, let high): .uniform(low: move(low), high: move(high))
      case .triangular(let low, let mode, let high):
        .triangular(low: move(low), mode: mode, high: move(high)).keepingMode
      case .pert(let low, let mode, let high):
        .pert(low: move(low), mode: mode, high: move(high)).keepingMode
      case .discrete(let values, let weights): .discrete(values: values.map(move), weights: weights)
      case .empirical(let values): .empirical(values.map(move))
      default: self
      }
    return (try? law.check()) == nil ? self : law
  }

  /// With the mode moved to an end that has passed it, which narrowing can do.
  private var keepingMode: Distribution {
    switch self {
    case .triangular(let low, let mode, let high):
      .triangular(low: low, mode: min(max(mode, low), high), high: high)
    case .pert(let low, let mode, let high):
      .pert(low: low, mode: min(max(mode, low), high), high: high)
    default: self
    }
  }
}
