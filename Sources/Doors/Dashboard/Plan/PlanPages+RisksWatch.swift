import Ledger
import Venture

extension PlanPages {
  /// The triggers held against what the books say.
  func triggerBlock(_ part: PlanPart, _ report: RiskReport) -> Block {
    let risks = Dictionary(
      part.plan.risks.risks.map { ($0.id, $0.line) }, uniquingKeysWith: { one, _ in one })
    return part.block(
      "triggers", "report_triggers",
      aside: report.metrics.isEmpty ? part.text("report_triggers_need_ledger") : nil,
      columns: [
        ("report_column_risk", .name), ("report_column_metric", .text),
        ("plan_column_fires", .number), ("report_column_now", .number),
        ("report_column_state", .text),
      ],
      rows: report.assessment.watch.signals.map { signal in
        let trigger = signal.trigger
        let unit = trigger.metric.unit
        var state = Cell.words(part.text("plan_trigger_\(trigger.state(report.metrics).rawValue)"))
        if signal.state == .fired { state.tone = .loss }
        return Row(cells: [
          Cell.name(signal.name, part.link(risks[signal.risk] ?? 0)),
          .words(part.text("plan_metric_\(trigger.metric.rawValue)")),
          .number("\(trigger.comparator.rawValue) \(value(part, trigger.threshold, unit))"),
          .number(
            signal.value.map { value(part, $0, unit) } ?? "–",
            link: signal.value == nil ? nil : "/plan/learning"),
          state,
        ])
      }, missing: "report_missing_triggers")
  }

  private func value(_ part: PlanPart, _ value: Double, _ unit: RiskMetric.Unit) -> String {
    switch unit {
    case .share: part.format.percent(value)
    case .money: part.format.money(value)
    case .months: part.text("report_months", ["months": part.format.number(value)])
    case .seconds: part.text("report_seconds", ["seconds": part.format.number(value)])
    case .count: part.format.number(value)
    }
  }

  func overdueBlock(_ part: PlanPart, _ report: RiskReport) -> Block {
    part.block(
      "overdue", "plan_reviews_overdue",
      columns: [
        ("report_column_risk", .name), ("plan_column_due", .number), ("report_column_state", .text),
      ],
      rows: report.assessment.watch.overdue.map { overdue in
        let risk = part.plan.risks.risks.first { $0.id == overdue.risk }
        return Row(cells: [
          Cell.name(overdue.name, part.link(risk?.line ?? 0)),
          .number(overdue.due?.description ?? "–"),
          .words(
            overdue.days.map { part.text("plan_risk_review_overdue", ["days": "\($0)"]) }
              ?? part.text("plan_risk_never_reviewed")),
        ])
      }, missing: "plan_reviews_none")
  }

  /// 风险登记册, as written.
  func registerBlock(_ part: PlanPart) -> Block {
    let tasks = Dictionary(
      (part.plan.project?.tasks ?? []).map { ($0.id, $0.name) }, uniquingKeysWith: { one, _ in one }
    )
    return part.block(
      "register", "plan_risk_register",
      columns: [
        ("report_column_risk", .name), ("plan_risk_cause", .text), ("plan_risk_event", .text),
        ("plan_risk_consequence", .text), ("plan_risk_likelihood", .number),
        ("plan_risk_impact", .number), ("plan_column_lasts", .number),
        ("plan_column_threatens", .text),
      ],
      rows: part.plan.risks.risks.map { risk in
        let place = "risks.register[\(risk.id)]"
        func written(_ field: String) -> Cell {
          let text = part.places.text(of: "\(place).\(field)")
          return Cell.number(text.isEmpty ? "–" : text)
        }
        return Row(cells: [
          Cell.name(risk.name, part.link(risk.line)), part.cell(risk.cause), part.cell(risk.event),
          part.cell(risk.consequence), written("likelihood"), written("impact"),
          written("duration"), part.cell(part.list(risk.tasks.map { tasks[$0] ?? $0 })),
        ])
      })
  }

  /// The 5 × 5 picture with its warning.
  func matrixBlock(_ part: PlanPart, _ report: RiskReport) -> Block {
    let ranking = report.assessment.ranking.rows
    let matrix = report.assessment.matrix
    let numbers = Dictionary(
      ranking.map { ($0.id, $0.rank) }, uniquingKeysWith: { one, _ in one })
    func bounds(_ values: [Double], _ show: (Double) -> String) -> [String] {
      ["< \(show(values[0]))"]
        + zip(values, values.dropFirst()).map { "\(show($0))–\(show($1))" }
        + ["≥ \(show(values[values.count - 1]))"]
    }
    let drawing = PlanPictures.matrix(
      matrix.cells.map { (numbers[$0.id] ?? 0, $0.likelihood, $0.impact) },
      across: part.text("plan_matrix_across"), up: part.text("plan_matrix_up"),
      title: part.text("plan_risk_matrix"),
      bounds: (
        bounds(RiskMatrix.likelihoodBounds, part.format.number),
        bounds(RiskMatrix.impactBounds, part.format.percent)
      ))
    let names = Dictionary(
      ranking.map { ($0.id, $0.name) }, uniquingKeysWith: { one, _ in one })
    return part.block(
      "matrix", "plan_risk_matrix",
      aside: part.text(
        "plan_risk_matrix_note",
        [
          "wrong": "\(matrix.misranked.count)", "pairs": "\(matrix.pairs)",
          "tied": "\(matrix.tied.count)",
        ]), drawing: drawing,
      columns: [("plan_column_matrix_first", .name), ("plan_column_dearer", .text)],
      rows: matrix.misranked.map { pair in
        let line = part.plan.risks.risks.first { $0.id == pair.above }?.line ?? 0
        return Row(cells: [
          Cell.name(names[pair.above] ?? pair.above, part.link(line)),
          .words(names[pair.below] ?? pair.below),
        ])
      }, missing: "plan_matrix_no_pairs")
  }
}
