package import Forecast

/// A path by both ways of judging: criteria, and the simulation of its scenario.
package struct PathVerdict: Sendable, Hashable, Codable {
  package let kind: VenturePaths.Kind
  /// Chance to be best by the criteria.
  package let bestByCriteria: Double
  /// Chance to be best of the simulated paths, and the mean of the goal; nil when not simulated.
  package let bestBySimulation: Double?
  package let expected: Double?
}

extension PathComparison {
  /// Beside the simulation of the paths' scenarios, whose rows carry the paths' names as ids.
  package func verdicts(with simulated: Comparison?) -> [PathVerdict] {
    entries.map { entry in
      let row = simulated?.rows.first { $0.id == entry.kind.rawValue }
      return PathVerdict(
        kind: entry.kind, bestByCriteria: entry.best, bestBySimulation: row?.chanceBest,
        expected: row?.expected)
    }
  }

  /// Whether both ways name the same path; nil when fewer than two paths were simulated.
  package func agrees(with simulated: Comparison) -> Bool? {
    let verdicts = verdicts(with: simulated).filter { $0.bestBySimulation != nil }
    guard verdicts.count > 1 else { return nil }
    let byCriteria = verdicts.max { $0.bestByCriteria < $1.bestByCriteria }
    let bySimulation = verdicts.max { ($0.bestBySimulation ?? 0) < ($1.bestBySimulation ?? 0) }
    return byCriteria?.kind == bySimulation?.kind
  }
}
