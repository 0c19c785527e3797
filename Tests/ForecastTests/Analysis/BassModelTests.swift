import Foundation
import Testing

@testable import Forecast

@Suite struct BassModelTests {
  @Test("Bass(0.03, 0.38) peaks at 6.193")
  func peak() throws {
    let model = try BassModel(innovation: 0.03, imitation: 0.38, market: 1)
    #expect(abs(model.peakTime - 6.193) < 5e-4)
    // M (p + q)² ÷ (4 q).
    let peak = model.rate(at: model.peakTime)
    #expect(isClose(peak, 0.41 * 0.41 / (4 * 0.38), 1e-12))
    #expect(model.rate(at: model.peakTime - 0.1) < peak)
    #expect(model.rate(at: model.peakTime + 0.1) < peak)
    let falling = try BassModel(innovation: 0.4, imitation: 0.1, market: 50)
    #expect(falling.peakTime == 0 && falling.rate(at: 0) > falling.rate(at: 0.1))
  }

  @Test("The closed form solves dN/dt = (p + q N/M)(M − N)")
  func equation() throws {
    let model = try BassModel(innovation: 0.004, imitation: 0.12, market: 20_000)
    // Runge–Kutta of the equation itself.
    var n = 0.0
    let h = 0.05
    func slope(_ n: Double) -> Double { (0.004 + 0.12 * n / 20_000) * (20_000 - n) }
    for _ in 0..<1_200 {
      let a = slope(n)
      let b = slope(n + h / 2 * a)
      let c = slope(n + h / 2 * b)
      let d = slope(n + h * c)
      n += h / 6 * (a + 2 * b + 2 * c + d)
    }
    #expect(isClose(model.adopters(at: 60), n, 1e-9))
    #expect(model.adopters(at: 0) == 0)
    #expect(isClose(model.newAdopters(periods: 600).reduce(0, +), 20_000, 1e-9))
  }

  @Test("Maximum likelihood for a known market is SciPy's")
  func fit() throws {
    let fixture = AnalysisFixture.shared.bass
    let fit = try BassModel.fit(newAdopters: fixture.counts, market: fixture.market)
    #expect(isClose(fit.model.innovation, fixture.p, 1e-5))
    #expect(isClose(fit.model.imitation, fixture.q, 1e-5))
    // The truth, p = 0.02 and q = 0.45, lies within 4 standard errors.
    #expect(abs(log(0.02 / fit.model.innovation)) < 4 * fit.errorLogInnovation)
    #expect(abs(log(0.45 / fit.model.imitation)) < 4 * fit.errorLogImitation)
    #expect(fit.errorLogInnovation < 0.1 && fit.errorLogImitation < 0.1)
  }

  @Test("Over a prior of the market the weights prefer the true size")
  func prior() throws {
    let fixture = AnalysisFixture.shared.bass
    let fits = try BassModel.fit(
      newAdopters: fixture.counts, prior: .lognormal(mu: log(12_000), sigma: 0.3))
    #expect(isClose(fits.reduce(0) { $0 + $1.weight }, 1, 1e-12))
    let mean = fits.reduce(0) { $0 + $1.weight * $1.fit.model.market }
    #expect(abs(mean / 10_000 - 1) < 0.1)
  }

  @Test("A series too short, or larger than the market, is refused")
  func refused() {
    #expect(throws: ForecastError.self) { try BassModel.fit(newAdopters: [1, 2], market: 10) }
    #expect(throws: ForecastError.self) { try BassModel.fit(newAdopters: [4, 5, 6], market: 15) }
    #expect(throws: ForecastError.self) {
      try BassModel.fit(newAdopters: [4, 5, 6], prior: .uniform(low: 1, high: 14))
    }
    #expect(throws: ForecastError.self) {
      try BassModel(innovation: 0, imitation: 0.1, market: 5)
    }
  }
}
