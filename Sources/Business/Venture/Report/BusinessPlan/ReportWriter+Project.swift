import Forecast
import Ledger

extension ReportWriter {
  mutating func project() {
    chapter("report_project")
    guard let report = content.project else { return missing("report_missing_project") }
    let source = run("report_run_project", paths: report.forecast.paths)
    paragraph(
      "report_project_answer",
      [
        "p50": .figure(report.forecast.dates[0].description, source),
        "p80": .figure(report.forecast.dates[1].description, source),
        "p95": .figure(report.forecast.dates[2].description, source),
        "modes": number(report.forecast.modeLength, source),
        "median": number(report.forecast.p50, source),
        "chance": share(report.forecast.chanceOfModes, source),
      ])
    tasks(report, source)
    let names = Dictionary(
      report.project.tasks.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    heading("plan_project_critical_path")
    document.prose(
      report.schedule.criticalPath.map { names[$0] ?? $0 }.joined(separator: " → "))
    chart(
      Charts.schedule(
        report.project.tasks.enumerated().map { index, task in
          let row = report.schedule.rows[index]
          return (
            task.name, row.earliestStart, row.earliestFinish,
            report.forecast.rows[index].lateFinish, row.isCritical
          )
        }, title: words("report_chart_project"),
        label: { day in
          report.project.date(after: day).description
        }))
    technology(report)
  }

  private mutating func tasks(_ report: ProjectReport, _ source: Source) {
    heading("report_phases")
    table(
      [
        "report_column_phase", "report_column_task", "report_column_owner", "report_column_days",
        "report_column_criticality", "report_column_late", "report_column_progress",
      ],
      numeric: [3, 4, 5],
      report.project.tasks.enumerated().map { index, task -> [[Inline]] in
        let row = report.forecast.rows[index]
        let days =
          "\(format.number(task.estimate.best))–\(format.number(task.estimate.likely))–\(format.number(task.estimate.worst))"
        return [
          [.text(words("plan_phase_\(task.phase.rawValue)"))],
          [task.isGate ? .strong(task.name) : .text(task.name)], [.text(person(task.owner))],
          [.figure(days, written(task.line, "project.tasks[\(task.id)].days", days))],
          [share(row.criticality, source)],
          [.figure(report.project.date(after: row.lateFinish).description, source)],
          [.text(words("plan_progress_\(report.schedule.rows[index].progress.rawValue)"))],
        ]
      })
  }

  private mutating func technology(_ report: ProjectReport) {
    guard let choice = report.technology, !choice.options.isEmpty else { return }
    heading("report_technology")
    let source = written(
      line(of: "project"), "project.technology",
      report.project.technology.map { words("plan_job_\($0.job.rawValue)") } ?? "")
    if let best = choice.recommended {
      paragraph(
        "report_technology_answer",
        ["architecture": .strong(words("plan_architecture_\(best.rawValue)"))])
    }
    table(
      [
        "report_column_architecture", "report_column_training_cost", "report_column_monthly_cost",
        "report_column_reasons",
      ], numeric: [1, 2],
      choice.options.map { option -> [[Inline]] in
        let rules = option.isFeasible ? option.reasons : option.objections
        return [
          [
            option.architecture == choice.recommended
              ? .strong(words("plan_architecture_\(option.architecture.rawValue)"))
              : .text(words("plan_architecture_\(option.architecture.rawValue)"))
          ],
          option[.trainingCost].map { [money($0, source)] } ?? ["–"],
          option[.monthlyCost].map { [money($0, source)] } ?? ["–"],
          [
            .text(
              (option.isFeasible ? "" : words("report_not_feasible") + words("report_colon"))
                + rules.map { words("plan_rule_\($0.rawValue)") }.joined(separator: " "))
          ],
        ]
      })
  }
}
