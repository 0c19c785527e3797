import Foundation

extension Distribution {
  /// Beyond these the laws are normal for every purpose, and slow.
  static let largestShape = 1e6
  /// Values that a discrete or empirical law may list.
  static let mostValues = 10_000

  /// - Throws: `range` naming the argument that is out of its range.
  package func check() throws(ForecastError) {
    switch self {
    case .normal(let mean, let deviation):
      try Self.finite(mean, "the mean")
      try Self.positive(deviation, "the deviation sd")
    case .lognormal(let mu, let sigma):
      try Self.finite(mu, "mu")
      try Self.positive(sigma, "sigma")
      guard abs(mu) + sigma * sigma < 300 else {
        throw Self.range("the lognormal spans more than 100 orders of magnitude: narrow it")
      }
    case .uniform(let low, let high):
      try Self.ascending(low, high, "uniform needs low < high")
    case .triangular(let low, let mode, let high):
      try Self.mode(low, mode, high, "triangular")
    case .pert(let low, let mode, let high):
      try Self.mode(low, mode, high, "pert")
    case .beta(let alpha, let beta, let low, let high):
      try Self.shape(alpha, "alpha")
      try Self.shape(beta, "beta")
      try Self.ascending(low, high, "beta needs low < high")
    case .gamma(let shape, let scale):
      try Self.shape(shape, "shape")
      try Self.positive(scale, "scale")
    case .poisson(let mean):
      try Self.positive(mean, "the mean of poisson")
      guard mean <= Self.largestShape else {
        throw Self.range("poisson with a mean above 1000000: use normal(mean: m, sd: sqrt(m))")
      }
    case .discrete(let values, let weights): try Self.checkDiscrete(values, weights)
    case .empirical(let values): try Self.checkValues(values, "empirical")
    case .metalog(let coefficients, let lower, let upper):
      try Metalog(coefficients: coefficients, lower: lower, upper: upper).check()
    }
  }

  static func range(_ message: String) -> ForecastError { ForecastError(.range, message) }

  private static func finite(_ value: Double, _ name: String) throws(ForecastError) {
    guard value.isFinite else { throw range("\(name) must be a finite number") }
  }

  private static func positive(_ value: Double, _ name: String) throws(ForecastError) {
    guard value > 0, value.isFinite else {
      throw range("\(name) is \(short(value)): it must be above 0")
    }
  }

  private static func shape(_ value: Double, _ name: String) throws(ForecastError) {
    guard value >= 0.001, value <= largestShape else {
      throw range("\(name) is \(short(value)): it must be from 0.001 to 1000000")
    }
  }

  private static func ascending(
    _ low: Double, _ high: Double, _ message: String
  )
    throws(ForecastError)
  {
    guard low < high, low.isFinite, high.isFinite, (high - low).isFinite else {
      throw range("\(message), got \(short(low)) and \(short(high))")
    }
  }

  private static func mode(
    _ low: Double, _ mode: Double, _ high: Double, _ name: String
  )
    throws(ForecastError)
  {
    try ascending(low, high, "\(name) needs low < high")
    guard low <= mode, mode <= high else {
      throw range("\(name): the mode \(short(mode)) must lie from \(short(low)) to \(short(high))")
    }
  }

  private static func checkValues(_ values: [Double], _ name: String) throws(ForecastError) {
    guard !values.isEmpty, values.count <= mostValues else {
      throw range("\(name) needs from 1 to \(mostValues) values")
    }
    guard values.allSatisfy(\.isFinite) else { throw range("\(name): a value is not finite") }
    guard zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 }) else {
      throw range("\(name): the values must ascend")
    }
  }

  private static func checkDiscrete(_ values: [Double], _ weights: [Double]) throws(ForecastError) {
    try checkValues(values, "discrete")
    guard values.count == weights.count else {
      throw range("discrete needs a weight for each value, as in discrete(1: 0.3, 2: 0.7)")
    }
    for weight in weights where !(weight >= 0 && weight <= 1) {
      throw range("discrete: the weight \(short(weight)) is not a chance from 0 to 1")
    }
    let sum = weights.reduce(0, +)
    guard abs(sum - 1) <= 1e-9 else {
      throw range("discrete: the weights sum to \(short(sum)), not to 1")
    }
  }

  /// A number for a message: up to 6 digits.
  package static func short(_ value: Double) -> String { String(format: "%.6g", value) }
}
