import Foundation
import Testing

@testable import Forecast

@Suite struct VarianceTests {
  private typealias Line = Variance.Line

  private static func line(
    _ id: String, _ quantity: Double, price: Double, cost: Double = 0, group: String = "customers"
  ) -> Line {
    Line(
      id: id, group: group, quantity: quantity, revenue: quantity * price, cost: quantity * cost)
  }

  @Test func theFactorsAddUpToTheDifference() {
    var random = RandomStream(RandomStream.Key(seed: 1, name: "variance"), path: 0, index: 0)
    for _ in 0..<50 {
      func side() -> Variance.Side {
        Variance.Side(
          lines: (0..<4).map { index in
            Self.line(
              "s\(index)", (random.uniform() * 50).rounded(), price: random.uniform() * 9,
              cost: random.uniform() * 5, group: index < 3 ? "customers" : "orders")
          }, fixedCosts: ["people": random.uniform() * 100, "a\(random.uniform())": 7])
      }
      let variance = Variance(plan: side(), actual: side())
      let factors = Variance.Factor.allCases
      let revenue = factors.reduce(0) { $0 + variance.revenue($1) }
      let profit = factors.reduce(0) { $0 + variance.profit($1) }
      #expect(abs(revenue - variance.revenueDifference) < 1e-9)
      #expect(abs(profit - variance.profitDifference) < 1e-9)
      #expect(variance.revenue(.cost) == 0)
    }
  }

  @Test func oneFactorAloneTakesTheWholeDifference() {
    let plan = Variance.Side(lines: [
      Self.line("a", 10, price: 5, cost: 2), Self.line("b", 30, price: 3, cost: 1),
    ])
    let dearer = Variance(
      plan: plan,
      actual: Variance.Side(lines: [
        Self.line("a", 10, price: 6, cost: 2), Self.line("b", 30, price: 3, cost: 1),
      ]))
    #expect(abs(dearer.revenue(.price) - 10) < 1e-12)
    #expect(abs(dearer.profit(.volume)) < 1e-12)
    let more = Variance(
      plan: plan,
      actual: Variance.Side(lines: [
        Self.line("a", 20, price: 5, cost: 2), Self.line("b", 60, price: 3, cost: 1),
      ]))
    #expect(abs(more.profit(.volume) - 90) < 1e-12)
    #expect(abs(more.profit(.mix)) < 1e-12)
    let shifted = Variance(
      plan: plan,
      actual: Variance.Side(lines: [
        Self.line("a", 20, price: 5, cost: 2), Self.line("b", 20, price: 3, cost: 1),
      ]))
    #expect(abs(shifted.profit(.mix) - 10) < 1e-12)
    #expect(abs(shifted.profit(.volume)) < 1e-12)
  }

  @Test func twoFactorsShareTheirProductEvenly() {
    // 10 × 5 → 12 × 6: price alone 10, volume alone 10, together 22.
    let variance = Variance(
      plan: Variance.Side(lines: [Self.line("a", 10, price: 5)]),
      actual: Variance.Side(lines: [Self.line("a", 12, price: 6)]))
    #expect(abs(variance.revenue(.price) - 11) < 1e-12)
    #expect(abs(variance.revenue(.volume) - 11) < 1e-12)
  }

  @Test func whatWasNotPlannedIsVolume() {
    let variance = Variance(
      plan: Variance.Side(lines: []),
      actual: Variance.Side(lines: [Self.line("new", 4, price: 25, group: "new")]))
    #expect(abs(variance.revenue(.volume) - 100) < 1e-12)
    #expect(abs(variance.revenue(.price)) < 1e-12)
  }
}
