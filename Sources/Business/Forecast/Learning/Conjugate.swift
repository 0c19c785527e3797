import Foundation

/// Data that a prior of the matching family takes in closed form.
enum Conjugate: Sendable, Hashable {
  /// `successes` of `trials` with the slot's chance: beta.
  case binomial(slot: Int, successes: Double, trials: Double)
  /// `count` events over `exposure` at the slot's rate: gamma.
  case poisson(slot: Int, count: Double, exposure: Double)

  /// Nil when the family is another: then a grid takes its place.
  func posterior(of law: Distribution, slot: Int) -> Distribution? {
    switch (self, law) {
    case (.binomial(slot, let successes, let trials), .beta(let alpha, let beta, 0, 1)):
      .beta(alpha: alpha + successes, beta: beta + trials - successes, low: 0, high: 1)
    case (.poisson(slot, let count, let exposure), .gamma(let shape, let scale)):
      .gamma(shape: shape + count, scale: scale / (1 + scale * exposure))
    default: nil
    }
  }
}

/// The normal–inverse-gamma law of a mean and a variance, of logs mostly: μ | σ² ~ N(mean, σ²/weight),
/// σ² ~ inverse-gamma(shape, rate).
package struct NormalInverseGamma: Sendable, Hashable, Codable {
  package var mean: Double
  package var weight: Double
  package var shape: Double
  package var rate: Double

  package init(mean: Double, weight: Double, shape: Double, rate: Double) {
    self.mean = mean
    self.weight = weight
    self.shape = shape
    self.rate = rate
  }

  /// With the observations taken in (Murphy, "Conjugate Bayesian analysis of the Gaussian
  /// distribution", 2007, eq. 86–89).
  package func updated(by values: [Double]) -> NormalInverseGamma {
    let count = Double(values.count)
    guard count > 0 else { return self }
    let average = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - average) * ($1 - average) }
    let sum = weight + count
    return NormalInverseGamma(
      mean: (weight * mean + count * average) / sum, weight: sum, shape: shape + count / 2,
      rate: rate + squares / 2
        + weight * count * (average - mean) * (average - mean) / (2 * sum))
  }
}
