import Foundation

extension Distribution {
  /// The least value that is not passed with the chance; the ends of the support at 0 and 1.
  package func quantile(_ chance: Double) -> Double {
    guard chance >= 0, chance <= 1 else { return .nan }
    guard chance > 0 else { return support.lower }
    guard chance < 1 else { return support.upper }
    switch self {
    case .normal(let mean, let deviation): return mean + deviation * Normal.quantile(chance)
    case .lognormal(let mu, let sigma): return exp(mu + sigma * Normal.quantile(chance))
    case .uniform(let low, let high): return low + (high - low) * chance
    case .triangular(let low, let mode, let high):
      let whole = high - low
      let share = (mode - low) / whole
      return chance < share
        ? low + whole * (chance * share).squareRoot()
        : high - whole * ((1 - chance) * (1 - share)).squareRoot()
    case .pert: return asBeta.quantile(chance)
    case .beta(let alpha, let beta, let low, let high):
      return low + (high - low) * SpecialFunctions.betaQuantile(alpha, beta, chance, 1 - chance)
    case .gamma(let shape, let scale):
      return scale * SpecialFunctions.gammaQuantile(shape, chance, 1 - chance)
    case .poisson(let mean): return Self.poissonQuantile(mean, chance)
    case .discrete(let values, let weights):
      var sum = 0.0
      for (value, weight) in zip(values, weights) {
        sum += weight
        if weight > 0, sum >= chance { return value }
      }
      return support.upper
    case .empirical(let values):
      let rank = Int((Double(values.count) * chance).rounded(.up)) - 1
      return values[min(max(rank, 0), values.count - 1)]
    case .metalog(let coefficients, let lower, let upper):
      return Metalog(coefficients: coefficients, lower: lower, upper: upper).quantile(chance)
    }
  }

  /// Chance of at most the value.
  package func cumulative(_ value: Double) -> Double {
    switch self {
    case .normal(let mean, let deviation): return Normal.cumulative((value - mean) / deviation)
    case .lognormal(let mu, let sigma):
      return value > 0 ? Normal.cumulative((log(value) - mu) / sigma) : 0
    case .uniform(let low, let high): return min(max((value - low) / (high - low), 0), 1)
    case .triangular(let low, let mode, let high):
      if value <= low { return 0 }
      if value >= high { return 1 }
      return value < mode
        ? (value - low) * (value - low) / ((high - low) * (mode - low))
        : 1 - (high - value) * (high - value) / ((high - low) * (high - mode))
    case .pert: return asBeta.cumulative(value)
    case .beta(let alpha, let beta, let low, let high):
      let whole = high - low
      return SpecialFunctions.betaTails(alpha, beta, (value - low) / whole, (high - value) / whole)
        .lower
    case .gamma(let shape, let scale):
      return SpecialFunctions.gammaTails(shape, value / scale).lower
    case .poisson(let mean):
      return value < 0 ? 0 : SpecialFunctions.gammaTails(value.rounded(.down) + 1, mean).upper
    case .discrete(let values, let weights):
      return zip(values, weights).reduce(0) { $1.0 <= value ? $0 + $1.1 : $0 }
    case .empirical(let values):
      return Double(values.reduce(0) { $1 <= value ? $0 + 1 : $0 }) / Double(values.count)
    case .metalog(let coefficients, let lower, let upper):
      return Metalog(coefficients: coefficients, lower: lower, upper: upper).cumulative(value)
    }
  }

  /// Probability density; for a discrete law the chance of exactly the value.
  package func density(_ value: Double) -> Double {
    switch self {
    case .normal(let mean, let deviation):
      return Normal.density((value - mean) / deviation) / deviation
    case .lognormal(let mu, let sigma):
      return value > 0 ? Normal.density((log(value) - mu) / sigma) / (sigma * value) : 0
    case .uniform(let low, let high): return value >= low && value <= high ? 1 / (high - low) : 0
    case .triangular(let low, let mode, let high):
      if value < low || value > high { return 0 }
      if value == mode { return 2 / (high - low) }
      return value < mode
        ? 2 * (value - low) / ((high - low) * (mode - low))
        : 2 * (high - value) / ((high - low) * (high - mode))
    case .pert: return asBeta.density(value)
    case .beta(let alpha, let beta, let low, let high):
      let x = (value - low) / (high - low)
      let y = (high - value) / (high - low)
      guard x >= 0, y >= 0 else { return 0 }
      if x == 0 || y == 0 {
        return Self.betaEdge(x == 0 ? alpha : beta, alpha, beta) / (high - low)
      }
      return SpecialFunctions.betaPower(alpha, beta, x, y) / (x * y * (high - low))
    case .gamma(let shape, let scale):
      let x = value / scale
      guard x >= 0 else { return 0 }
      if x == 0 { return shape < 1 ? .infinity : shape == 1 ? 1 / scale : 0 }
      return SpecialFunctions.gammaPower(shape, x) * shape / value
    case .poisson(let mean):
      guard value >= 0, value == value.rounded() else { return 0 }
      return value == 0 ? exp(-mean) : SpecialFunctions.gammaPower(value, mean)
    case .discrete(let values, let weights):
      return zip(values, weights).reduce(0) { $1.0 == value ? $0 + $1.1 : $0 }
    case .empirical(let values):
      return Double(values.reduce(0) { $1 == value ? $0 + 1 : $0 }) / Double(values.count)
    case .metalog(let coefficients, let lower, let upper):
      return Metalog(coefficients: coefficients, lower: lower, upper: upper).density(value)
    }
  }

  /// The density at an end of [0, 1].
  private static func betaEdge(_ near: Double, _ alpha: Double, _ beta: Double) -> Double {
    if near < 1 { return .infinity }
    return near > 1 ? 0 : alpha + beta - 1
  }

  private static func poissonQuantile(_ mean: Double, _ chance: Double) -> Double {
    func below(_ count: Double) -> Double {
      count < 0 ? 0 : SpecialFunctions.gammaTails(count + 1, mean).upper
    }
    let z = Normal.quantile(chance)
    var count = max(
      0, (mean + z * mean.squareRoot() + (z * z - 1) / 6).rounded(.down))
    while below(count) < chance { count += 1 }
    while count > 0, below(count - 1) >= chance { count -= 1 }
    return count
  }
}
