import Forecast
import Foundation
import Ledger
import Venture

/// A forecast for a terminal.
struct ForecastText {
  private let forecasted: PlanDesk.Forecasted
  private let format: FigureFormat
  private let name: String
  private var outcome: Outcome { forecasted.outcome }

  init(_ forecasted: PlanDesk.Forecasted, desk: PlanDesk) throws {
    self.forecasted = forecasted
    let plan = try desk.plan().plan
    format = FigureFormat(language: .english, currency: plan.currency)
    name = plan.name
  }

  func print() {
    Output.line(
      "\(name): \(outcome.months) months from \(outcome.start), \(outcome.paths) paths, seed \(outcome.seed)"
    )
    let basis = forecasted.position.map { "moved by the ledger at position \($0)" } ?? "as written"
    Output.line("plan \(forecasted.planHash.prefix(16)), \(basis)")
    Output.line()
    chances()
    Output.line()
    years()
    Output.line()
    figures()
  }

  private func chances() {
    Output.line(
      "chance to break even by month \(outcome.months)   \(format.percent(outcome.breakEvenBy.last ?? 0))"
    )
    if let spread = outcome.spreads[.breakEvenMonth], spread.quantiles.count > 6 {
      let months = [2, 4, 6].map {
        format.month(outcome.start.advanced(by: Int(spread.quantiles[$0])))
      }
      Output.line("when it does: \(months[0]) to \(months[2]), median \(months[1])")
    }
    Output.line(
      "chance that cash lasts                \(format.percent(1 - (outcome.ruinBy.last ?? 0)))")
    Output.line("funding needed (95 of 100 paths)      \(format.money(outcome.fundingNeeded))")
  }

  private func years() {
    let ends = stride(from: 11, to: outcome.months, by: 12).map { $0 }
    let marks = ends.isEmpty || ends.last! < outcome.months - 1 ? ends + [outcome.months - 1] : ends
    var rows: [[String]] = []
    let measures: [Outcome.Measure] = [
      .customers, .revenue, .grossMargin, .profit, .cash, .tokenCost,
    ]
    for measure in measures {
      guard let fan = outcome.fans[measure] else { continue }
      rows.append(
        [measure.rawValue.replacing("_", with: " ")]
          + marks.map { month in
            let (low, middle, high) = (
              fan.quantiles[2][month], fan.quantiles[4][month], fan.quantiles[6][month]
            )
            return "\(show(measure, middle)) (\(show(measure, low)) … \(show(measure, high)))"
          })
    }
    Output.table(
      ["P50 (P10 … P90)"] + marks.map { outcome.start.advanced(by: $0).description }, rows,
      right: Swift.Set(1...marks.count))
  }

  private func show(_ measure: Outcome.Measure, _ value: Double) -> String {
    switch measure {
    case .customers, .machines, .tokens: format.number(value)
    case .grossMargin: format.percent(value)
    default: format.money(value)
    }
  }

  private func figures() {
    let rows = Outcome.Figure.allCases.compactMap { figure -> [String]? in
      guard let spread = outcome.spreads[figure], spread.quantiles.count > 6 else { return nil }
      let quantiles = [2, 4, 6].map { show(figure, spread.quantiles[$0]) }
      return [figure.rawValue.replacing("_", with: " "), format.percent(spread.share)] + quantiles
    }
    Output.table(["FIGURE", "PATHS", "P10", "P50", "P90"], rows, right: [1, 2, 3, 4])
  }

  private func show(_ figure: Outcome.Figure, _ value: Double) -> String {
    switch figure {
    case .breakEvenMonth, .paybackMonth, .ruinMonth:
      outcome.start.advanced(by: Int(value)).description
    case .internalRate, .ruleOf40, .founderShare: format.percent(value)
    case .burnMultiple, .lifetimeValueRatio: format.number(value)
    default: format.money(value)
    }
  }
}

/// A forecast for programs.
struct ForecastJSON: Encodable {
  let planHash: String
  let basis: String
  let scenario: String?
  let ledgerPosition: Int64?
  let currency: String
  let fundingNeeded: Double
  let levels: [Double]
  let streams: [String]
  let outcome: Outcome

  init(_ forecasted: PlanDesk.Forecasted) {
    planHash = forecasted.planHash
    basis = forecasted.request.basis.rawValue
    scenario = forecasted.request.scenario
    ledgerPosition = forecasted.position
    currency = forecasted.model.currency.code
    fundingNeeded = forecasted.outcome.fundingNeeded
    levels = Outcome.levels
    streams = forecasted.model.streams.map(\.id)
    outcome = forecasted.outcome
  }
}
