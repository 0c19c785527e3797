import Forecast

extension ReportWriter {
  mutating func forecast() {
    chapter("report_forecast")
    paragraph(
      content.planned == nil ? "report_forecast_from_plan" : "report_forecast_from_ledger",
      ["position": number(Double(content.forecasted.position ?? 0), run)])
    paragraph("report_bands")
    fan(.cash, "report_chart_cash")
    fan(.revenue, "report_chart_revenue")
    fan(.grossMargin, "report_chart_margin")
    fan(.customers, "report_chart_customers")
    chances()
    years()
    funding()
    revenue()
    costs()
  }

  private mutating func fan(_ measure: Outcome.Measure, _ key: String) {
    guard let fan = outcome.fans[measure] else { return }
    chart(
      Charts.fan(
        fan, start: outcome.start, title: words(key), format: format,
        isMoney: measure != .customers, isShare: measure == .grossMargin))
    // A chart shows; the last month's figures are said with their source.
    let last = outcome.months - 1
    func show(_ value: Double) -> String {
      switch measure {
      case .grossMargin: format.percent(value)
      case .customers: format.number(value)
      default: format.money(value)
      }
    }
    paragraph(
      "report_fan_end",
      [
        "month": .text(format.month(outcome.start.advanced(by: last))),
        "low": .figure(show(fan.quantiles[2][last]), run),
        "median": .figure(show(fan.quantiles[4][last]), run),
        "high": .figure(show(fan.quantiles[6][last]), run),
      ])
  }

  private mutating func chances() {
    chart(
      Charts.chances(
        [
          (words("report_line_break_even"), outcome.breakEvenBy, .accent),
          (words("report_line_payback"), outcome.paybackBy, .gain),
          (words("report_line_ruin"), outcome.ruinBy, .loss),
        ], start: outcome.start, title: words("report_chart_chances"), format: format))
    let ends = stride(from: 11, to: outcome.months, by: 12)
    table(
      ["report_column_by", "report_line_break_even", "report_line_payback", "report_line_ruin"],
      numeric: [1, 2, 3],
      ends.map { month -> [[Inline]] in
        [
          [.text(format.month(outcome.start.advanced(by: month)))],
          [share(outcome.breakEvenBy[month], run)], [share(outcome.paybackBy[month], run)],
          [share(outcome.ruinBy[month], run)],
        ]
      })
  }

  /// The month that ends each year of the forecast: percentiles of a year's sum are not the sum of
  /// the months', so the table shows the months themselves.
  private mutating func years() {
    heading("report_years")
    paragraph("report_years_note")
    let measures: [(Outcome.Measure, (Double) -> String)] = [
      (.revenue, format.money), (.grossMargin, format.percent), (.profit, format.money),
      (.cumulativeProfit, format.money), (.cash, format.money), (.customers, format.number),
      (.tokens, format.number), (.machines, format.number), (.tokenCost, format.money),
    ]
    var ends = Array(stride(from: 11, to: outcome.months, by: 12))
    if ends.isEmpty { ends = [outcome.months - 1] }
    let heads = ends.suffix(5)
    document.add(
      .table(
        .init(
          columns: [words("report_column_measure")]
            + heads.map { format.month(outcome.start.advanced(by: $0)) },
          numeric: Set(1...heads.count),
          rows: measures.compactMap { measure, show -> [[Inline]]? in
            guard let fan = outcome.fans[measure] else { return nil }
            var row: [[Inline]] = [[.text(words("report_measure_\(measure.rawValue)"))]]
            for month in heads {
              let values = [2, 4, 6].map { show(fan.quantiles[$0][month]) }
              row.append([.figure("\(values[1])\n\(values[0])…\(values[2])", run)])
            }
            return row
          })))
  }

  private mutating func funding() {
    heading("report_funding")
    paragraph("report_funding_answer", ["funding": money(outcome.fundingNeeded, run)])
    let finance = content.forecasted.model.finance
    func value(_ parameter: Parameter) -> Double { content.trace.slots[parameter.index] }
    func origin(_ path: String) -> Source {
      content.figures.first { $0.path == path }.map { written($0.line, $0.path, $0.text) } ?? means
    }
    table(
      [
        "report_column_round", "report_column_when", "report_column_amount",
        "report_column_probability", "report_column_equity",
      ], numeric: [2, 3, 4],
      finance.rounds.map { round -> [[Inline]] in
        let path = "forecast.finance.rounds[\(round.id)]"
        return [
          [.text(round.name)],
          [
            .figure(
              format.month(outcome.start.advanced(by: Int(min(max(value(round.month), 0), 1_200)))),
              origin("\(path).month"))
          ],
          [money(value(round.amount), origin("\(path).amount"))],
          [share(value(round.probability), origin("\(path).probability"))],
          [share(value(round.equity), origin("\(path).equity"))],
        ]
      })
    if let ruin = outcome.spreads[.ruinMonth], ruin.quantiles.count == 9 {
      paragraph(
        "report_runway",
        [
          "share": share(ruin.share, run), "early": month(ruin.quantiles[2], run),
          "median": month(ruin.quantiles[4], run),
        ])
    }
  }

  private mutating func revenue() {
    let streams = content.forecasted.model.streams
    guard outcome.revenueByStream.count == streams.count, streams.count > 1 else { return }
    chart(
      Charts.stack(
        zip(streams, outcome.revenueByStream).map { ($0.name, $1) }, start: outcome.start,
        title: words("report_chart_streams"), format: format))
  }

  private mutating func costs() {
    let accounts = outcome.costByAccount.map { ($0.key, $0.value.reduce(0, +)) }
      .filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    guard !accounts.isEmpty else { return }
    chart(
      Charts.stack(
        accounts.prefix(8).map { (words("account_\($0.0)"), outcome.costByAccount[$0.0] ?? []) },
        start: outcome.start, title: words("report_chart_costs"), format: format))
    let whole = accounts.reduce(0) { $0 + $1.1 }
    table(
      ["report_column_account", "report_column_total", "report_column_part"], numeric: [1, 2],
      accounts.map { account, total -> [[Inline]] in
        [
          [.text(words("account_\(account)"))], [money(total, run)], [share(total / whole, run)],
        ]
      })
  }
}
