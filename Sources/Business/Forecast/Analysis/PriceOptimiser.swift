/// Finds the setting of one or more levers that makes a goal best in expectation, or in its worst
/// tenth, on common random numbers: prices against customers' elasticity, plans, budgets.
///
/// The whole grid is evaluated (two levers: their product), then each lever is refined in turn by
/// golden section between the neighbours of the best point. On common random numbers the curve is
/// smooth enough for that; where it is not, the grid's best point still stands.
package struct PriceOptimiser: Sendable {
  package struct Lever: Sendable, Hashable {
    package let name: String
    package let parameter: Parameter
    package let range: ClosedRange<Double>

    package init(name: String, parameter: Parameter, range: ClosedRange<Double>) {
      self.name = name
      self.parameter = parameter
      self.range = range
    }
  }

  package enum Criterion: String, Sendable, Hashable, Codable, CaseIterable {
    case expected, worstDecile = "worst_decile"
  }

  package struct Point: Sendable, Hashable, Codable {
    /// By lever.
    package let settings: [Double]
    package let expected: Double
    package let standardError: Double
    package let worstDecile: Double
    /// P10, P50, P90.
    package let quantiles: [Double]
    /// Mean difference from today on the same paths, its standard error, and the share of paths that
    /// do better than today (ties count half).
    package let difference: Double
    package let differenceError: Double
    package let chanceBetter: Double
  }

  package struct Result: Sendable, Hashable, Codable {
    package let goal: Goal
    package let criterion: Criterion
    package let levers: [String]
    /// Without a lever touched; `settings` empty.
    package let today: Point
    /// Ascending by settings, grid and refinement together.
    package let curve: [Point]
    package let best: Point
    package let evaluations: Int
  }

  package let goal: Goal
  package let criterion: Criterion

  package init(goal: Goal = .netPresentValue, criterion: Criterion = .expected) {
    self.goal = goal
    self.criterion = criterion
  }

  /// Over a model; costs (grid^levers + refinements × levers + 1) runs of `paths` paths:
  /// about 0.7 s for one lever over 60 months on 2 cores.
  ///
  /// - Throws: `.range` for no or more than 2 levers, an empty or infinite range, a grid outside 3...101;
  ///   what `Simulation` throws.
  package func run(
    model: Model, levers: [Lever], grid: Int = 13, refinements: Int = 12, paths: Int = 2_000,
    seed: UInt64 = 1
  ) throws(ForecastError) -> Result {
    guard (2...1_000_000).contains(paths) else {
      throw ForecastError(.range, "take 2 to 1,000,000 paths, not \(paths)")
    }
    func evaluate(_ settings: [Double]?) throws(ForecastError) -> [Double] {
      var changed = model
      for (lever, setting) in zip(levers, settings ?? []) {
        changed = changed.pinned(lever.parameter, at: setting)
      }
      let table = try Simulation(changed).table(
        paths: paths, seed: seed, measures: goal.measures)
      return goal.values(in: table, months: model.months)
    }
    return try run(
      levers: levers.map { ($0.name, $0.range) }, grid: grid, refinements: refinements,
      evaluate: evaluate)
  }

  /// Over any function of the settings (nil: as it is today) that gives the goal on each path.
  package func run(
    levers: [(name: String, range: ClosedRange<Double>)], grid: Int = 13, refinements: Int = 12,
    evaluate: (_ settings: [Double]?) throws(ForecastError) -> [Double]
  ) throws(ForecastError) -> Result {
    try check(levers, grid, refinements)
    let base = try evaluate(nil)
    var points: [Point] = []
    func visit(_ settings: [Double]) throws(ForecastError) -> Double {
      if let known = points.first(where: { $0.settings == settings }) { return score(known) }
      points.append(point(settings, try evaluate(settings), base))
      return score(points[points.count - 1])
    }
    var best = try bestOfGrid(levers.map(\.range), grid, visit)
    for lever in levers.indices where refinements > 0 {
      let step =
        (levers[lever].range.upperBound - levers[lever].range.lowerBound) / Double(grid - 1)
      let low = max(levers[lever].range.lowerBound, best[lever] - step)
      let high = min(levers[lever].range.upperBound, best[lever] + step)
      try goldenSection(low, high, refinements) { (setting) throws(ForecastError) in
        var settings = best
        settings[lever] = setting
        return try visit(settings)
      }
      best = points.max { score($0) < score($1) }?.settings ?? best
    }
    let winner = points.max { score($0) < score($1) }!
    return Result(
      goal: goal, criterion: criterion, levers: levers.map(\.name), today: point([], base, base),
      curve: points.sorted { $0.settings.lexicographicallyPrecedes($1.settings) }, best: winner,
      evaluations: points.count + 1)
  }

  private func check(
    _ levers: [(name: String, range: ClosedRange<Double>)], _ grid: Int, _ refinements: Int
  ) throws(ForecastError) {
    guard (1...2).contains(levers.count) else {
      throw ForecastError(.range, "choose one or two levers, not \(levers.count)")
    }
    guard (3...101).contains(grid), (0...60).contains(refinements) else {
      throw ForecastError(.range, "the grid has 3 to 101 points and 0 to 60 refinements")
    }
    for lever in levers {
      let (low, high) = (lever.range.lowerBound, lever.range.upperBound)
      guard low < high, low.isFinite, high.isFinite else {
        throw ForecastError(
          .range, "the lever's range is empty: give two numbers, the lower first",
          field: lever.name)
      }
    }
  }

  /// Higher is better.
  private func score(_ point: Point) -> Double {
    let value = criterion == .expected ? point.expected : point.worstDecile
    return value.isNaN ? -.infinity : goal.isHigherBetter ? value : -value
  }

  private func point(_ settings: [Double], _ values: [Double], _ base: [Double]) -> Point {
    let kept = values.filter { !$0.isNaN }
    let sorted = kept.sorted()
    let sign: Double = goal.isHigherBetter ? 1 : -1
    let differences = zip(values, base).map { $0 - $1 }.filter { !$0.isNaN }
    let wins = differences.reduce(0.0) { $0 + ($1 * sign > 0 ? 1 : $1 == 0 ? 0.5 : 0) }
    return Point(
      settings: settings, expected: Statistics.mean(kept),
      standardError: Statistics.standardError(kept),
      worstDecile: Statistics.worstMean(kept, share: 0.1, isHigherBetter: goal.isHigherBetter),
      quantiles: [0.1, 0.5, 0.9].map { Statistics.quantile(sorted: sorted, $0) },
      difference: Statistics.mean(differences),
      differenceError: Statistics.standardError(differences),
      chanceBetter: wins / Double(differences.count))
  }

  private func bestOfGrid(
    _ ranges: [ClosedRange<Double>], _ grid: Int,
    _ visit: (_ settings: [Double]) throws(ForecastError) -> Double
  ) throws(ForecastError) -> [Double] {
    let axes = ranges.map { range in
      (0..<grid).map {
        $0 == grid - 1
          ? range.upperBound
          : range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(grid - 1)
      }
    }
    let settings = axes.dropFirst().reduce(axes[0].map { [$0] }) { rows, axis in
      rows.flatMap { row in axis.map { row + [$0] } }
    }
    var best = (settings: settings[0], score: -Double.infinity)
    for candidate in settings {
      let score = try visit(candidate)
      if score > best.score { best = (candidate, score) }
    }
    return best.settings
  }

  /// Narrows [low, high] around a maximum, one evaluation a step after the first two (Kiefer, 1953).
  private func goldenSection(
    _ low: Double, _ high: Double, _ steps: Int,
    _ visit: (_ setting: Double) throws(ForecastError) -> Double
  ) throws(ForecastError) {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (low, high)
    var (a, b) = (high - ratio * (high - low), low + ratio * (high - low))
    var (scoreA, scoreB) = (try visit(a), try visit(b))
    for _ in 2..<max(2, steps) {
      if scoreA >= scoreB {
        (high, b, scoreB) = (b, a, scoreA)
        a = high - ratio * (high - low)
        scoreA = try visit(a)
      } else {
        (low, a, scoreA) = (a, b, scoreB)
        b = low + ratio * (high - low)
        scoreB = try visit(b)
      }
    }
  }
}
