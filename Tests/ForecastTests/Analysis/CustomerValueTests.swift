import Foundation
import Testing

@testable import Forecast

@Suite struct CustomerValueTests {
  @Test("Discounted lifetimes are SciPy's hypergeometric function")
  func lifetimes() throws {
    for entry in AnalysisFixture.shared.lifetimes {
      let value = try CustomerValue(alpha: entry.alpha, beta: entry.beta)
      let life = try value.discountedLifetime(monthlyRate: entry.rate)
      #expect(isClose(life, entry.life, 1e-10), "\(entry)")
      for (renewals, expected) in zip([0, 3], entry.residual) {
        let residual = try value.discountedResidualLifetime(
          renewals: renewals, monthlyRate: entry.rate)
        #expect(isClose(residual, expected, 1e-10), "\(entry)")
      }
    }
  }

  @Test("The discounted lifetime is the sum of the discounted survival")
  func sum() throws {
    let value = try CustomerValue(alpha: 2, beta: 30)
    let sum = (0..<3_000).reduce(0.0) { $0 + value.survival(months: $1) / pow(1.02, Double($1)) }
    #expect(isClose(try value.discountedLifetime(monthlyRate: 0.02), sum, 1e-9))
  }

  @Test("Retention fitted to 1000, 631, 468, 382, 326 survives like that")
  func survival() throws {
    let value = try CustomerValue(alpha: 0.7637, beta: 1.2958)
    for (month, left) in [(1, 0.631), (2, 0.468), (3, 0.382), (4, 0.326)] {
      #expect(abs(value.survival(months: month) - left) < 0.01)
    }
    #expect(isClose(value.hazard(month: 1), 0.7637 / (0.7637 + 1.2958), 1e-15))
  }

  @Test("Undiscounted, a lifetime is finite only when few stay forever")
  func undiscounted() throws {
    let finite = try CustomerValue(alpha: 3, beta: 5)
    #expect(try finite.discountedLifetime(monthlyRate: 0) == 3.5)
    let heavy = try CustomerValue(alpha: 0.9, beta: 5)
    #expect(try heavy.discountedLifetime(monthlyRate: 0) == .infinity)
  }

  @Test("A customer that stayed is worth more than a new one's second payment on")
  func loyalty() throws {
    let value = try CustomerValue(churn: 0.2, concentration: 2)
    let residuals = try (0..<10).map {
      try value.discountedResidualLifetime(renewals: $0, monthlyRate: 0.01)
    }
    #expect(zip(residuals, residuals.dropFirst()).allSatisfy(<))
    let life = try value.discountedLifetime(monthlyRate: 0.01)
    // The first payment now, and the residual before the first decision a month later.
    #expect(isClose(1 + residuals[0] / 1.01, life, 1e-9))
    #expect(
      try value.valueToCost(monthlyContribution: 3, monthlyRate: 0.01, acquisitionCost: 6)
        == 3 * life / 6)
  }

  @Test("Parameters out of range are refused", arguments: [(0, 1), (1, 0), (-1, 2), (.nan, 1)])
  func refused(_ alpha: Double, _ beta: Double) {
    #expect(throws: ForecastError.self) { try CustomerValue(alpha: alpha, beta: beta) }
  }
}

@Suite struct DilutionTests {
  @Test("A round sells raised ÷ post-money, and the earlier holders shrink alike")
  func round() throws {
    let dilution = try Dilution(
      founders: [("a", 0.6), ("b", 0.4)],
      rounds: [.init(investor: "seed", raised: 2, preMoney: 8)])
    #expect(isClose(dilution.share(of: "seed"), 0.2, 1e-15))
    #expect(isClose(dilution.share(of: "a"), 0.48, 1e-15))
    #expect(isClose(dilution.share(of: "b"), 0.32, 1e-15))
  }

  @Test("A pool topped up before the money is paid by the earlier holders only")
  func pool() throws {
    let dilution = try Dilution(
      founders: [("a", 0.9), (Dilution.pool, 0.1)],
      rounds: [
        .init(investor: "seed", raised: 1, preMoney: 4, poolAfter: 0.15),
        .init(investor: "series", raised: 5, preMoney: 20),
      ])
    let first = dilution.steps[1]
    #expect(isClose(first.first { $0.holder == "seed" }!.share, 0.2, 1e-15))
    #expect(isClose(first.first { $0.holder == Dilution.pool }!.share, 0.15, 1e-15))
    #expect(isClose(first.first { $0.holder == "a" }!.share, 0.65, 1e-15))
    #expect(isClose(dilution.share(of: "a"), 0.65 * 0.8, 1e-15))
    for step in dilution.steps { #expect(isClose(step.reduce(0) { $0 + $1.share }, 1, 1e-14)) }
  }

  @Test("Shares that do not add up, and rounds that leave nothing, are refused")
  func refused() {
    #expect(throws: ForecastError.self) {
      try Dilution(founders: [("a", 0.6), ("b", 0.3)], rounds: [])
    }
    #expect(throws: ForecastError.self) {
      try Dilution(
        founders: [("a", 1)],
        rounds: [.init(investor: "x", raised: 5, preMoney: 5, poolAfter: 0.5)])
    }
    #expect(throws: ForecastError.self) {
      try Dilution(founders: [("a", 1)], rounds: [.init(investor: "x", raised: 5, preMoney: 0)])
    }
  }
}
