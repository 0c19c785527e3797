import Foundation

/// Functions of the laws. Arguments must have passed `check()`. Equal to SciPy's to 1e-10 relative.
extension Distribution {
  package var mean: Double {
    switch self {
    case .normal(let mean, _): mean
    case .lognormal(let mu, let sigma): exp(mu + 0.5 * sigma * sigma)
    case .uniform(let low, let high): 0.5 * (low + high)
    case .triangular(let low, let mode, let high): (low + mode + high) / 3
    case .pert(let low, let mode, let high): (low + 4 * mode + high) / 6
    case .beta(let alpha, let beta, let low, let high):
      low + (high - low) * alpha / (alpha + beta)
    case .gamma(let shape, let scale): shape * scale
    case .poisson(let mean): mean
    case .discrete(let values, let weights): zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 }
    case .empirical(let values): values.reduce(0, +) / Double(values.count)
    case .metalog(let coefficients, let lower, let upper):
      Metalog(coefficients: coefficients, lower: lower, upper: upper).mean
    }
  }

  package var variance: Double {
    switch self {
    case .normal(_, let deviation): return deviation * deviation
    case .lognormal(let mu, let sigma):
      let square = sigma * sigma
      return expm1(square) * exp(2 * mu + square)
    case .uniform(let low, let high): return (high - low) * (high - low) / 12
    case .triangular(let low, let mode, let high):
      let whole = high - low
      let part = mode - low
      return (whole * whole - whole * part + part * part) / 18
    case .beta(let alpha, let beta, let low, let high):
      let sum = alpha + beta
      return (high - low) * (high - low) * alpha * beta / (sum * sum * (sum + 1))
    case .pert: return asBeta.variance
    case .gamma(let shape, let scale): return shape * scale * scale
    case .poisson(let mean): return mean
    case .discrete(let values, let weights):
      let mean = self.mean
      return zip(values, weights).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 }
    case .empirical(let values):
      let mean = self.mean
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    case .metalog(let coefficients, let lower, let upper):
      return Metalog(coefficients: coefficients, lower: lower, upper: upper).variance
    }
  }

  package var deviation: Double { variance.squareRoot() }

  package var median: Double {
    if case .lognormal(let mu, _) = self { return exp(mu) }
    return quantile(0.5)
  }

  /// Least and greatest value.
  package var support: (lower: Double, upper: Double) {
    switch self {
    case .normal: (-.infinity, .infinity)
    case .lognormal, .gamma, .poisson: (0, .infinity)
    case .uniform(let low, let high), .triangular(let low, _, let high),
      .pert(let low, _, let high), .beta(_, _, let low, let high):
      (low, high)
    case .discrete(let values, let weights):
      (
        zip(values, weights).first { $0.1 > 0 }?.0 ?? .nan,
        zip(values, weights).reversed().first { $0.1 > 0 }?.0 ?? .nan
      )
    case .empirical(let values): (values.first ?? .nan, values.last ?? .nan)
    case .metalog(_, let lower, let upper): (lower ?? -.infinity, upper ?? .infinity)
    }
  }

  package var isDiscrete: Bool {
    switch self {
    case .poisson, .discrete, .empirical: true
    default: false
    }
  }

  /// PERT as the beta law that it is (Malcolm et al. 1959, with the usual weight 4 of the mode).
  var asBeta: Distribution {
    guard case .pert(let low, let mode, let high) = self else { return self }
    let alpha = 1 + 4 * (mode - low) / (high - low)
    return .beta(alpha: alpha, beta: 6 - alpha, low: low, high: high)
  }
}
