import Foundation

/// What it would be worth to know, before deciding. With V_d the value of decision d on a path:
/// of everything, EVPI = E[max_d V_d] − max_d E[V_d]; of one driver x (EVPPI),
/// E[max_d E[V_d | x]] − max_d E[V_d], the inner means by regression of V_d on x over the paths of
/// one run (Strong, Oakley & Brennan, "Estimating multiparameter partial expected value of perfect
/// information from a probabilistic sensitivity analysis sample", 2014).
package struct ValueOfInformation: Sendable, Hashable, Codable {
  package struct Driver: Sendable, Hashable, Codable {
    /// Index in the table of slots.
    package let slot: Int
    package let name: String
    /// The regression estimate. It leans high by about the regression's error, since it takes the
    /// best of fitted values on the paths that they were fitted on.
    package let value: Double
    /// What deciding by the rule learnt on the other half of the paths earns: leans low; with its
    /// standard error. A driver whose `lower` is not clearly above 0 is not worth money.
    package let lower: Double
    package let standardError: Double
  }

  /// Of all drivers and of luck: an upper bound on any research, in the values' unit.
  package let perfect: Double
  package let perfectError: Double
  /// The decision to take now.
  package let bestNow: Int
  /// What to learn next: the highest `lower` first, then the highest `value`.
  package let drivers: [Driver]

  /// - Parameters:
  ///   - values: [decision][path] on common random numbers, higher better; paths with a NaN are left
  ///     out.
  ///   - columns: each driver's values on the same paths.
  /// - Throws: `.noData` with fewer than 2 decisions or 200 paths.
  ///
  /// O(drivers × decisions × paths), plus sorting.
  package init(
    values: [[Double]], drivers columns: [(slot: Int, name: String, values: [Double])]
  ) throws(ForecastError) {
    guard values.count > 1 else {
      throw ForecastError(.noData, "information has a value only for a choice of two or more")
    }
    let kept = values[0].indices.filter { path in values.allSatisfy { !$0[path].isNaN } }
    guard kept.count >= 200 else {
      throw ForecastError(.noData, "the value of information needs 200 paths or more")
    }
    let values = values.map { row in kept.map { row[$0] } }
    let means = values.map(Statistics.mean)
    let best = means.indices.reduce(0) { means[$1] > means[$0] ? $1 : $0 }
    let gains = kept.indices.map { path in
      values.reduce(-Double.infinity) { max($0, $1[path]) } - values[best][path]
    }
    bestNow = best
    perfect = max(0, Statistics.mean(gains))
    perfectError = Statistics.standardError(gains)
    // Only differences from the best matter, and they are less noisy than the values.
    let differences = values.indices.filter { $0 != best }.map { index in
      zip(values[index], values[best]).map { $0 - $1 }
    }
    drivers = columns.map { column in
      Self.driver(column.slot, column.name, kept.map { column.values[$0] }, differences)
    }
    .enumerated()
    .sorted {
      ($1.element.lower, $1.element.value, $0.offset)
        < ($0.element.lower, $0.element.value, $1.offset)
    }
    .map(\.element)
  }

  /// The uncertain slots of a run's table.
  package init(
    values: [[Double]], table: PathTable, parameters: ParameterTable
  ) throws(ForecastError) {
    try self.init(
      values: values,
      drivers: parameters.uncertain.map {
        (slot: $0, name: parameters.slots[$0].name, values: table.slots[$0])
      })
  }

  private static func driver(
    _ slot: Int, _ name: String, _ x: [Double], _ differences: [[Double]]
  ) -> Driver {
    let basis = SplineBasis(values: x)
    let all = Array(x.indices)
    let fits = differences.map { basis.fitted($0, on: all, at: all) }
    let gain = all.map { path in fits.reduce(0) { max($0, $1[path]) } }
    // The mean of the fit is the mean of the values, so the best now needs no second term.
    let value = Statistics.mean(gain)
    // Even and odd paths: each half decides by what the other half taught.
    let halves = [all.filter { $0 % 2 == 0 }, all.filter { $0 % 2 == 1 }]
    var earned = Array(repeating: 0.0, count: x.count)
    for (learn, decide) in [(0, 1), (1, 0)] {
      let fits = differences.map { basis.fitted($0, on: halves[learn], at: halves[decide]) }
      for (place, path) in halves[decide].enumerated() {
        var best = 0.0
        for (index, fit) in fits.enumerated() where fit[place] > best {
          best = fit[place]
          earned[path] = differences[index][path]
        }
      }
    }
    return Driver(
      slot: slot, name: name, value: max(0, value), lower: max(0, Statistics.mean(earned)),
      standardError: Statistics.standardError(earned))
  }
}
