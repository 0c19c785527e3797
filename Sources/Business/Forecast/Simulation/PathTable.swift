/// What single paths say: for sensitivity, decisions and scoring, where a quantile is not enough.
package struct PathTable: Sendable {
  /// By path; NaN where the path has none (never breaks even, say).
  package var figures: [Outcome.Figure: [Double]]
  /// Values of the table's slots, [slot][path], constants and formulas included.
  package var slots: [[Double]]
  /// [month][path].
  package var monthly: [Outcome.Measure: [[Double]]]

  package init(
    figures: [Outcome.Figure: [Double]] = [:], slots: [[Double]] = [],
    monthly: [Outcome.Measure: [[Double]]] = [:]
  ) {
    self.figures = figures
    self.slots = slots
    self.monthly = monthly
  }

  package var count: Int { figures.values.first?.count ?? slots.first?.count ?? 0 }
}
