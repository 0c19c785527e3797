/// Every state and flow of one path, month by month, by name.
///
/// Names: `segments.<id>.customers|new|churned|free|signups|converted|adopters|tokens|events`,
/// `streams.<id>.quantity|revenue|billed|deferred`, `costs.<account>`, `fleet.*`, `shocks.<id>.*`,
/// `cash.<flow>` and the balances `cash`, `receivable`, `deferred`, `payable`, `loans`, `hardware`;
/// the list with its identities is at `Simulation`.
package struct PathTrace: Sendable {
  package let months: Int
  package let openingCash: Double
  /// Values of the table's slots on this path.
  package let slots: [Double]
  /// A value a month.
  package let series: [String: [Double]]
  /// Without those that the path does not have.
  package let figures: [Outcome.Figure: Double]

  package init(
    months: Int, openingCash: Double, slots: [Double], series: [String: [Double]],
    figures: [Outcome.Figure: Double]
  ) {
    self.months = months
    self.openingCash = openingCash
    self.slots = slots
    self.series = series
    self.figures = figures
  }

  /// The series of that name; zeros for one that the model does not have.
  package subscript(name: String) -> [Double] {
    series[name] ?? [Double](repeating: 0, count: months)
  }
}
