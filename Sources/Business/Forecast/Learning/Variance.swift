import Foundation

/// Plan against actual: how much of the difference in revenue and profit comes from price, volume, mix
/// and cost. By Shapley's value over the four factors: each factor's part is its mean effect over all
/// orders in which plan turns into actual, so that the parts add up exactly and no order is preferred
/// (Shapley, "A value for n-person games", 1953).
///
/// In a group of lines sold in the same piece (customers, say): revenue = Q Σ sᵢ pᵢ and profit =
/// Q Σ sᵢ (pᵢ − cᵢ) with volume Q, mix sᵢ, price pᵢ and cost cᵢ a piece. Costs that no piece causes are
/// compared account by account.
package struct Variance: Sendable, Hashable, Codable {
  package enum Factor: String, Sendable, Hashable, Codable, CaseIterable {
    case price, volume, mix, cost
  }

  /// What was sold of one thing, in a month or in several.
  package struct Line: Sendable, Hashable, Codable {
    package var id: String
    /// Lines of one group are counted in the same piece.
    package var group: String
    package var quantity: Double
    package var revenue: Double
    /// That the pieces cause.
    package var cost: Double
    package init(id: String, group: String, quantity: Double, revenue: Double, cost: Double) {
      self.id = id
      self.group = group
      self.quantity = quantity
      self.revenue = revenue
      self.cost = cost
    }
  }

  package struct Side: Sendable, Hashable, Codable {
    package var lines: [Line]
    /// By account's name.
    package var fixedCosts: [String: Double]
    package init(lines: [Line], fixedCosts: [String: Double] = [:]) {
      self.lines = lines
      self.fixedCosts = fixedCosts
    }

    package var revenue: Double { lines.reduce(0) { $0 + $1.revenue } }
    package var profit: Double {
      lines.reduce(0) { $0 + $1.revenue - $1.cost }
        - fixedCosts.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
    }
  }

  package struct Row: Sendable, Hashable, Codable {
    package var line: String
    package var factor: Factor
    package var revenue: Double
    package var profit: Double
  }

  package struct CostRow: Sendable, Hashable, Codable {
    package var account: String
    package var plan: Double
    package var actual: Double
    /// On profit: plan − actual.
    package var profit: Double { plan - actual }
  }

  package var plan: Side
  package var actual: Side
  package var rows: [Row]
  package var fixedCosts: [CostRow]

  package var revenueDifference: Double { actual.revenue - plan.revenue }
  package var profitDifference: Double { actual.profit - plan.profit }

  package func revenue(_ factor: Factor) -> Double {
    rows.reduce(0) { $0 + ($1.factor == factor ? $1.revenue : 0) }
  }

  /// The fixed costs are in `cost`.
  package func profit(_ factor: Factor) -> Double {
    rows.reduce(0) { $0 + ($1.factor == factor ? $1.profit : 0) }
      + (factor == .cost ? fixedCosts.reduce(0) { $0 + $1.profit } : 0)
  }

  package init(plan: Side, actual: Side) {
    self.plan = plan
    self.actual = actual
    let groups = Set((plan.lines + actual.lines).map(\.group)).sorted()
    rows = groups.flatMap { group in
      VarianceGroup(
        plan: plan.lines.filter { $0.group == group },
        actual: actual.lines.filter { $0.group == group }
      ).rows()
    }
    let accounts = Set(plan.fixedCosts.keys).union(actual.fixedCosts.keys).sorted()
    fixedCosts = accounts.map {
      CostRow(
        account: $0, plan: plan.fixedCosts[$0] ?? 0, actual: actual.fixedCosts[$0] ?? 0)
    }
  }
}

/// Lines that are counted in the same piece.
struct VarianceGroup {
  private struct State {
    var volume = 0.0
    var mix: [Double] = []
    var price: [Double] = []
    var cost: [Double] = []
  }

  private let ids: [String]
  private var states: [State]

  init(plan: [Variance.Line], actual: [Variance.Line]) {
    ids = Set((plan + actual).map(\.id)).sorted()
    let names = ids
    states = [plan, actual].map { lines in
      var state = State()
      state.volume = lines.reduce(0) { $0 + $1.quantity }
      for id in names {
        let own = lines.filter { $0.id == id }
        let quantity = own.reduce(0) { $0 + $1.quantity }
        state.mix.append(state.volume > 0 ? quantity / state.volume : .nan)
        state.price.append(
          quantity > 0 ? own.reduce(0) { $0 + $1.revenue } / quantity : .nan)
        state.cost.append(quantity > 0 ? own.reduce(0) { $0 + $1.cost } / quantity : .nan)
      }
      return state
    }
    fill()
  }

  /// What one side does not have is taken from the other: a line that was not sold has no price of its
  /// own, so that its whole difference is one of volume and mix.
  private mutating func fill() {
    func value(_ own: Double, _ other: Double) -> Double {
      own.isNaN ? (other.isNaN ? 0 : other) : own
    }
    let (plan, actual) = (states[0], states[1])
    for (side, other) in [(0, actual), (1, plan)] {
      for index in ids.indices {
        states[side].mix[index] = value(states[side].mix[index], other.mix[index])
        states[side].price[index] = value(states[side].price[index], other.price[index])
        states[side].cost[index] = value(states[side].cost[index], other.cost[index])
      }
    }
  }

  /// Weights |S|! (3 − |S|)! ÷ 4! of the coalitions that a factor joins.
  private static let weights = [1.0 / 4, 1.0 / 12, 1.0 / 12, 1.0 / 4]

  func rows() -> [Variance.Row] {
    ids.indices.flatMap { line in
      let values = (0..<16).map { worth(line, coalition: $0) }
      return Variance.Factor.allCases.enumerated().map { bit, factor in
        var (revenue, profit) = (0.0, 0.0)
        for coalition in 0..<16 where coalition & (1 << bit) == 0 {
          let weight = Self.weights[coalition.nonzeroBitCount]
          let (after, before) = (values[coalition | 1 << bit], values[coalition])
          revenue += weight * (after.revenue - before.revenue)
          profit += weight * (after.profit - before.profit)
        }
        return Variance.Row(line: ids[line], factor: factor, revenue: revenue, profit: profit)
      }
    }
  }

  /// Of a line when the factors in `coalition` (bits in the order of `Factor`) are as they happened.
  private func worth(_ line: Int, coalition: Int) -> (revenue: Double, profit: Double) {
    func state(_ bit: Int) -> State { states[coalition >> bit & 1] }
    let quantity = state(1).volume * state(2).mix[line]
    let revenue = quantity * state(0).price[line]
    return (revenue, revenue - quantity * state(3).cost[line])
  }
}
