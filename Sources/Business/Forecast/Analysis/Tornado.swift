/// What each driver alone does to a goal: its value with the driver at its 10th and at its 90th
/// percentile. Three ways, by cost:
///
/// - `conditional`: from one run's table, the mean over the paths whose driver lies near the
///   percentile. No further runs; correlated drivers move along, as they would.
/// - `deterministic`: a run without chance, one path each, others at their means. Quick, and blind
///   to everything that chance does (a "chance of" is 0 or 1).
/// - `simulated`: 2 runs a driver on the same random numbers, the driver fixed and the others as
///   they were. Costs 2 × drivers × paths.
package struct Tornado: Sendable, Hashable, Codable {
  package enum Method: String, Sendable, Hashable, Codable, CaseIterable {
    case conditional, deterministic, simulated
  }

  package struct Bar: Sendable, Hashable, Codable {
    /// Index in the table of slots.
    package let slot: Int
    package let name: String
    package let label: String
    /// The driver's P10 and P90, stored values.
    package let low: Double
    package let high: Double
    /// The goal at each, and the standard error of high − low.
    package let goalAtLow: Double
    package let goalAtHigh: Double
    package let error: Double

    package var swing: Double { abs(goalAtHigh - goalAtLow) }
  }

  package let goal: Goal
  package let method: Method
  /// The goal with every driver as it is.
  package let base: Double
  /// Widest first; equal ones in the table's order.
  package let bars: [Bar]

  package init(goal: Goal, method: Method, base: Double, bars: [Bar]) {
    self.goal = goal
    self.method = method
    self.base = base
    self.bars = bars.enumerated()
      .sorted { ($1.element.swing, $0.offset) < ($0.element.swing, $1.offset) }
      .map(\.element)
  }

  static let levels = (low: 0.1, high: 0.9)
}

extension Tornado {
  /// A swing within as many of its standard errors is left out of a conditional tornado: of hundreds of
  /// drivers some would come first by luck.
  static let clearErrors = 2.5

  /// The conditional tornado of a run: its uncertain slots whose swing is not chance. O(k n log n).
  package init(table: PathTable, model: Model, goal: Goal) {
    let values = goal.values(in: table, months: model.months)
    let bars = model.parameters.uncertain.map { index in
      Self.conditionalBar(model.parameters, index, table.slots[index], values)
    }.filter { $0.swing > Self.clearErrors * $0.error }
    self.init(
      goal: goal, method: .conditional, base: Statistics.mean(values.filter { !$0.isNaN }),
      bars: bars)
  }

  /// Means over the tenth of the paths around each percentile, ties with its edges included.
  private static func conditionalBar(
    _ table: ParameterTable, _ index: Int, _ driver: [Double], _ values: [Double]
  ) -> Bar {
    let sorted = driver.sorted()
    func near(_ level: Double) -> [Double] {
      let low = Statistics.quantile(sorted: sorted, level - 0.05)
      let high = Statistics.quantile(sorted: sorted, level + 0.05)
      return driver.indices.filter {
        driver[$0] >= low && driver[$0] <= high && !values[$0].isNaN
      }.map { values[$0] }
    }
    let (low, high) = (near(levels.low), near(levels.high))
    let errors = (Statistics.standardError(low), Statistics.standardError(high))
    return Bar(
      slot: index, name: table.slots[index].name, label: table.slots[index].label,
      low: Statistics.quantile(sorted: sorted, levels.low),
      high: Statistics.quantile(sorted: sorted, levels.high),
      goalAtLow: Statistics.mean(low), goalAtHigh: Statistics.mean(high),
      error: (errors.0 * errors.0 + errors.1 * errors.1).squareRoot())
  }

  /// A tornado by further runs, `simulated` or `deterministic`, of the uncertain slots in `slots` (all
  /// for nil). 40 drivers of a small venture over 60 months take about a second at 1,000 paths on 2
  /// cores, and a quarter without chance.
  ///
  /// - Throws: `.invalid` for the conditional method, which needs a table; `.range` for paths outside
  ///   2...100,000; what `Simulation` throws.
  package init(
    model: Model, goal: Goal, method: Method, slots: [Int]? = nil, paths: Int = 1_000,
    seed: UInt64 = 1
  ) throws(ForecastError) {
    guard method != .conditional else {
      throw ForecastError(.invalid, "a conditional tornado is made from a run's table")
    }
    guard (2...100_000).contains(paths) else {
      throw ForecastError(.range, "take 2 to 100,000 paths, not \(paths)")
    }
    let runs = try TornadoRuns(
      model: model, goal: goal, paths: method == .simulated ? paths : nil, seed: seed)
    var bars: [Bar] = []
    for index in slots ?? model.parameters.uncertain {
      let slot = model.parameters.slots[index]
      guard case .uncertain(let distribution) = slot.content else { continue }
      let atLow = try runs.values(slot: index, distribution, level: Self.levels.low)
      let atHigh = try runs.values(slot: index, distribution, level: Self.levels.high)
      let pairs = zip(atHigh, atLow).map { $0 - $1 }.filter { !$0.isNaN }
      bars.append(
        Bar(
          slot: index, name: slot.name, label: slot.label,
          low: distribution.quantile(Self.levels.low),
          high: distribution.quantile(Self.levels.high),
          goalAtLow: Statistics.mean(atLow.filter { !$0.isNaN }),
          goalAtHigh: Statistics.mean(atHigh.filter { !$0.isNaN }),
          error: Statistics.standardError(pairs)))
    }
    self.init(
      goal: goal, method: method, base: Statistics.mean(runs.base.filter { !$0.isNaN }),
      bars: bars)
  }
}
