import Ledger
import Venture

extension PlanPages {
  /// 项目: when it ends, on which tasks that hangs, what is done already, and which technology fits.
  func project(_ visit: Visit) async throws -> String {
    let part = try part(visit)
    guard let project = part.plan.project, !project.tasks.isEmpty else {
      return nothing(.project, part, "report_missing_project")
    }
    let report = try await desk.project()
    var blocks = [scheduleBlock(part, report), taskBlock(part, report)]
    if let choice = report.technology { blocks += technologyBlocks(part, report, choice) }
    return page(
      .project, visit, answer: projectAnswer(part, report), figures: projectFigures(part, report),
      blocks: blocks, template: "plan-chosen",
      more: [
        "imprint": part.text(
          "plan_project_imprint",
          [
            "paths": "\(report.forecast.paths)", "seed": "\(report.forecast.seed)",
            "hash": String(report.planHash.prefix(12)),
          ])
      ])
  }

  private func projectAnswer(_ part: PlanPart, _ report: ProjectReport) -> [Piece] {
    let done = report.schedule.rows.count { $0.progress == .done }
    let next = zip(report.project.tasks, report.schedule.rows)
      .filter { $1.progress == .ready || $1.progress == .running }.map { $0.0.name }
    return part.text.pieces(
      next.isEmpty ? "plan_answer_project_done" : "plan_answer_project",
      [
        "p50": part.piece(report.forecast.dates[0].description, "#schedule"),
        "p80": part.piece(report.forecast.dates[1].description, "#schedule"),
        "p95": part.piece(report.forecast.dates[2].description, "#schedule"),
        "done": part.piece("\(done)", "#tasks"),
        "count": part.piece("\(report.project.tasks.count)", "#tasks"),
        "next": part.piece(part.list(next), "#tasks"),
      ])
  }

  private func projectFigures(_ part: PlanPart, _ report: ProjectReport) -> [Figure] {
    let forecast = report.forecast
    let days = [forecast.p50, forecast.p80, forecast.p95]
    var figures = zip(["P50", "P80", "P95"], zip(forecast.dates, days)).map { name, finish in
      Figure(
        key: name, label: part.text("plan_finish_at", ["level": name]),
        value: finish.0.description, link: "#schedule",
        note: part.text("plan_work_days", ["days": part.format.number(finish.1)]))
    }
    figures.append(
      Figure(
        key: "modes", label: part.text("plan_figure_modes"),
        value: part.format.percent(forecast.chanceOfModes), link: "#schedule",
        note: part.text("plan_work_days", ["days": part.format.number(forecast.modeLength)])))
    return figures
  }

  private func scheduleBlock(_ part: PlanPart, _ report: ProjectReport) -> Block {
    let names = Dictionary(
      report.project.tasks.map { ($0.id, $0.name) }, uniquingKeysWith: { one, _ in one })
    let drawing = Charts.schedule(
      report.project.tasks.enumerated().map { index, task in
        let row = report.schedule.rows[index]
        return (
          task.name, row.earliestStart, row.earliestFinish, report.forecast.rows[index].lateFinish,
          row.isCritical
        )
      }, title: part.text("report_chart_project"),
      label: { report.project.date(after: $0).description })
    let path = report.schedule.criticalPath.map { names[$0] ?? $0 }.joined(separator: " → ")
    return Block(
      id: "schedule", title: part.text("report_chart_project"), drawing: drawing,
      prose: [
        "\(part.text("plan_project_critical_path"))\(part.text("report_colon"))\(path)",
        part.text(
          "plan_project_bias_note",
          [
            "modes": part.format.number(report.forecast.modeLength),
            "p50": part.format.number(report.forecast.p50),
          ]),
      ])
  }

  private func taskBlock(_ part: PlanPart, _ report: ProjectReport) -> Block {
    let names = Dictionary(
      report.project.tasks.map { ($0.id, $0.name) }, uniquingKeysWith: { one, _ in one })
    return part.block(
      "tasks", "report_phases", aside: part.text("plan_tasks_aside"),
      columns: [
        ("report_column_task", .name), ("report_column_phase", .text),
        ("report_column_owner", .text), ("plan_column_after", .text),
        ("plan_column_three_days", .number), ("plan_project_float", .number),
        ("plan_project_criticality", .number), ("plan_column_sensitivity", .number),
        ("report_column_late", .number), ("plan_column_done_when", .text),
        ("report_column_progress", .text),
      ],
      rows: report.project.tasks.enumerated().map { index, task in
        let (row, odds) = (report.schedule.rows[index], report.forecast.rows[index])
        let days = [task.estimate.best, task.estimate.likely, task.estimate.worst]
        let name = Cell.name(
          part.marked(task.name, task.isGate ? "plan_gate" : nil), part.link(task.line))
        return Row(cells: [
          name, .words(part.text("plan_phase_\(task.phase.rawValue)")),
          part.cell(task.owner.isEmpty ? "" : part.person(task.owner)),
          part.cell(part.list(task.after.map { names[$0] ?? $0 })),
          .number(days.map(part.format.number).joined(separator: "–")), part.number(row.float),
          part.share(odds.criticality), part.number(odds.sensitivity),
          .number(report.project.date(after: odds.lateFinish).description),
          part.cell(task.doneWhen.map { part.text("plan_fact_\($0.rawValue)") } ?? ""),
          .words(part.text("plan_progress_\(row.progress.rawValue)")),
        ])
      })
  }

  // MARK: Technology

  private func technologyBlocks(
    _ part: PlanPart, _ report: ProjectReport, _ choice: TechnologyChoice
  ) -> [Block] {
    let link = part.link(at: "project.technology")
    var prose: [String] = []
    if let job = report.project.technology?.job {
      let best = choice.recommended.map { part.text("plan_architecture_\($0.rawValue)") }
      prose.append(
        best.map {
          part.text(
            "plan_technology_answer",
            ["job": part.text("plan_job_\(job.rawValue)"), "architecture": $0])
        } ?? part.text("plan_technology_none", ["job": part.text("plan_job_\(job.rawValue)")]))
    }
    let options = part.block(
      "technology", "report_technology", prose: prose,
      columns: [
        ("report_column_architecture", .name), ("report_column_training_cost", .number),
        ("report_column_monthly_cost", .number), ("plan_column_two_years", .number),
        ("plan_quantity_answer_seconds", .number), ("plan_quantity_machines", .number),
        ("plan_column_speaks_for_it", .text), ("plan_column_speaks_against", .text),
      ],
      rows: choice.options.map { option in
        let isBest = option.architecture == choice.recommended
        let name = Cell.name(
          part.marked(
            part.text("plan_architecture_\(option.architecture.rawValue)"),
            isBest ? "plan_recommended" : nil), link)
        func rules(_ rules: [TechnologyRule]) -> Cell {
          part.cell(rules.map { part.text("plan_rule_\($0.rawValue)") }.joined(separator: " "))
        }
        return Row(cells: [
          name, option[.trainingCost].map { part.money($0) } ?? Cell.number("–"),
          option[.monthlyCost].map { part.money($0) } ?? Cell.number("–"),
          part.money(option.twoYearCost),
          option[.answerSeconds].map { part.number($0) } ?? Cell.number("–"),
          option[.machines].map { part.number($0) } ?? Cell.number("–"),
          rules(option.reasons), rules(option.objections),
        ])
      })
    return [options, figureBlock(part, choice, link), ruleBlock(part, choice)]
  }

  /// Every size behind the recommended way, or behind the first where none is feasible.
  private func figureBlock(_ part: PlanPart, _ choice: TechnologyChoice, _ link: String?) -> Block {
    let option = choice.options.first
    return part.titled(
      "sizes",
      part.text(
        "plan_technology_sizes",
        [
          "architecture": option.map { part.text("plan_architecture_\($0.architecture.rawValue)") }
            ?? ""
        ]),
      columns: [
        ("report_column_figure", .name), ("plan_column_size", .number), ("plan_column_rule", .text),
        ("report_column_source", .text),
      ],
      rows: (option?.figures ?? []).map { figure in
        Row(cells: [
          Cell.name(part.text("plan_quantity_\(figure.quantity.rawValue)"), link),
          .number(size(part, figure)), .words(part.text("plan_rule_\(figure.rule.rawValue)")),
          .words(source(part, figure.rule)),
        ])
      })
  }

  private func size(_ part: PlanPart, _ figure: TechnologyChoice.Figure) -> String {
    switch figure.quantity {
    case .trainingCost, .monthlyCost: part.format.money(figure.value)
    case .trainingMemory, .memory4, .memory8, .memory16:
      "\(part.format.number(figure.value / 1e9)) GB"
    default: part.format.number(figure.value)
    }
  }

  private func source(_ part: PlanPart, _ rule: TechnologyRule) -> String {
    rule.source == "the plan" ? part.text("plan_source_plan") : rule.source
  }

  private func ruleBlock(_ part: PlanPart, _ choice: TechnologyChoice) -> Block {
    let used = choice.options.flatMap { $0.reasons + $0.objections }
    let rules = TechnologyRule.allCases.filter(used.contains)
    return part.block(
      "rules", "plan_technology_rules",
      columns: [("plan_column_rule", .name), ("report_column_source", .text)],
      rows: rules.map { rule in
        Row(cells: [
          Cell.name(
            part.text("plan_rule_\(rule.rawValue)"),
            rule.source == "the plan" ? part.link(at: "project.technology") : nil),
          .words(source(part, rule)),
        ])
      })
  }
}
