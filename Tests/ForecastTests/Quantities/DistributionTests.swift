import Foundation
import Testing

@testable import Forecast

@Suite struct DistributionTests {
  static let cases = DistributionFixture.shared.cases

  @Test("Moments equal SciPy's to 1e-10", arguments: cases)
  func moments(item: DistributionFixture.Case) throws {
    let law = try item.distribution()
    try law.check()
    expectClose(law.mean, item.mean, 1e-10, scale: law.deviation, "mean")
    expectClose(law.variance, item.variance, 1e-10, scale: 1e-12, "variance")
  }

  @Test("Quantiles equal SciPy's to 1e-10, from 1e-6 to 1 − 1e-6", arguments: cases)
  func quantiles(item: DistributionFixture.Case) throws {
    let law = try item.distribution()
    for (chance, expected) in zip(DistributionFixture.shared.chances, item.quantiles) {
      expectClose(law.quantile(chance), expected, 1e-10, scale: 1e-300, "p \(chance)")
    }
  }

  @Test("Distribution functions and densities equal SciPy's to 1e-10", arguments: cases)
  func functions(item: DistributionFixture.Case) throws {
    let law = try item.distribution()
    for (index, point) in item.points.enumerated() {
      expectClose(law.cumulative(point), item.cumulative[index], 1e-10, "cdf \(point)")
      expectClose(law.density(point), item.density[index], 1e-10, "pdf \(point)")
    }
  }

  @Test("The quantile is the inverse of the distribution function", arguments: cases)
  func inverse(item: DistributionFixture.Case) throws {
    let law = try item.distribution()
    for chance in [1e-4, 0.02, 0.4, 0.77, 0.99] {
      let value = law.quantile(chance)
      if law.isDiscrete {
        #expect(law.cumulative(value) >= chance - 1e-12)
        #expect(law.cumulative(value.nextDown) < chance + 1e-12)
      } else {
        expectClose(law.cumulative(value), chance, 1e-9, "p \(chance)")
      }
    }
    #expect(law.quantile(0) == law.support.lower)
    #expect(law.quantile(1) == law.support.upper)
  }

  @Test("A sampler equals the quantile function within 1e-6 of the deviation", arguments: cases)
  func sampler(item: DistributionFixture.Case) throws {
    let law = try item.distribution()
    let sampler = Sampler(law)
    var stream = RandomStream(.init(seed: 4, name: "sampler"), path: 0, index: 0)
    var last = -Double.infinity
    for uniform in (0..<400).map({ _ in stream.uniform() }).sorted() {
      let value = sampler.value(uniform: uniform)
      let error = abs(value - law.quantile(uniform))
      #expect(error <= 1e-6 * law.deviation + 1e-14 * abs(value), "u \(uniform)")
      #expect(value >= last)
      last = value
    }
  }

  @Test("Draws by score and by uniform agree", arguments: cases)
  func scores(item: DistributionFixture.Case) throws {
    let law = try item.distribution()
    let sampler = Sampler(law)
    for uniform in [0.013, 0.21, 0.48, 0.83, 0.997] {
      expectClose(
        sampler.value(score: Normal.quantile(uniform)), sampler.value(uniform: uniform), 1e-9,
        scale: law.deviation)
    }
  }

  @Test("Draws pass Kolmogorov–Smirnov, or χ² for counts, at a fixed seed", arguments: cases)
  func draws(item: DistributionFixture.Case) throws {
    let law = try item.distribution()
    let sampler = Sampler(law)
    var stream = RandomStream(.init(seed: 20, name: "\(item.testDescription)"), path: 1, index: 2)
    let values = (0..<20_000).map { _ in sampler.value(uniform: stream.uniform()) }
    if law.isDiscrete {
      #expect(chiSquareChance(values, law) > 1e-3)
    } else {
      #expect(kolmogorovChance(values) { law.cumulative($0) } > 1e-3)
    }
  }

  @Test(
    "Arguments out of range are refused",
    arguments: [
      Distribution.normal(mean: 0, deviation: 0), .normal(mean: .nan, deviation: 1),
      .lognormal(mu: 0, sigma: -1), .lognormal(mu: 0, sigma: 100), .uniform(low: 2, high: 2),
      .triangular(low: 0, mode: 4, high: 3), .pert(low: 0, mode: -1, high: 3),
      .beta(alpha: 0, beta: 1, low: 0, high: 1), .beta(alpha: 1, beta: 1, low: 1, high: 0),
      .gamma(shape: 1, scale: -1), .gamma(shape: 1e9, scale: 1), .poisson(mean: 0),
      .poisson(mean: 1e7), .discrete(values: [1, 2], weights: [0.5, 0.6]),
      .discrete(values: [1, 2], weights: [-0.5, 1.5]),
      .discrete(values: [2, 1], weights: [0.5, 0.5]),
      .discrete(values: [1], weights: [0.5, 0.5]), .empirical([]), .empirical([2, 1]),
      .empirical([.infinity]), .metalog(coefficients: [1], lower: nil, upper: nil),
      .metalog(coefficients: [1, -1], lower: nil, upper: nil),
      .metalog(coefficients: [1, 1], lower: 3, upper: 2),
      .metalog(coefficients: [1, 1.2], lower: 0, upper: nil),
    ])
  func refused(law: Distribution) {
    #expect(throws: ForecastError.self) { try law.check() }
  }

  @Test(
    "An interval's ends are the 5th and 95th percentiles",
    arguments: [
      (10.0, 30.0), (0.001, 1000), (-5, 10), (0, 3), (-9, -2),
    ])
  func interval(low: Double, high: Double) throws {
    let law = try Distribution.interval(low, high)
    expectClose(law.quantile(0.05), low, 1e-12, scale: high - low)
    expectClose(law.quantile(0.95), high, 1e-12)
    if low > 0 { #expect(law.support.lower == 0) }
  }

  @Test("Fits keep what they are given")
  func fits() throws {
    let lognormal = try Distribution.lognormal(mean: 5, deviation: 2)
    expectClose(lognormal.mean, 5, 1e-12)
    expectClose(lognormal.deviation, 2, 1e-12)
    let beta = try Distribution.beta(mean: 0.2, concentration: 10)
    expectClose(beta.mean, 0.2, 1e-12)
    expectClose(beta.variance, 0.2 * 0.8 / 11, 1e-12)
    #expect(throws: ForecastError.self) { try Distribution.beta(mean: 1, concentration: 10) }
    #expect(throws: ForecastError.self) { try Distribution.interval(3, 2) }
  }

  @Test("A metalog passes through its quantiles, and a fold is refused")
  func metalog() throws {
    let quantiles = [0.05, 0.3, 0.5, 0.9].enumerated().map {
      (chance: $0.element, value: [1.0, 3, 4, 9][$0.offset])
    }
    let law = try Distribution.metalog(through: quantiles, lower: 0)
    for (chance, value) in quantiles { expectClose(law.quantile(chance), value, 1e-10) }
    let symmetric = [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99].map {
      (chance: $0, value: 20 + (3 + 0.5 * ($0 - 0.5)) * log($0 / (1 - $0)))
    }
    let seven = try Distribution.metalog(through: symmetric)
    for (chance, value) in symmetric { expectClose(seven.quantile(chance), value, 1e-10) }
    #expect(throws: ForecastError.self) {
      try Distribution.metalog(through: [(0.05, 1), (0.5, 1.01), (0.95, 100)])
    }
    #expect(throws: ForecastError.self) {
      try Distribution.metalog(through: [(0.05, 1), (0.5, 0)])
    }
    #expect(throws: ForecastError.self) {
      try Distribution.metalog(through: [(0.05, 1), (0.5, 2)], lower: 1)
    }
  }
}
