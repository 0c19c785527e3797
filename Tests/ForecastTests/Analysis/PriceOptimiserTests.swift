import Foundation
import Testing

@testable import Forecast

@Suite struct PriceOptimiserTests {
  /// Profit of a price p at elasticity e and unit cost 1: 100 p^−e (p − 1); the best price is e/(e − 1).
  static func profit(_ price: Double, _ elasticity: Double, _ luck: Double) -> Double {
    100 * pow(price, -elasticity) * (price - 1) + luck
  }

  @Test("The optimum against a constant elasticity is marked up as Lerner says")
  func elasticity() throws {
    let luck = normals("luck", 500)
    let result = try PriceOptimiser().run(levers: [("price", 1.05...4)], grid: 9, refinements: 24) {
      (settings) throws(ForecastError) in
      luck.map { Self.profit(settings?[0] ?? 1.2, 3, $0) }
    }
    #expect(abs(result.best.settings[0] - 1.5) < 1e-3)
    #expect(result.best.expected > result.today.expected)
    #expect(result.best.chanceBetter == 1 && result.best.differenceError < 1e-10)
    #expect(result.today.difference == 0 && result.today.chanceBetter == 0.5)
    #expect(result.evaluations <= 1 + 9 + 24)
    let settings = result.curve.map { $0.settings[0] }
    #expect(settings == settings.sorted() && Set(settings).count == settings.count)
    #expect(settings.first == 1.05 && settings.last == 4)
  }

  @Test("Whoever minds the worst tenth prices otherwise when the elasticity is uncertain")
  func worstDecile() throws {
    let elasticities = normals("elasticity", 2_000).map { 2.5 + 0.5 * $0 }
    func best(_ criterion: PriceOptimiser.Criterion) throws -> Double {
      try PriceOptimiser(criterion: criterion).run(levers: [("price", 1.05...3)]) {
        (settings) throws(ForecastError) in
        elasticities.map { Self.profit(settings?[0] ?? 1.2, $0, 0) }
      }.best.settings[0]
    }
    #expect(try best(.worstDecile) < best(.expected) - 0.1)
  }

  @Test("Two levers meet at their common optimum; a low goal is minimised")
  func twoLevers() throws {
    let result = try PriceOptimiser(goal: Goal(.breakEvenMonth)).run(
      levers: [("x", 0...2), ("y", -1...1)], grid: 7, refinements: 20
    ) { (settings) throws(ForecastError) in
      guard let settings else { return [9, 9] }
      let value = pow(settings[0] - 1.37, 2) + pow(settings[1] + 0.21, 2)
      return [value, value + 1]
    }
    #expect(abs(result.best.settings[0] - 1.37) < 1e-3)
    #expect(abs(result.best.settings[1] + 0.21) < 1e-3)
    #expect(result.best.chanceBetter == 1)
  }

  @Test("An optimum on the edge stays on it")
  func edge() throws {
    let result = try PriceOptimiser().run(levers: [("x", 1...2)]) {
      (settings) throws(ForecastError) in [settings?[0] ?? 0]
    }
    #expect(result.best.settings == [2])
  }

  @Test("Levers without a range are refused")
  func refused() {
    func run(_ levers: [(name: String, range: ClosedRange<Double>)], _ grid: Int) throws {
      _ = try PriceOptimiser().run(levers: levers, grid: grid) {
        (_) throws(ForecastError) in [0]
      }
    }
    #expect(throws: ForecastError.self) { try run([], 9) }
    #expect(throws: ForecastError.self) { try run([("x", 1...1)], 9) }
    #expect(throws: ForecastError.self) { try run([("x", 0...(.infinity))], 9) }
    #expect(throws: ForecastError.self) { try run([("x", 0...1)], 2) }
  }
}
