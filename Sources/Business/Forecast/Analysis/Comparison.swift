/// One way to go: a model of its own.
package struct Alternative: Sendable {
  package let id: String
  package let name: String
  package let model: Model

  package init(id: String, name: String, model: Model) {
    self.id = id
    self.name = name
    self.model = model
  }
}

/// Alternatives judged on the same random numbers, so that what differs is the choice and not luck.
/// Rows keep the order in which the alternatives were given.
package struct Comparison: Sendable, Hashable, Codable {
  package struct Row: Sendable, Hashable, Codable {
    package let id: String
    package let name: String
    /// Mean over the paths and its Monte Carlo standard error.
    package let expected: Double
    package let standardError: Double
    package let deviation: Double
    /// P10, P50, P90.
    package let quantiles: [Double]
    /// Mean of the worst tenth of the paths (CVaR₁₀).
    package let worstDecile: Double
    /// Share of the paths on which it is the best; paths where several tie are split among them.
    package let chanceBest: Double
    /// Mean distance from the path's best.
    package let regret: Double
    /// Share of the paths on which it beats the first alternative (ties count half), the mean
    /// difference from it and that difference's standard error: positive means higher.
    package let chanceBetter: Double
    package let difference: Double
    package let differenceError: Double
  }

  /// How surely one is at least as good as another.
  package enum Dominance: String, Sendable, Hashable, Codable {
    /// On every path; at every percentile; for everybody who dislikes risk.
    case always, firstOrder = "first_order", secondOrder = "second_order"
  }

  package struct Dominated: Sendable, Hashable, Codable {
    /// Indices of rows.
    package let better: Int
    package let worse: Int
    package let dominance: Dominance
  }

  package let goal: Goal
  /// Paths on which every alternative has the figure.
  package let paths: Int
  package let rows: [Row]
  package let dominated: [Dominated]
  /// What knowing each path in advance would be worth: E[max] − max E, in the goal's unit.
  package let perfectInformation: Double

  /// The index of the row with the best expected value; of equal ones the first.
  package var bestExpected: Int { best(\.expected) }
  /// The index of the row with the best worst decile.
  package var bestWorstDecile: Int { best(\.worstDecile) }

  private func best(_ figure: KeyPath<Row, Double>) -> Int {
    rows.indices.reduce(0) { best, next in
      let (a, b) = (rows[next][keyPath: figure], rows[best][keyPath: figure])
      return (goal.isHigherBetter ? a > b : a < b) ? next : best
    }
  }
}

extension Comparison {
  /// Runs each alternative on the same seed. Costs a simulation each.
  ///
  /// - Throws: `.invalid` for no or more than 64 alternatives, or paths outside 2...1,000,000; what
  ///   `Simulation` throws of a model.
  package init(
    _ alternatives: [Alternative], goal: Goal = .netPresentValue, paths: Int = 10_000,
    seed: UInt64 = 1
  ) throws(ForecastError) {
    guard (1...64).contains(alternatives.count) else {
      throw ForecastError(.invalid, "compare 1 to 64 alternatives, not \(alternatives.count)")
    }
    guard (2...1_000_000).contains(paths) else {
      throw ForecastError(.invalid, "compare on 2 to 1,000,000 paths, not \(paths)")
    }
    var values: [[Double]] = []
    for alternative in alternatives {
      let simulation = try Simulation(alternative.model)
      let table = simulation.table(paths: paths, seed: seed, measures: goal.measures)
      values.append(goal.values(in: table, months: alternative.model.months))
    }
    self.init(
      names: alternatives.map { ($0.id, $0.name) }, values: values, goal: goal)
  }

  /// - Parameter values: [alternative][path]; paths where one is NaN are left out.
  package init(names: [(id: String, name: String)], values: [[Double]], goal: Goal) {
    precondition(!values.isEmpty && names.count == values.count, "each alternative has values")
    precondition(Set(values.map(\.count)).count == 1, "the same paths for each alternative")
    let kept = values[0].indices.filter { path in values.allSatisfy { !$0[path].isNaN } }
    let values =
      kept.count == values[0].count ? values : values.map { row in kept.map { row[$0] } }
    // Signed so that higher is better.
    let sign: Double = goal.isHigherBetter ? 1 : -1
    let tally = Self.tally(values, sign)
    self.goal = goal
    paths = kept.count
    rows = values.indices.map { index in
      let sorted = values[index].sorted()
      let difference = zip(values[index], values[0]).map { $0 - $1 }
      let wins = difference.reduce(0.0) { $0 + ($1 * sign > 0 ? 1 : $1 == 0 ? 0.5 : 0) }
      return Row(
        id: names[index].id, name: names[index].name, expected: Statistics.mean(values[index]),
        standardError: Statistics.standardError(values[index]),
        deviation: Statistics.deviation(values[index]),
        quantiles: [0.1, 0.5, 0.9].map { Statistics.quantile(sorted: sorted, $0) },
        worstDecile: Statistics.worstMean(
          values[index], share: 0.1, isHigherBetter: goal.isHigherBetter),
        chanceBest: tally.best[index], regret: tally.regret[index],
        chanceBetter: kept.isEmpty ? .nan : wins / Double(kept.count),
        difference: Statistics.mean(difference),
        differenceError: Statistics.standardError(difference))
    }
    let means = values.map { sign * Statistics.mean($0) }
    perfectInformation = max(0, tally.meanBest - (means.max() ?? 0))
    dominated = Self.dominances(values, sign)
  }

  /// Shares of paths won, mean regrets and the mean of the paths' best (signed).
  private static func tally(
    _ values: [[Double]], _ sign: Double
  ) -> (best: [Double], regret: [Double], meanBest: Double) {
    let count = values[0].count
    var best = Array(repeating: 0.0, count: values.count)
    var regret = best
    var total = 0.0
    for path in 0..<count {
      let top = values.reduce(-Double.infinity) { max($0, sign * $1[path]) }
      let winners = values.indices.filter { sign * values[$0][path] == top }
      for index in winners { best[index] += 1 / Double(winners.count) }
      for index in values.indices { regret[index] += top - sign * values[index][path] }
      total += top
    }
    let scale = count > 0 ? 1 / Double(count) : .nan
    return (best.map { $0 * scale }, regret.map { $0 * scale }, total * scale)
  }

  /// The strongest dominance of each ordered pair that has one (Hadar & Russell, 1969).
  private static func dominances(_ values: [[Double]], _ sign: Double) -> [Dominated] {
    let signed = values.map { $0.map { $0 * sign } }
    let sorted = signed.map { $0.sorted() }
    var found: [Dominated] = []
    for a in values.indices {
      for b in values.indices where a != b && sorted[a] != sorted[b] {
        let dominance: Dominance? =
          zip(signed[a], signed[b]).allSatisfy(>=)
          ? .always
          : zip(sorted[a], sorted[b]).allSatisfy(>=)
            ? .firstOrder : isSecondOrder(sorted[a], sorted[b]) ? .secondOrder : nil
        if let dominance { found.append(Dominated(better: a, worse: b, dominance: dominance)) }
      }
    }
    return found
  }

  /// The worst k of `a` sum to no less than those of `b`, for every k.
  private static func isSecondOrder(_ a: [Double], _ b: [Double]) -> Bool {
    var lead = 0.0
    for (x, y) in zip(a, b) {
      lead += x - y
      if lead < 0 { return false }
    }
    return true
  }
}
