package import Forecast

/// What the responses are worth to the venture: the same paths with and without them.
package struct ResponseWorth: Sendable, Hashable, Codable {
  package struct Row: Sendable, Hashable, Codable {
    /// Id of the treatment; empty for all adopted ones together.
    package var id: String
    /// Chance of break-even within the horizon, with and without it.
    package var with: Double
    package var without: Double
    package var ruinWith: Double
    package var ruinWithout: Double
    /// Mean net present value: with − without.
    package var netPresentValue: Double
    /// Chance of break-even that it brings.
    package var worth: Double { with - without }
  }

  package var rows: [Row]
  /// With no risk treated.
  package var untreated: Double
}

extension RiskRegister {
  /// Runs the venture with all adopted treatments, with each left out (or added, when it is not
  /// adopted), and with none, on common random numbers.
  ///
  /// - Parameters:
  ///   - model: the plan lowered with the treatments of these ids.
  ///   - run: the simulation, always with the same seed and number of paths.
  package func responseWorth(
    model: (Set<String>) throws(ForecastError) -> Model,
    run: (Model) throws(ForecastError) -> Outcome
  ) throws(ForecastError) -> ResponseWorth {
    let all = try run(try model(adopted))
    let none = try run(try model([]))
    var rows = [Self.row("", all, none)]
    for treatment in treatments {
      let other = try run(try model(adopted.symmetricDifference([treatment.id])))
      rows.append(
        treatment.isAdopted
          ? Self.row(treatment.id, all, other) : Self.row(treatment.id, other, all))
    }
    return ResponseWorth(rows: rows, untreated: none.breakEvenBy.last ?? 0)
  }

  private static func row(_ id: String, _ with: Outcome, _ without: Outcome) -> ResponseWorth.Row {
    func value(_ outcome: Outcome) -> Double { outcome.spreads[.netPresentValue]?.mean ?? 0 }
    return ResponseWorth.Row(
      id: id, with: with.breakEvenBy.last ?? 0, without: without.breakEvenBy.last ?? 0,
      ruinWith: with.ruinBy.last ?? 0, ruinWithout: without.ruinBy.last ?? 0,
      netPresentValue: value(with) - value(without))
  }
}
