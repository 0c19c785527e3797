import Forecast

extension ReportWriter {
  mutating func actuals() {
    chapter("report_actuals")
    guard let actuals = content.actuals, let planned = content.planned else {
      return missing("report_missing_actuals")
    }
    let source = Source.ledger(position(actuals))
    paragraph(
      "report_actuals_answer",
      ["months": number(Double(actuals.complete.count), source)])
    for (measure, key) in [
      (Outcome.Measure.revenue, "report_chart_actual_revenue"),
      (.cash, "report_chart_actual_cash"), (.customers, "report_chart_actual_customers"),
    ] {
      guard let fan = planned.outcome.fans[measure] else { continue }
      chart(
        Charts.fan(
          fan, start: planned.outcome.start, title: words(key), format: format,
          actuals: dots(actuals, measure, planned.outcome.start), isMoney: measure != .customers))
    }
    months(actuals, planned, source)
    calibration(source)
  }

  /// What was read, and for which months.
  func position(_ actuals: Actuals) -> String {
    let first = actuals.months.first.map { format.month($0.month) } ?? "–"
    let last = actuals.months.last.map { format.month($0.month) } ?? "–"
    return words(
      "report_source_ledger",
      ["position": "\(actuals.position)", "first": first, "last": last])
  }

  private func dots(
    _ actuals: Actuals, _ measure: Outcome.Measure, _ start: Month
  ) -> [(month: Int, value: Double)] {
    actuals.complete.compactMap { month in
      month.value(measure).map { (month.month.index - start.index, $0) }
    }
  }

  private mutating func months(
    _ actuals: Actuals, _ planned: PlanDesk.Forecasted, _ source: Source
  ) {
    heading("report_months")
    let plan = simulated(planned)
    guard let revenue = planned.outcome.fans[.revenue], let profit = planned.outcome.fans[.profit]
    else { return }
    table(
      [
        "report_column_month", "report_column_revenue_actual", "report_column_revenue_plan",
        "report_column_profit_actual", "report_column_profit_plan",
      ], numeric: [1, 2, 3, 4],
      actuals.complete.suffix(18).compactMap { month in
        let index = month.month.index - planned.outcome.start.index
        guard (0..<planned.outcome.months).contains(index) else { return nil }
        func interval(_ fan: Outcome.Fan) -> String {
          let values = [2, 4, 6].map { format.money(fan.quantiles[$0][index]) }
          return "\(values[1])\n\(values[0])…\(values[2])"
        }
        return [
          [.text(format.month(month.month))], [money(month.revenue, source)],
          [.figure(interval(revenue), plan)], [money(month.profit, source)],
          [.figure(interval(profit), plan)],
        ]
      })
  }

  private mutating func calibration(_ source: Source) {
    heading("report_calibration")
    guard let calibration = content.calibration else { return }
    let drivers = calibration.drivers.filter { $0.observations > 0 }
      .sorted { ($1.dataWeight, $0.slot) < ($0.dataWeight, $1.slot) }
    func interval(_ interval: Calibration.Interval) -> String {
      "\(format.number(interval.median))\n\(format.number(interval.low))…\(format.number(interval.high))"
    }
    table(
      [
        "report_column_driver", "report_column_unit", "report_column_before",
        "report_column_after", "report_column_data_weight", "report_column_observations",
      ],
      numeric: [2, 3, 4, 5],
      drivers.prefix(30).map { driver -> [[Inline]] in
        let origin = written(driver.line, driver.slot, driver.label)
        return [
          [.text(name(label: driver.label))], [.text(driver.unit)],
          [.figure(interval(driver.prior), origin)],
          [.figure(interval(driver.posterior), source)], [share(driver.dataWeight, source)],
          [number(Double(driver.observations), source)],
        ]
      })
    let conflicts = drivers.filter { $0.notes.contains(.conflict) }
    if !conflicts.isEmpty {
      document.add(
        .note(
          text(
            "report_conflicts",
            ["drivers": .text(list(conflicts.map { name(label: $0.label) }))])))
    }
  }
}
