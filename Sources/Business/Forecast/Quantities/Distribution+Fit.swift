import Foundation

extension Distribution {
  /// Φ⁻¹(0.95): the ends of a 90% interval lie so many deviations from the middle.
  static let intervalScore = 1.644_853_626_951_472_714_9

  /// The law with these 5th and 95th percentiles: lognormal when both are above 0, else normal (as
  /// in Squiggle and Guesstimate).
  package static func interval(_ low: Double, _ high: Double) throws(ForecastError) -> Distribution
  {
    guard low < high, low.isFinite, high.isFinite else {
      throw range("the interval must rise, got \(short(low)) to \(short(high))")
    }
    return low > 0
      ? try lognormal(fifth: low, ninetyFifth: high) : try normal(fifth: low, ninetyFifth: high)
  }

  package static func normal(
    fifth: Double, ninetyFifth: Double
  ) throws(ForecastError)
    -> Distribution
  {
    let law = Distribution.normal(
      mean: 0.5 * (fifth + ninetyFifth), deviation: (ninetyFifth - fifth) / (2 * intervalScore))
    try law.check()
    return law
  }

  package static func lognormal(
    fifth: Double, ninetyFifth: Double
  ) throws(ForecastError)
    -> Distribution
  {
    guard fifth > 0, ninetyFifth > fifth else {
      throw range("lognormal needs 0 < p5 < p95, got \(short(fifth)) and \(short(ninetyFifth))")
    }
    let law = Distribution.lognormal(
      mu: 0.5 * (log(fifth) + log(ninetyFifth)),
      sigma: (log(ninetyFifth) - log(fifth)) / (2 * intervalScore))
    try law.check()
    return law
  }

  /// Lognormal with the mean and deviation of the variable itself.
  package static func lognormal(
    mean: Double, deviation: Double
  ) throws(ForecastError)
    -> Distribution
  {
    guard mean > 0, deviation > 0 else {
      throw range("lognormal needs a mean and an sd above 0")
    }
    let ratio = deviation / mean
    let square = log1p(ratio * ratio)
    let law = Distribution.lognormal(mu: log(mean) - 0.5 * square, sigma: square.squareRoot())
    try law.check()
    return law
  }

  /// Beta on [0, 1]; the concentration α + β is the number of trials that the belief is worth.
  package static func beta(
    mean: Double, concentration: Double
  ) throws(ForecastError)
    -> Distribution
  {
    guard mean > 0, mean < 1, concentration > 0 else {
      throw range("beta needs a mean between 0 and 1 and a concentration above 0")
    }
    let law = Distribution.beta(
      alpha: mean * concentration, beta: (1 - mean) * concentration, low: 0, high: 1)
    try law.check()
    return law
  }

  /// Metalog through quantiles given by their chances; any bounds kept.
  package static func metalog(
    through quantiles: [(chance: Double, value: Double)], lower: Double? = nil,
    upper: Double? = nil
  ) throws(ForecastError) -> Distribution {
    let law = try Metalog.fit(quantiles, lower: lower, upper: upper)
    return .metalog(coefficients: law.coefficients, lower: lower, upper: upper)
  }
}
