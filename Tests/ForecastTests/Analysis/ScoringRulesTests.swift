import Foundation
import TestSupport
import Testing

@testable import Forecast

@Suite struct ScoringRulesTests {
  let fixture = AnalysisFixture.shared.scores

  @Test("CRPS of a sample is properscoring's, by one sort")
  func sample() {
    for entry in fixture.sample {
      let score = ScoringRules.crps(sample: entry.sample, actual: entry.actual)
      #expect(isClose(score, entry.value, 1e-10), "\(entry.sample.count) \(entry.actual)")
    }
    #expect(ScoringRules.crps(sample: [], actual: 1).isNaN)
    #expect(ScoringRules.crps(sample: [3], actual: 5) == 2)
  }

  @Test("CRPS of a normal law is properscoring's; at the centre of N(0, 1) it is 0.2336950")
  func gaussian() {
    for entry in fixture.gaussian {
      let score = ScoringRules.crps(
        mean: entry.mean, deviation: entry.deviation, actual: entry.actual)
      #expect(isClose(score, entry.value, 1e-12), "\(entry)")
    }
    #expect(abs(ScoringRules.crps(mean: 0, deviation: 1, actual: 0) - 0.2336950) < 5e-8)
    #expect(ScoringRules.crps(mean: 2, deviation: 0, actual: 5) == 3)
  }

  @Test("A large sample scores as the law it is from, the fair score without bias")
  func converges() {
    let count = 4_001
    let sample = (0..<count).map { Normal.quantile((Double($0) + 0.5) / Double(count)) }
    let law = ScoringRules.crps(mean: 0, deviation: 1, actual: 0.7)
    #expect(abs(ScoringRules.crps(sample: sample, actual: 0.7) - law) < 1e-3)
    // Mean over many samples of 3: n² leans high, n(n − 1) does not.
    var random = SplitMix64(seed: 5)
    var (fair, plain) = (0.0, 0.0)
    for _ in 0..<20_000 {
      let few = (0..<3).map { _ in Normal.quantile(Double.random(in: 1e-12..<1, using: &random)) }
      fair += ScoringRules.crps(sample: few, actual: 0.7, isFair: true) / 20_000
      plain += ScoringRules.crps(sample: few, actual: 0.7) / 20_000
    }
    #expect(abs(fair - law) < 0.015)
    #expect(plain > law + 0.1)
  }

  @Test("CRPS from quantiles is the integral of the quantile loss")
  func quantiles() {
    for entry in fixture.piecewise {
      let score = ScoringRules.crps(
        quantiles: entry.quantiles, levels: entry.levels, actual: entry.actual)
      #expect(isClose(score, entry.value, 1e-6), "\(entry.actual)")
    }
    let levels = (1..<2_000).map { Double($0) / 2_000 }
    let fine = ScoringRules.crps(
      quantiles: levels.map(Normal.quantile), levels: levels, actual: 0)
    #expect(abs(fine - 0.2336950) < 1e-4)
    #expect(ScoringRules.crps(quantiles: [2], levels: [0.5], actual: 5) == 3)
    #expect(ScoringRules.crps(quantiles: [2, 1], levels: [0.1, 0.9], actual: 5).isNaN)
  }

  @Test("The truth is the forecast that scores best: CRPS and interval score are proper")
  func proper() {
    var random = SplitMix64(seed: 9)
    let truths = (0..<20_000).map { _ in
      Normal.quantile(Double.random(in: 1e-12..<1, using: &random))
    }
    func crps(_ mean: Double, _ deviation: Double) -> Double {
      Statistics.mean(
        truths.map { ScoringRules.crps(mean: mean, deviation: deviation, actual: $0) })
    }
    func interval(_ z: Double) -> Double {
      Statistics.mean(
        truths.map { ScoringRules.interval(low: -z, high: z, level: 0.8, actual: $0) })
    }
    let z = Normal.quantile(0.9)
    for other in [crps(0.3, 1), crps(-0.3, 1), crps(0, 0.7), crps(0, 1.4)] {
      #expect(crps(0, 1) < other)
    }
    #expect(interval(z) < interval(z * 0.7) && interval(z) < interval(z * 1.4))
    #expect(ScoringRules.interval(low: 2, high: 5, level: 0.9, actual: 4) == 3)
    #expect(isClose(ScoringRules.interval(low: 2, high: 5, level: 0.9, actual: 1), 23, 1e-12))
  }

  @Test("Brier and logarithmic scores of events are NumPy's")
  func events() {
    let events = fixture.events
    let brier = ScoringRules.brier(chances: events.chances, happened: events.happened)
    let log = ScoringRules.logarithmic(chances: events.chances, happened: events.happened)
    #expect(isClose(brier, events.brier, 1e-12))
    #expect(isClose(log, events.log, 1e-12))
    #expect(ScoringRules.logarithmic(chances: [0], happened: [true]) == .infinity)
    let density = ScoringRules.logarithmic(mean: 0, deviation: 1, actual: 0)
    #expect(isClose(density, 0.918_938_533_204_672_7, 1e-14))
  }

  @Test("MASE of the naive forecast on a straight line is its horizon's mean")
  func mase() {
    let history = (0..<12).map { 3 * Double($0) }
    let actual = [36.0, 39, 42]
    let naive = [33.0, 33, 33]
    #expect(ScoringRules.mase(forecast: naive, actual: actual, history: history) == 2)
    #expect(ScoringRules.mase(forecast: actual, actual: actual, history: history) == 0)
    #expect(ScoringRules.mase(forecast: [1], actual: [1], history: [2, 2, 2]) == nil)
    #expect(ScoringRules.mase(forecast: [1], actual: [1], history: [2]) == nil)
  }
}

@Suite struct CoverageTests {
  let fixture = AnalysisFixture.shared.scores

  @Test("Wilson's interval is SciPy's")
  func wilson() {
    for entry in fixture.wilson {
      let interval = Coverage(hits: entry.hits, count: entry.count, nominal: 0.8).interval()
      #expect(isClose(interval.lowerBound, entry.low, 1e-9), "\(entry)")
      #expect(isClose(interval.upperBound, entry.high, 1e-9), "\(entry)")
    }
  }

  @Test("A band is kept, too narrow or too wide by its interval")
  func verdict() {
    #expect(Coverage(hits: 80, count: 100, nominal: 0.8).verdict() == .kept)
    #expect(Coverage(hits: 50, count: 100, nominal: 0.8).verdict() == .tooNarrow)
    #expect(Coverage(hits: 99, count: 100, nominal: 0.8).verdict() == .tooWide)
    #expect(Coverage(hits: 0, count: 0, nominal: 0.8).verdict() == .kept)
    let counted = Coverage(low: [0, 0, 5], high: [1, 2, 6], actual: [1, 3, 5], nominal: 0.5)
    #expect(counted.hits == 2)
  }

  @Test("The uniformity chance is SciPy's chi-square test")
  func uniformity() throws {
    for entry in fixture.uniform {
      let transform = ProbabilityTransform(values: entry.values)
      let chance = try #require(transform.uniformityChance(bins: entry.bins))
      #expect(isClose(chance, entry.chance, 1e-10))
      #expect(transform.histogram(bins: entry.bins).reduce(0, +) == entry.values.count)
    }
    #expect(ProbabilityTransform(values: [0.5, 0.1]).uniformityChance() == nil)
  }

  @Test("A truth's place counts ties in half and never is 0 or 1")
  func place() {
    #expect(ProbabilityTransform.value(sample: [1, 2, 3], actual: 0) == 0.125)
    #expect(ProbabilityTransform.value(sample: [1, 2, 3], actual: 2) == 0.5)
    #expect(ProbabilityTransform.value(sample: [1, 2, 3], actual: 9) == 0.875)
  }

  @Test("Right forecasts pass the uniformity test, overconfident ones do not")
  func detects() throws {
    var random = SplitMix64(seed: 3)
    let truths = (0..<500).map { _ in
      Normal.quantile(Double.random(in: 1e-12..<1, using: &random))
    }
    let right = ProbabilityTransform(values: truths.map(Normal.cumulative))
    let narrow = ProbabilityTransform(values: truths.map { Normal.cumulative($0 * 2.18) })
    #expect(try #require(right.uniformityChance()) > 0.01)
    #expect(try #require(narrow.uniformityChance()) < 1e-6)
  }
}
