import Forecast

extension ReportWriter {
  /// One sentence that answers, then the three figures and the three things that matter most.
  mutating func summary() {
    chapter("report_summary")
    let horizon = format.month(outcome.start.advanced(by: outcome.months - 1))
    paragraph(
      "report_answer",
      [
        "name": .strong(plan.name), "chance": chance(outcome.breakEvenBy.last ?? 0, run),
        "horizon": .text(horizon),
      ])
    if let spread = outcome.spreads[.breakEvenMonth], spread.quantiles.count == 9 {
      paragraph(
        "report_when",
        [
          "median": month(spread.quantiles[4], run), "low": month(spread.quantiles[2], run),
          "high": month(spread.quantiles[6], run),
        ])
    } else {
      paragraph("report_when_never")
    }
    paragraph(
      "report_money_needed",
      [
        "funding": money(outcome.fundingNeeded, run),
        "ruin": share(outcome.ruinBy.last ?? 0, run),
        "cash": money(content.trace.openingCash, openingCash),
      ])
    heading("report_matters")
    document.add(.bullets(matters()))
    keyFigures()
  }

  /// Where the first cash is from: the plan's line, or the ledger once it has begun.
  var openingCash: Source {
    if let actuals = content.actuals { return .ledger(position(actuals)) }
    let figure = content.figures.first { $0.path == "forecast.finance.cash" }
    return figure.map { written($0.line, $0.path, $0.text) } ?? means
  }

  private func matters() -> [[Inline]] {
    var items: [[Inline]] = []
    for bar in content.chance.bars.prefix(1) {
      items.append(
        text(
          "report_matter_driver",
          [
            "driver": .strong(label(bar.slot, bar.label)),
            "low": share(bar.goalAtLow, run), "high": share(bar.goalAtHigh, run),
          ]))
    }
    if let risks = content.risks, let first = risks.assessment.ranking.rows.first {
      items.append(
        text(
          "report_matter_risk",
          [
            "risk": .strong(first.name),
            "loss": money(first.residual.mean, lossSource(risks)),
          ]))
    }
    if let information = content.value.information, let first = information.drivers.first,
      first.value > 0
    {
      items.append(
        text(
          "report_matter_learn",
          [
            "driver": .strong(label(first.slot, first.name)),
            "value": money(first.value, run),
          ]))
    }
    if items.count < 3 {
      for bar in content.value.tornado.bars.prefix(3 - items.count) {
        items.append(
          text(
            "report_matter_value",
            [
              "driver": .strong(label(bar.slot, bar.label)),
              "low": money(bar.goalAtLow, run), "high": money(bar.goalAtHigh, run),
            ]))
      }
    }
    return items
  }

  /// An input's name as the reader knows it.
  func label(_ slot: Int, _ fallback: String) -> String {
    let slots = content.forecasted.model.parameters.slots
    guard slots.indices.contains(slot) else { return fallback }
    return name(of: slots[slot])
  }

  private mutating func keyFigures() {
    let figures: [(Outcome.Figure, (Double) -> String)] = [
      (.netPresentValue, format.money), (.leastCash, format.money),
      (.totalRevenue, format.money), (.totalProfit, format.money),
      (.finalCash, format.money), (.internalRate, format.percent),
      (.ruleOf40, format.percent), (.burnMultiple, format.number),
      (.lifetimeValueRatio, format.number), (.founderShare, format.percent),
    ]
    heading("report_key_figures")
    table(
      [
        "report_column_figure", "report_column_p10", "report_column_p50", "report_column_p90",
        "report_column_share",
      ], numeric: [1, 2, 3, 4],
      figures.compactMap { figure, show -> [[Inline]]? in
        guard let spread = outcome.spreads[figure], spread.quantiles.count == 9 else { return nil }
        var row: [[Inline]] = [[.text(words("report_figure_\(figure.rawValue)"))]]
        for level in [2, 4, 6] { row.append([.figure(show(spread.quantiles[level]), run)]) }
        row.append([share(spread.share, run)])
        return row
      })
  }
}
