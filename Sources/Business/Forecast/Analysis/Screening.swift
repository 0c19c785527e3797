/// The cheap first look at what matters, from one run's table and no further paths: rank
/// correlations and a regression on ranks (Saltelli & Sobol, 1995; Helton & Davis, 2002).
package struct Screening: Sendable, Hashable, Codable {
  package struct Driver: Sendable, Hashable, Codable {
    /// Index in the table of slots.
    package let slot: Int
    package let name: String
    /// Spearman's ρ with the goal.
    package let rankCorrelation: Double
    /// Share of Σ ρ², with ρ's sign: what spreadsheets call contribution to variance. It counts
    /// correlated drivers twice.
    package let contribution: Double
    /// Standardised rank regression coefficient: the effect with the other drivers held, in
    /// deviations of the goal's rank a deviation of the driver's.
    package let regression: Double
  }

  /// Strongest |ρ| first; equal ones in the table's order.
  package let drivers: [Driver]
  /// Share of the ranks' variance that the regression explains: near 1 means that the drivers act
  /// steadily and add up; low means luck, or effects that turn or interact: use Sobol indices.
  package let explained: Double

  /// - Parameters:
  ///   - columns: a driver's values on each path.
  ///   - goal: values on the same paths; paths with NaN are left out.
  ///
  /// O(k n log n + k² n).
  package init(drivers columns: [(slot: Int, name: String, values: [Double])], goal: [Double]) {
    let kept = goal.indices.filter { !goal[$0].isNaN }
    let target = Self.standardised(kept.map { goal[$0] })
    let ranks = columns.map { column in Self.standardised(kept.map { column.values[$0] }) }
    let rho = ranks.map { Self.product($0, target) }
    let coefficients = Self.regress(ranks, rho)
    let total = rho.reduce(0) { $0 + $1 * $1 }
    explained = min(1, max(0, zip(coefficients, rho).reduce(0) { $0 + $1.0 * $1.1 }))
    drivers = columns.indices.map { index in
      let r = rho[index]
      return Driver(
        slot: columns[index].slot, name: columns[index].name, rankCorrelation: r,
        contribution: total > 0 ? (r < 0 ? -1 : 1) * r * r / total : 0,
        regression: coefficients[index])
    }
    .enumerated()
    .sorted {
      (abs($1.element.rankCorrelation), $0.offset) < (abs($0.element.rankCorrelation), $1.offset)
    }
    .map(\.element)
  }

  /// The uncertain slots of `parameters` over a run's table.
  package init(table: PathTable, parameters: ParameterTable, goal: [Double]) {
    self.init(
      drivers: parameters.uncertain.map {
        (slot: $0, name: parameters.slots[$0].name, values: table.slots[$0])
      }, goal: goal)
  }

  /// Ranks with mean 0 and sum of squares 1; all 0 when nothing varies.
  private static func standardised(_ values: [Double]) -> [Double] {
    let ranks = Statistics.ranks(values)
    let mean = Double(values.count + 1) / 2
    let length = ranks.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
    return ranks.map { length > 0 ? ($0 - mean) / length : 0 }
  }

  private static func product(_ x: [Double], _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Solves R β = ρ, R the correlations between the drivers; a driver that the earlier ones already
  /// determine gets 0.
  private static func regress(_ ranks: [[Double]], _ rho: [Double]) -> [Double] {
    let matrix = ranks.indices.map { i in
      (0...i).map { j in i == j ? product(ranks[i], ranks[i]) : product(ranks[i], ranks[j]) }
    }
    return LeastSquares.solve(lower: matrix, rho)
  }
}
