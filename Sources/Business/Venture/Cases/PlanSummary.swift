/// What a forecast says about the measures of the reference classes: equally likely values of each.
package struct PlanSummary: Sendable, Hashable, Codable {
  package struct Entry: Sendable, Hashable, Codable {
    package var measure: ReferenceClass.Measure
    /// Which year of the plan (1-based), where there are several; 0 for the whole.
    package var year: Int
    /// One a path that has the figure, ascending; a single value for a share of the paths.
    package var values: [Double]
    /// Share of the paths that never have it (such as break-even).
    package var never: Double
  }

  package var entries: [Entry]

  package init(entries: [Entry] = []) { self.entries = entries }

  /// Adds a measure; values that are not finite count as never.
  package mutating func add(_ measure: ReferenceClass.Measure, year: Int = 0, _ values: [Double]) {
    guard !values.isEmpty else { return }
    let finite = values.filter(\.isFinite).sorted()
    entries.append(
      Entry(
        measure: measure, year: year, values: finite,
        never: Double(values.count - finite.count) / Double(values.count)))
  }

  /// Growth by year, margin and cost ratio of each year from months of paths.
  ///
  /// - Parameters: [month][path], of one size; years that are not whole are left out.
  package mutating func addYears(
    revenue: [[Double]], grossProfit: [[Double]], profit: [[Double]]
  ) {
    let (yearly, gross, net) = (
      Self.yearly(revenue), Self.yearly(grossProfit), Self.yearly(profit)
    )
    for year in yearly.indices {
      if year > 0 { add(.growth, year: year + 1, Self.ratio(yearly[year], yearly[year - 1])) }
      if year < gross.count {
        add(.grossMargin, year: year + 1, Self.ratio(gross[year], yearly[year]))
      }
      if year < net.count {
        add(.costRatio, year: year + 1, Self.ratio(net[year], yearly[year]).map { 1 - $0 })
      }
    }
  }

  /// Years from the start to break-even, of months with NaN for never; and the share of the paths
  /// that is not ruined within five years.
  package mutating func addTimes(breakEvenMonths: [Double], ruinMonths: [Double], months: Int) {
    add(.yearsToProfit, breakEvenMonths.map { $0 / 12 })
    guard months >= 60, !ruinMonths.isEmpty else { return }
    let ruined = ruinMonths.reduce(0) { $0 + ($1.isFinite && $1 <= 60 ? 1.0 : 0) }
    add(.survival, [1 - ruined / Double(ruinMonths.count)])
  }

  private static func yearly(_ months: [[Double]]) -> [[Double]] {
    (0..<months.count / 12).map { year in
      var sum = months[year * 12]
      for month in months[(year * 12 + 1)..<(year * 12 + 12)] {
        for path in sum.indices { sum[path] += month[path] }
      }
      return sum
    }
  }

  /// NaN where there is nothing to divide by.
  private static func ratio(_ above: [Double], _ below: [Double]) -> [Double] {
    zip(above, below).map { $1 > 0 ? $0 / $1 : .nan }
  }
}
