import Foundation
import Testing

@testable import Forecast

@Suite struct RealOptionTests {
  @Test("Options are those of an independent tree")
  func peer() throws {
    for entry in AnalysisFixture.shared.options {
      let tree = try RealOption(
        value: entry.value, volatility: entry.volatility, riskFreeRate: entry.rate,
        leakage: entry.leakage, years: entry.years, steps: entry.steps)
      let action: RealOption.Action =
        entry.put ? .abandon(salvage: entry.strike) : .invest(cost: entry.strike)
      let answer = tree.price([action], isAmerican: entry.american)
      #expect(isClose(answer.option, entry.worth, 1e-9), "\(entry)")
    }
  }

  @Test("Hull's American put (50, 50, 10%, 40%, five months, five steps) is 4.49")
  func hull() throws {
    // Hull, "Options, futures, and other derivatives", basic numerical procedures, example 1.
    let tree = try RealOption(
      value: 50, volatility: 0.4, riskFreeRate: 0.1, years: 5.0 / 12, steps: 5)
    #expect(abs(tree.up - 1.1224) < 5e-5)
    #expect(abs(tree.upChance - 0.5073) < 5e-5)
    #expect(abs(tree.price([.abandon(salvage: 50)]).option - 4.49) < 0.005)
  }

  @Test("Many steps come to Black and Scholes")
  func limit() throws {
    let tree = try RealOption(
      value: 100, volatility: 0.3, riskFreeRate: 0.05, years: 1, steps: 2_000)
    let d = (log(100 / 110.0) + 0.05 + 0.045) / 0.3
    let call = 100 * Normal.cumulative(d) - 110 * exp(-0.05) * Normal.cumulative(d - 0.3)
    #expect(abs(tree.price([.invest(cost: 110)], isAmerican: false).total - call) < 0.005)
  }

  @Test("Expanding by half at 40 is half a call with strike 80, whatever leaks away")
  func expand() throws {
    for leakage in [0, 0.04] {
      let tree = try RealOption(
        value: 100, volatility: 0.35, riskFreeRate: 0.03, leakage: leakage, years: 2, steps: 200)
      let expand = tree.price([.expand(factor: 1.5, cost: 40)], isAmerican: false)
      let call = tree.price([.invest(cost: 80)], isAmerican: false)
      #expect(isClose(expand.option, call.total / 2, 1e-10))
    }
  }

  @Test("Two options are worth no less than each and no more than both")
  func together() throws {
    let tree = try RealOption(
      value: 100, volatility: 0.4, riskFreeRate: 0.03, years: 3, steps: 150)
    let grow = tree.price([.expand(factor: 1.4, cost: 45)]).option
    let quit = tree.price([.abandon(salvage: 70)]).option
    let both = tree.price([.expand(factor: 1.4, cost: 45), .abandon(salvage: 70)]).option
    #expect(both >= max(grow, quit) && both <= grow + quit + 1e-9)
    #expect(grow > 0 && quit > 0)
    #expect(tree.price([.abandon(salvage: 1_000)]).isNow)
    #expect(!tree.price([.abandon(salvage: 70)]).isNow)
  }

  @Test("A tree that cannot hold the rate is refused")
  func refused() {
    #expect(throws: ForecastError.self) {
      try RealOption(value: 1, volatility: 0.01, riskFreeRate: 0.3, years: 5, steps: 2)
    }
    #expect(throws: ForecastError.self) {
      try RealOption(value: 0, volatility: 0.1, riskFreeRate: 0.03, years: 5)
    }
  }
}
