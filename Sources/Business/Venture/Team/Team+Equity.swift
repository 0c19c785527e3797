package import Forecast

extension Team {
  /// Ids of the people and the planned hires.
  package var memberIDs: Set<String> { Set(people.map(\.id) + hires.map(\.id)) }

  /// The cap table through the plan's finance rounds; nil without an equity plan.
  ///
  /// - Parameter value: of a slot, such as its mean.
  package func capTable(
    rounds: [Finance.Round], value: (Parameter) -> Double
  ) throws(ForecastError) -> CapTable? {
    guard let equity else { return nil }
    return try equity.capTable(
      rounds: rounds.map {
        CapTable.Round(
          id: $0.id, name: $0.name, month: value($0.month), amount: value($0.amount),
          equity: value($0.equity))
      })
  }
}
