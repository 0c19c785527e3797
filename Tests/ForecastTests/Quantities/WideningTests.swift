import Foundation
import Testing

@testable import Forecast

@Suite struct WideningTests {
  static let cases = DistributionFixture.shared.cases.filter { $0.mean < 1e5 }

  @Test("Twice as wide is wider everywhere, and still a law in its bounds", arguments: cases)
  func wider(item: DistributionFixture.Case) throws {
    let law = try item.distribution()
    let wide = law.widened(by: 2)
    try wide.check()
    if law.variance > 0, law.variance.isFinite { #expect(wide.variance > law.variance) }
    if law.support.lower >= 0 { #expect(wide.support.lower >= 0) }
    #expect(law.widened(by: 1) == law && law.widened(by: 0) == law && law.widened(by: .nan) == law)
  }

  @Test("The deviation is multiplied about the same median or mean")
  func exact() {
    let normal = Distribution.normal(mean: 3, deviation: 2).widened(by: 2.18)
    #expect(normal == .normal(mean: 3, deviation: 4.36))
    let lognormal = Distribution.lognormal(mu: 1, sigma: 0.5).widened(by: 2)
    #expect(lognormal == .lognormal(mu: 1, sigma: 1))
    for law in [
      Distribution.gamma(shape: 4, scale: 3), .beta(alpha: 20, beta: 60, low: 0, high: 1),
      .poisson(mean: 9),
    ] {
      expectClose(law.widened(by: 1.5).mean, law.mean, 1e-12)
      expectClose(law.widened(by: 1.5).deviation, 1.5 * law.deviation, 1e-12)
    }
    let metalog = Distribution.metalog(coefficients: [2, 1, 0.1], lower: nil, upper: nil)
    #expect(metalog.widened(by: 2).median == metalog.median)
    expectClose(metalog.widened(by: 2).deviation, 2 * metalog.deviation, 1e-9)
  }

  @Test("Ends move by ratio above 0, else by distance, and stop at given bounds")
  func ends() {
    expectClose(Distribution.uniform(low: 50, high: 200).widened(by: 2).support.lower, 20, 1e-12)
    #expect(Distribution.uniform(low: -1, high: 1).widened(by: 2) == .uniform(low: -2, high: 2))
    #expect(Distribution.pert(low: 0, mode: 2, high: 9).widened(by: 2).support.lower == 0)
    let share = Distribution.triangular(low: 0.5, mode: 0.7, high: 0.9).widened(
      by: 3, within: 0...1)
    #expect(share.support.upper == 1 && share.support.lower > 0)
    #expect(Distribution.empirical([1, 2, 4]).widened(by: 2) == .empirical([0.5, 2, 8]))
  }
}

@Suite struct ScalingTests {
  @Test(
    "A scaled law has the scaled quantiles, mean and deviation",
    arguments: DistributionFixture.shared.cases)
  func scaled(item: DistributionFixture.Case) throws {
    let law = try item.distribution()
    let scaled = law.scaled(by: 2.5)
    try scaled.check()
    expectClose(scaled.mean, 2.5 * law.mean, 1e-6, scale: law.deviation)
    expectClose(scaled.deviation, 2.5 * law.deviation, 1e-5)
    for chance in [0.03, 0.45, 0.92] {
      expectClose(
        scaled.quantile(chance), 2.5 * law.quantile(chance), 1e-5, scale: law.deviation)
    }
    #expect(law.scaled(by: 0).quantile(0.7) == 0)
  }
}
