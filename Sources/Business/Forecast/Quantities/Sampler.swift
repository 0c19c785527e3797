import Foundation

/// A distribution made ready to be drawn from many times. Exact, save for beta, PERT and gamma, which
/// come from a `ScoreTable` within 1e-6 of the deviation.
package struct Sampler: Sendable {
  enum Form: Sendable {
    case normal(mean: Double, deviation: Double)
    case lognormal(mu: Double, sigma: Double)
    case uniform(low: Double, width: Double)
    /// Ascending values and the chance of at most each.
    case steps([Double], [Double])
    case table(ScoreTable)
    /// Closed form at a uniform.
    case quantile(Distribution)
  }

  let form: Form

  /// Tables of the laws that are dear to make, so that a redraw with one changed driver makes one.
  private static let made = Prepared<Distribution, Sampler>(limit: 256)

  /// The same as `init`, remembered.
  package static func prepared(_ distribution: Distribution) -> Sampler {
    switch distribution {
    case .pert, .beta, .gamma, .poisson: made.value(distribution) { Sampler(distribution) }
    default: Sampler(distribution)
    }
  }

  /// - Parameter distribution: one that has passed `check()`.
  package init(_ distribution: Distribution) {
    switch distribution {
    case .normal(let mean, let deviation): form = .normal(mean: mean, deviation: deviation)
    case .lognormal(let mu, let sigma): form = .lognormal(mu: mu, sigma: sigma)
    case .uniform(let low, let high): form = .uniform(low: low, width: high - low)
    case .triangular, .metalog, .empirical: form = .quantile(distribution)
    case .pert, .beta, .gamma:
      let table = ScoreTable(deviation: distribution.deviation) { distribution.point(score: $0) }
      form = table.map(Form.table) ?? .quantile(distribution)
    case .poisson(let mean): form = Self.steps(poisson: mean)
    case .discrete(let values, let weights):
      var sums: [Double] = []
      var sum = 0.0
      for weight in weights {
        sum += weight
        sums.append(sum)
      }
      form = .steps(values, sums)
    }
  }

  /// Counts within 9 deviations and then some, whose tails hold less than 1e-17.
  private static func steps(poisson mean: Double) -> Form {
    let reach = 9 * mean.squareRoot() + 40
    let least = max(0, (mean - reach).rounded(.down))
    let counts = Int(mean + reach - least) + 1
    var values: [Double] = []
    var sums: [Double] = []
    values.reserveCapacity(counts)
    sums.reserveCapacity(counts)
    var sum = 0.0
    for index in 0..<counts {
      let count = least + Double(index)
      sum += count == 0 ? exp(-mean) : SpecialFunctions.gammaPower(count, mean)
      values.append(count)
      sums.append(sum)
    }
    return .steps(values, sums)
  }

  /// - Parameter uniform: in (0, 1).
  package func value(uniform: Double) -> Double {
    switch form {
    case .normal(let mean, let deviation): mean + deviation * Normal.quantile(uniform)
    case .lognormal(let mu, let sigma): exp(mu + sigma * Normal.quantile(uniform))
    case .uniform(let low, let width): low + width * uniform
    case .steps(let values, let sums): values[Self.first(sums, atLeast: uniform)]
    case .table(let table): table.value(score: Normal.quantile(uniform))
    case .quantile(let distribution): distribution.quantile(uniform)
    }
  }

  /// - Parameter score: standard normal.
  package func value(score: Double) -> Double {
    switch form {
    case .normal(let mean, let deviation): mean + deviation * score
    case .lognormal(let mu, let sigma): exp(mu + sigma * score)
    case .table(let table): table.value(score: score)
    case .uniform, .steps, .quantile:
      value(uniform: min(max(Normal.cumulative(score), 0x1p-60), 1 - 0x1p-53))
    }
  }

  /// Index of the first sum that is not below the chance, or the last index.
  private static func first(_ sums: [Double], atLeast chance: Double) -> Int {
    var low = 0
    var high = sums.count - 1
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] >= chance { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension Distribution {
  /// Value at a normal score and its derivative, for the laws without a closed form.
  func point(score: Double) -> (value: Double, slope: Double) {
    let p = Normal.cumulative(score)
    let q = Normal.cumulative(-score)
    let density = Normal.density(score)
    switch self {
    case .gamma(let shape, let scale):
      let x = SpecialFunctions.gammaQuantile(shape, p, q)
      let slope = density * x / (shape * SpecialFunctions.gammaPower(shape, x))
      return (scale * x, slope.isFinite ? scale * slope : 0)
    case .pert: return asBeta.point(score: score)
    case .beta(let alpha, let beta, let low, let high):
      let x = SpecialFunctions.betaQuantile(alpha, beta, p, q)
      let slope = density * x * (1 - x) / SpecialFunctions.betaPower(alpha, beta, x, 1 - x)
      return (low + (high - low) * x, slope.isFinite ? (high - low) * slope : 0)
    default: return (quantile(p), density / self.density(quantile(p)))
    }
  }
}
