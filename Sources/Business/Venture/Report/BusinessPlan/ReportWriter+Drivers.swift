import Forecast

extension ReportWriter {
  /// What the result hangs on, what to learn next, and the choices that are open.
  mutating func drivers() {
    chapter("report_drivers")
    tornado(content.chance, "report_chart_tornado_chance", isMoney: false)
    tornado(content.value.tornado, "report_chart_tornado_value", isMoney: true)
    screening()
    information()
    for (question, key) in [
      (PlanDesk.Question.scenarios, "report_scenarios"), (.fleet, "report_fleet"),
      (.hiring, "report_hiring_choice"),
    ] {
      heading(key)
      if let comparison = content.comparisons[question] {
        compared(comparison, "report_run_compare")
      } else {
        missing("report_missing_\(question.rawValue)")
      }
    }
    priceLevel()
  }

  private mutating func tornado(_ tornado: Tornado, _ key: String, isMoney: Bool) {
    let bars = tornado.bars.filter { $0.swing > 0 }.prefix(12)
    guard !bars.isEmpty else { return }
    chart(
      Charts.tornado(
        bars.map { (label($0.slot, $0.label), $0.goalAtLow, $0.goalAtHigh) },
        base: tornado.base, title: words(key), format: format, isMoney: isMoney,
        isShare: !isMoney))
    table(
      [
        "report_column_driver", "report_column_driver_low", "report_column_driver_high",
        "report_column_goal_low", "report_column_goal_high",
      ], numeric: [1, 2, 3, 4],
      bars.prefix(6).map { bar -> [[Inline]] in
        let slot = content.forecasted.model.parameters.slots[bar.slot]
        let source = written(slot.line, slot.name, slot.label)
        func input(_ stored: Double) -> Inline {
          .figure(format.value(stored, scale: slot.scale, unit: slot.unit), source)
        }
        func goal(_ value: Double) -> Inline { isMoney ? money(value, run) : share(value, run) }
        return [
          [.text(label(bar.slot, bar.label))], [input(bar.low)], [input(bar.high)],
          [goal(bar.goalAtLow)], [goal(bar.goalAtHigh)],
        ]
      })
  }

  private mutating func screening() {
    let screening = content.value.screening
    guard !screening.drivers.isEmpty else { return }
    paragraph("report_screening", ["explained": share(screening.explained, run)])
  }

  private mutating func information() {
    heading("report_information")
    guard let information = content.value.information else {
      return missing("report_missing_information")
    }
    paragraph("report_information_answer", ["perfect": money(information.perfect, run)])
    let drivers = information.drivers.filter { $0.value > 0 }.prefix(8)
    table(
      ["report_column_driver", "report_column_worth", "report_column_worth_low"], numeric: [1, 2],
      drivers.map { driver -> [[Inline]] in
        [
          [.text(label(driver.slot, driver.name))], [money(driver.value, run)],
          [money(driver.lower, run)],
        ]
      })
  }

  private mutating func priceLevel() {
    heading("report_price_level")
    guard let result = content.prices, !result.curve.isEmpty else {
      return missing("report_missing_price_level")
    }
    let source = run("report_run_prices", paths: min(content.paths, 1_000))
    let points = result.curve.sorted { $0.settings[0] < $1.settings[0] }
    chart(
      Charts.curve(
        [
          (
            words("report_column_npv"), points.map { ($0.settings[0], $0.expected) },
            Drawing.Ink.accent
          )
        ], title: words("report_chart_prices"), xLabel: format.percent, yLabel: format.money,
        fromZero: false))
    paragraph(
      "report_price_answer",
      [
        "level": share(result.best.settings[0], source),
        "expected": money(result.best.expected, source),
        "today": money(result.today.expected, source),
      ])
  }
}
