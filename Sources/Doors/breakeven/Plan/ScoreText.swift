import Forecast
import Foundation
import Venture

/// Scores for a terminal.
enum ScoreText {
  static func print(_ backtest: Backtest) {
    Output.line("\(backtest.origins) origins; each forecast made from what was known then")
    Output.line()
    table(backtest.measures)
    Output.line()
    for report in backtest.measures { verdicts(report) }
    if let brier = backtest.breakEvenBrier {
      Output.line("break-even within the horizon: Brier score \(rounded(brier))")
    }
    if let brier = backtest.ruinBrier {
      Output.line("out of cash within the horizon: Brier score \(rounded(brier))")
    }
  }

  static func print(_ cards: [PlanDesk.Scored]) {
    guard !cards.isEmpty else {
      return Output.line(
        "nothing is frozen yet; freeze today's forecast with: breakeven plan freeze")
    }
    for scored in cards {
      let frozen = scored.frozen
      Output.line(
        "\(frozen.hash.prefix(16))  \(DateText.iso(frozen.created))  \(frozen.months) months from \(frozen.start), \(frozen.paths) paths"
      )
      guard let card = scored.card else {
        Output.line("  no month of it is over yet")
        continue
      }
      Output.line("  scored on \(card.months) months")
      table(card.measures)
      for report in card.measures { verdicts(report) }
      Output.line()
    }
  }

  private static func table(_ measures: [MeasureReport]) {
    Output.table(
      [
        "MEASURE", "POINTS", "CRPS", "CRPS/SIZE", "MASE", "ERROR/NAIVE", "IN 50%", "IN 80%",
        "IN 95%",
      ],
      measures.map { report in
        [
          report.measure.rawValue, "\(report.points.count)", rounded(report.crps),
          rounded(report.relativeCRPS), report.mase.map(rounded) ?? "-",
          report.relativeToNaive.map(rounded) ?? "-",
        ] + report.bands.map { "\($0.coverage.hits)/\($0.coverage.count)" }
      }, right: [1, 2, 3, 4, 5, 6, 7, 8])
  }

  /// Says plainly which bands were wrong.
  private static func verdicts(_ report: MeasureReport) {
    for band in report.wrong {
      let level = Int((band.level * 100).rounded())
      let (low, high) = (Int((band.low * 100).rounded()), Int((band.high * 100).rounded()))
      Output.line(
        "\(report.measure.rawValue): the \(level)% band was \(band.verdict.rawValue.replacing("_", with: " ")): it held \(band.coverage.hits) of \(band.coverage.count) months (95% interval \(low)–\(high)%)"
      )
    }
  }

  private static func rounded(_ value: Double) -> String {
    value.isFinite
      ? value.formatted(.number.precision(.significantDigits(3)).grouping(.never)) : "-"
  }
}

/// A calibration for programs: the drivers, without the model.
struct CalibrationJSON: Encodable {
  let position: Int64
  let start: Month
  let drivers: [Calibration.DriverUpdate]

  init(_ result: CalibrationResult) {
    position = result.position
    start = result.model.start
    drivers = result.drivers
  }
}
