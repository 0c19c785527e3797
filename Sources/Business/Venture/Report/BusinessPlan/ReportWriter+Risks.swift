import Forecast

extension ReportWriter {
  mutating func risks() {
    chapter("report_risks")
    guard let report = content.risks else { return missing("report_missing_risks") }
    let ranking = report.assessment.ranking
    let source = lossSource(report)
    paragraph(
      "report_risks_answer",
      [
        "inherent": money(ranking.inherent.mean, source),
        "residual": money(ranking.residual.mean, source),
        "tail": money(ranking.residual.tail95, source),
      ])
    ranked(report, source)
    exceedance(ranking)
    treatments(report, source)
    triggers(report)
  }

  func lossSource(_ report: RiskReport) -> Source {
    run("report_run_losses", paths: report.assessment.paths)
  }

  private mutating func ranked(_ report: RiskReport, _ source: Source) {
    heading("report_risk_ranking")
    table(
      [
        "report_column_rank", "report_column_risk", "report_column_class",
        "report_column_rate", "report_column_loss", "report_column_residual",
        "report_column_tail", "report_column_response",
      ], numeric: [0, 3, 4, 5, 6],
      report.assessment.ranking.rows.map { row -> [[Inline]] in
        let risk = plan.risks.risks.first { $0.id == row.id }
        return [
          [.text("\(row.rank)")], [.text(row.name)],
          [.text(words("plan_risk_class_\(row.kind.rawValue)"))], [number(row.rate, source)],
          [money(row.inherent.mean, source)], [money(row.residual.mean, source)],
          [money(row.residualTailShare, source)],
          [.text(risk.map { words("plan_risk_response_\($0.response.rawValue)") } ?? "–")],
        ]
      })
    let matrix = report.assessment.matrix
    if !matrix.misranked.isEmpty {
      document.add(
        .note(
          [
            .text(
              words(
                "plan_risk_matrix_note",
                [
                  "wrong": "\(matrix.misranked.count)", "pairs": "\(matrix.pairs)",
                  "tied": "\(matrix.tied.count)",
                ]))
          ]))
    }
  }

  private mutating func exceedance(_ ranking: RiskRanking) {
    func points(_ statistics: LossStatistics) -> [(x: Double, y: Double)] {
      zip(statistics.exceedance, LossStatistics.chances).map { ($0, $1) }
    }
    chart(
      Charts.curve(
        [
          (words("plan_risk_inherent"), points(ranking.inherent), .loss),
          (words("plan_risk_residual"), points(ranking.residual), .accent),
        ], title: words("report_chart_exceedance"), xLabel: format.money, yLabel: format.percent))
  }

  private mutating func treatments(_ report: RiskReport, _ source: Source) {
    heading("report_treatments")
    let values = report.assessment.treatments
    guard !values.treatments.isEmpty else { return missing("report_missing_treatments") }
    let worth = run("report_run_worth", paths: report.paths)
    table(
      [
        "report_column_treatment", "report_column_adopted", "report_column_cost",
        "report_column_less_loss", "report_column_value", "report_column_chance_gain",
      ],
      numeric: [2, 3, 4, 5],
      values.treatments.map { value -> [[Inline]] in
        let gain = report.worth.rows.first { $0.id == value.id }
        return [
          [.text(value.name)], [.text(words(value.isAdopted ? "report_yes" : "report_no"))],
          [money(value.cost, source)], [money(value.marginal.expected, source)],
          [money(value.marginal.value, source)],
          gain.map { [.figure(points($0.worth), worth)] } ?? ["–"],
        ]
      })
    if let all = report.worth.rows.first(where: { $0.id.isEmpty }) {
      paragraph(
        "report_worth",
        ["with": share(all.with, worth), "without": share(all.without, worth)])
    }
  }

  /// A difference of two chances.
  private func points(_ difference: Double) -> String {
    let sign = difference >= 0 ? "+" : ""
    return words("report_points", ["points": sign + format.number(difference * 100)])
  }

  private mutating func triggers(_ report: RiskReport) {
    heading("report_triggers")
    let signals = report.assessment.watch.signals
    guard !signals.isEmpty else { return missing("report_missing_triggers") }
    table(
      ["report_column_risk", "report_column_trigger", "report_column_now", "report_column_state"],
      numeric: [2],
      signals.map { signal -> [[Inline]] in
        let unit = signal.trigger.metric.unit
        let line = plan.risks.risks.first { $0.id == signal.risk }?.line ?? 0
        let bound = "\(sign(signal.trigger.comparator)) \(shown(signal.trigger.threshold, unit))"
        let now = signal.value.map { value -> [Inline] in
          [.figure(shown(value, unit), content.actuals.map { .ledger(position($0)) } ?? means)]
        }
        return [
          [.text(signal.name)],
          [
            .text(words("plan_metric_\(signal.trigger.metric.rawValue)") + " "),
            .figure(bound, written(line, "risks[\(signal.risk)].triggers", bound)),
          ], now ?? ["–"],
          [
            signal.state == .fired
              ? .strong(words("plan_trigger_fired"))
              : .text(words("plan_trigger_\(signal.state.rawValue)"))
          ],
        ]
      })
    if content.actuals == nil { missing("report_triggers_need_ledger") }
  }

  private func shown(_ value: Double, _ unit: RiskMetric.Unit) -> String {
    switch unit {
    case .share: format.percent(value)
    case .money: format.money(value)
    case .months: words("report_months", ["months": format.number(value)])
    case .seconds: words("report_seconds", ["seconds": format.number(value)])
    case .count: format.number(value)
    }
  }

  private func sign(_ comparator: RiskTrigger.Comparator) -> String {
    Self.signed(comparator.rawValue)
  }
}
