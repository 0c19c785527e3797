package import Forecast

/// The hiring plan in numbers, for one set of values of the inputs (means, medians, a path).
package struct HiringPlan: Sendable, Hashable, Codable {
  package struct Row: Sendable, Hashable, Codable {
    package var id: String
    package var name: String
    package var month: Double
    package var count: Double
    /// Money: a month and person with on-cost; hiring one; all of them in the first 12 months.
    package var loadedMonthly: Double
    package var recruiting: Double
    package var firstYear: Double
    package var rampMonths: Double
    /// Months of one person's work that the ramp-up costs (it is linear: half of it).
    package var lostMonths: Double
  }

  package var rows: [Row]
  package var firstYear: Double { rows.reduce(0) { $0 + $1.firstYear } }
  /// Heads by hire's id, for `Team.assess`.
  package var counts: [String: Int] {
    Dictionary(
      rows.map { ($0.id, Int(max(0, min($0.count, 1_000)).rounded())) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension Team {
  /// - Parameter value: of a slot, such as its mean.
  package func hiringPlan(
    _ compiled: CompiledQuantities, value: (Parameter) -> Double
  ) -> HiringPlan {
    func read(_ handle: FieldHandle) -> Double { value(compiled.parameter(handle)) }
    return HiringPlan(
      rows: hires.map { hire in
        let loaded = read(hire.salary) * (1 + read(hire.onCost))
        let (count, ramp) = (read(hire.count), max(0, read(hire.ramp)))
        return HiringPlan.Row(
          id: hire.id, name: hire.name, month: read(hire.month), count: count,
          loadedMonthly: loaded, recruiting: read(hire.recruiting),
          firstYear: count * (12 * loaded + read(hire.recruiting)), rampMonths: ramp,
          lostMonths: ramp / 2)
      })
  }
}
