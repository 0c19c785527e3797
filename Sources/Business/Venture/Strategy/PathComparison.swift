package import Forecast

/// The paths compared: quantitative strategic planning matrix (David, 1986), Σ weight ×
/// attractiveness, and how sure its first place is when weights and scores are uncertain.
package struct PathComparison: Sendable, Hashable, Codable {
  package struct Entry: Sendable, Hashable, Codable {
    package let kind: VenturePaths.Kind
    package let scenario: String
    /// Attractiveness by criterion, 1–4.
    package let scores: [Double]
    /// Σ weight × attractiveness, 1–4, with its uncertainty.
    package let total: SampleSummary
    /// With all quantities at their means.
    package let stated: Double
    /// Chance that it is the best (a tie counts its share), and the second, …
    package let ranks: [Double]
    package var best: Double { ranks.first ?? 0 }
  }

  package let criteria: [String]
  package let weights: [Double]
  /// In the order of `VenturePaths.Kind`.
  package let entries: [Entry]
  /// [first][second]: chance that the first is better than the second.
  package let pairwise: [[Double]]
  package let seed: UInt64
  package let draws: Int

  /// Attractiveness, 1 (not attractive) to 4 (highly attractive).
  package static let scale: ClosedRange<Double> = 1...4

  /// The path with the largest chance to be best, and whether that chance is at least 80%: below it,
  /// the ranking is not settled.
  package var winner: (kind: VenturePaths.Kind, isSettled: Bool)? {
    entries.max { $0.best < $1.best }.map { ($0.kind, $0.best >= 0.8) }
  }

  /// - Throws: `invalid` when a path lacks scores, `range` for a bad number of draws, and what the
  ///   sheet's quantities throw.
  package init(
    _ plan: VenturePaths, _ compiled: CompiledQuantities, draws: Int = 10_000, seed: UInt64 = 1
  ) throws(ForecastError) {
    guard !plan.criteria.isEmpty, !plan.paths.isEmpty,
      plan.paths.allSatisfy({ $0.scores.count == plan.criteria.count })
    else {
      throw ForecastError(.invalid, "each path needs a score for each criterion")
    }
    let weightFields = plan.criteria.map(\.weight)
    let samples = try QuantitySamples(
      of: weightFields + plan.paths.flatMap(\.scores), compiled, count: draws, seed: seed)
    let weights = (0..<draws).map { draw in
      Self.shares(weightFields.map { samples[$0][draw] })
    }
    // The worths are on 0...1 for the ranking; the totals are on the scale's 1...4.
    let scores = (0..<draws).map { draw in
      plan.paths.map { path in path.scores.map { Self.held(samples[$0][draw]) } }
    }
    let stability = Acceptability(worths: scores, weights: weights)
    let stated = Self.shares(weightFields.map(samples.mean))
    entries = plan.paths.enumerated().map { index, path in
      let means = path.scores.map { Self.held(samples.mean($0)) }
      let totals = zip(scores, weights).map { draw, weights in
        zip(draw[index], weights).reduce(0) { $0 + $1.0 * $1.1 }
      }
      return Entry(
        kind: path.kind, scenario: path.scenario, scores: means, total: SampleSummary(totals),
        stated: zip(means, stated).reduce(0) { $0 + $1.0 * $1.1 }, ranks: stability.ranks[index])
    }
    criteria = plan.criteria.map(\.id)
    self.weights = stated
    pairwise = stability.pairwise
    self.seed = seed
    self.draws = draws
  }

  private static func shares(_ weights: [Double]) -> [Double] {
    let held = weights.map { max(0, $0) }
    let sum = held.reduce(0, +)
    guard sum > 0 else { return held.map { _ in 1 / Double(held.count) } }
    return held.map { $0 / sum }
  }

  private static func held(_ score: Double) -> Double {
    min(max(score, scale.lowerBound), scale.upperBound)
  }
}

extension Strategy {
  /// Weights that do not sum to 1, weights and scores out of range: problems at their lines.
  package func problems(_ compiled: CompiledQuantities) -> [PlanProblem] {
    guard let paths, let means = try? compiled.table.meanValues() else { return [] }
    let weights = paths.criteria.map(\.weight)
    var problems = QuantityBound.problems(
      weights.map { QuantityBound($0, 0...1, "a weight") }
        + paths.paths.flatMap(\.scores).map {
          QuantityBound($0, PathComparison.scale, "attractiveness")
        }, compiled)
    let sum = weights.reduce(0) { $0 + means[compiled.parameter($1.handle).index] }
    if let first = weights.first, abs(sum - 1) > 0.005 {
      problems.append(
        PlanProblem(
          line: first.line, field: "\(paths.field).criteria",
          "weights sum to \(rounded(sum)); they must sum to 1"))
    }
    return problems
  }
}
