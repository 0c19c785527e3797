import Forecast
import Ledger
import Venture

extension PlanPages {
  /// 风险: ranked by simulated loss, with what is done about them, what that is worth, and which give
  /// a sign today.
  func risks(_ visit: Visit) async throws -> String {
    let part = try part(visit)
    guard !part.plan.risks.risks.isEmpty else {
      return nothing(.risks, part, "report_missing_risks")
    }
    let report = try await desk.risks(.init())
    let blocks = [
      rankingBlock(part, report), exceedanceBlock(part, report), treatmentBlock(part, report),
      triggerBlock(part, report), overdueBlock(part, report), registerBlock(part),
      matrixBlock(part, report),
    ]
    return page(
      .risks, visit, answer: riskAnswer(part, report), figures: riskFigures(part, report),
      blocks: blocks,
      template: "plan-chosen",
      more: [
        "imprint": part.text(
          "plan_risk_imprint",
          [
            "years": "\(report.assessment.paths)", "paths": "\(report.paths)",
            "seed": "\(report.seed)", "hash": String(report.planHash.prefix(12)),
            "day": report.today.description,
          ])
      ])
  }

  private func riskAnswer(_ part: PlanPart, _ report: RiskReport) -> [Piece] {
    let ranking = report.assessment.ranking
    var values = [
      "inherent": part.piece(part.format.money(ranking.inherent.mean), "#ranking"),
      "residual": part.piece(part.format.money(ranking.residual.mean), "#ranking"),
      "risk": part.piece(ranking.rows.first?.name ?? "", "#ranking"),
    ]
    let fired = report.assessment.watch.fired.count
    values["fired"] = part.piece("\(fired)", "#triggers", tone: fired > 0 ? .loss : nil)
    if let all = report.worth.rows.first(where: { $0.id.isEmpty }) {
      values["with"] = part.piece(part.format.percent(all.with), "#responses")
      values["without"] = part.piece(part.format.percent(all.without), "#responses")
    }
    return part.text.pieces(
      report.metrics.isEmpty ? "plan_answer_risks_no_ledger" : "plan_answer_risks", values)
  }

  private func riskFigures(_ part: PlanPart, _ report: RiskReport) -> [Figure] {
    let ranking = report.assessment.ranking
    func figure(_ key: String, _ before: Double, _ after: Double, _ link: String) -> Figure {
      Figure(
        key: key, label: part.text(key), value: part.format.money(after), link: link,
        note: part.text("plan_before_treatment", ["value": part.format.money(before)]))
    }
    return [
      figure(
        "plan_risk_expected_loss", ranking.inherent.mean, ranking.residual.mean, "#ranking"),
      figure(
        "plan_figure_var", ranking.inherent.valueAtRisk95, ranking.residual.valueAtRisk95,
        "#exceedance"),
      figure("plan_risk_tail", ranking.inherent.tail95, ranking.residual.tail95, "#exceedance"),
      Figure(
        key: "plan_figure_loss_chance", label: part.text("plan_figure_loss_chance"),
        value: part.format.percent(ranking.residual.chance), link: "#exceedance",
        note: part.text(
          "plan_before_treatment", ["value": part.format.percent(ranking.inherent.chance)])),
    ]
  }

  private func risk(_ part: PlanPart, _ id: String) -> Risk? {
    part.plan.risks.risks.first { $0.id == id }
  }

  private func rankingBlock(_ part: PlanPart, _ report: RiskReport) -> Block {
    let rows = report.assessment.ranking.rows
    let drawing = PlanPictures.pairs(
      rows.prefix(16).map { ("\($0.rank) \($0.name)", $0.inherent.mean, $0.residual.mean) },
      names: (part.text("plan_risk_inherent"), part.text("plan_risk_residual")),
      title: part.text("plan_risk_ranking_title"), label: part.format.money)
    return part.block(
      "ranking", "plan_risk_ranking_title", drawing: drawing,
      columns: [
        ("report_column_risk", .name), ("report_column_rank", .number),
        ("report_column_class", .text), ("plan_risk_likelihood", .number),
        ("plan_risk_inherent", .number), ("plan_risk_residual", .number),
        ("plan_risk_tail_share", .number), ("plan_risk_response", .text),
        ("plan_risk_owner", .text),
      ],
      rows: rows.map { row in
        let risk = risk(part, row.id)
        return Row(cells: [
          Cell.name(row.name, part.link(risk?.line ?? 0)), .number("\(row.rank)"),
          .words(part.text("plan_risk_class_\(row.kind.rawValue)")), part.number(row.rate),
          .number(
            part.format.money(row.inherent.mean),
            exact: "± \(part.format.money(row.inherent.error))"),
          part.money(row.residual.mean), part.money(row.residualTailShare),
          part.cell(risk.map { part.text("plan_risk_response_\($0.response.rawValue)") } ?? ""),
          part.cell(risk.map { part.person($0.owner) } ?? ""),
        ])
      })
  }

  private func exceedanceBlock(_ part: PlanPart, _ report: RiskReport) -> Block {
    let ranking = report.assessment.ranking
    func points(_ statistics: LossStatistics) -> [(x: Double, y: Double)] {
      zip(statistics.exceedance, LossStatistics.chances).map { ($0, $1) }
    }
    let drawing = Charts.curve(
      [
        (part.text("plan_risk_inherent"), points(ranking.inherent), .loss),
        (part.text("plan_risk_residual"), points(ranking.residual), .accent),
      ], title: part.text("report_chart_exceedance"), xLabel: part.format.money,
      yLabel: part.format.percent)
    let shown = [0.5, 0.2, 0.1, 0.05, 0.01]
    return part.block(
      "exceedance", "report_chart_exceedance", drawing: drawing,
      columns: [
        ("plan_column_chance_of_more", .name), ("plan_risk_inherent", .number),
        ("plan_risk_residual", .number),
      ],
      rows: shown.compactMap { chance in
        guard let index = LossStatistics.chances.firstIndex(of: chance) else { return nil }
        return Row(cells: [
          Cell.name(part.format.percent(chance), nil),
          part.money(ranking.inherent.exceedance[index]),
          part.money(ranking.residual.exceedance[index]),
        ])
      })
  }

  // MARK: Responses

  private func treatmentBlock(_ part: PlanPart, _ report: RiskReport) -> Block {
    let values = report.assessment.treatments
    let names = Dictionary(
      part.plan.risks.risks.map { ($0.id, $0.name) }, uniquingKeysWith: { one, _ in one })
    var rows = values.treatments.map { value -> Row in
      let written = part.plan.risks.treatments.first { $0.id == value.id }
      let gain = report.worth.rows.first { $0.id == value.id }
      let name = Cell.name(
        part.marked(value.name, value.isAdopted ? nil : "plan_not_adopted"),
        part.link(written?.line ?? 0))
      return Row(cells: [
        name, .words(part.text("plan_treatment_\(value.kind.rawValue)")),
        part.cell(part.list((written?.effects ?? []).map { names[$0.risk] ?? $0.risk })),
        part.money(value.cost),
        .number(
          part.format.money(value.marginal.expected),
          exact: "± \(part.format.money(value.marginal.error))"),
        part.money(value.marginal.tail), part.money(value.alone.value, signed: true),
        part.money(value.marginal.value, signed: true),
        gain.map { points(part, $0.worth) } ?? Cell.number("–"),
      ])
    }
    if let all = report.worth.rows.first(where: { $0.id.isEmpty }), !rows.isEmpty {
      rows.append(
        Row(
          cells: [
            Cell.name(part.text("plan_treatments_adopted"), nil), .words(""), .words(""),
            part.money(values.cost), part.money(values.together.expected),
            part.money(values.together.tail), .number(""),
            part.money(values.together.value, signed: true), points(part, all.worth),
          ], total: true))
    }
    return part.block(
      "responses", "report_treatments",
      aside: part.text(
        "plan_treatments_aside", ["price": part.format.number(values.tailPrice)]),
      columns: [
        ("report_column_treatment", .name), ("report_column_kind", .text),
        ("plan_column_acts_on", .text), ("plan_column_cost", .number),
        ("report_column_less_loss", .number), ("plan_column_less_tail", .number),
        ("plan_risk_value_alone", .number), ("plan_risk_value_marginal", .number),
        ("plan_risk_worth", .number),
      ], rows: rows, missing: "report_missing_treatments")
  }

  /// A difference of two chances, in points.
  private func points(_ part: PlanPart, _ difference: Double) -> Cell {
    let sign = difference >= 0 ? "+" : ""
    return Cell.number(
      part.text("report_points", ["points": sign + part.format.number(difference * 100)]),
      tone: difference < 0 ? .loss : nil)
  }
}
