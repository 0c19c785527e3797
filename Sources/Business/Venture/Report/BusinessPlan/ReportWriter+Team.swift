import Forecast

extension ReportWriter {
  mutating func team() {
    chapter("report_team")
    guard !plan.team.people.isEmpty || !plan.team.hires.isEmpty else {
      return missing("report_missing_team")
    }
    people()
    gaps()
    hiring()
    responsibilities()
    objectives()
    capTable()
    teamFindings()
  }

  private mutating func people() {
    heading("report_people")
    table(
      ["report_column_person", "report_column_role", "report_column_share"], numeric: [2],
      plan.team.people.map { person -> [[Inline]] in
        let figure = content.figures.first { $0.path == "team.people[\(person.id)].share" }
        let source =
          figure.map { written($0.line, $0.path, $0.text) }
          ?? written(line(of: "team"), "team.people[\(person.id)]", person.name)
        return [
          [.text(person.name)], [.text(person.role)], [share(person.share, source)],
        ]
      })
  }

  private mutating func gaps() {
    heading("plan_team_gap_matrix")
    let source = Source.plan(
      line: line(of: "team"), field: "team.needs", text: words("report_team_source"))
    for stage in content.assessment.team.stages where !stage.gapsPlanned.isEmpty {
      document.heading(
        4, words("report_team_stage", ["stage": words("plan_stage_\(stage.stage.rawValue)")]))
      table(
        [
          "report_column_capability", "report_column_needed_level", "report_column_best_level",
          "report_column_needed_people", "report_column_people", "report_column_bus_factor",
          "report_column_met",
        ], numeric: [1, 2, 3, 4, 5],
        stage.gapsPlanned.map { gap -> [[Inline]] in
          [
            [.text(capability(gap.capability))], [number(gap.neededLevel, source)],
            [number(gap.bestLevel, source)], [number(gap.neededPeople, source)],
            [number(gap.people, source)], [number(Double(gap.busFactor), source)],
            [.text(words(gap.isMet ? "report_met" : "report_open"))],
          ]
        })
      paragraph(
        "report_team_coverage",
        [
          "coverage": share(stage.coverage, source),
          "members": number(Double(stage.members), source),
          "links": number(Double(stage.links), source),
        ])
    }
  }

  private mutating func hiring() {
    heading("plan_team_hiring")
    let rows = content.assessment.hiring.rows
    guard !rows.isEmpty else { return missing("report_missing_hires") }
    let start = plan.start
    table(
      [
        "report_column_hire", "report_column_when", "report_column_count", "report_column_loaded",
        "report_column_first_year", "report_column_ramp",
      ], numeric: [2, 3, 4, 5],
      rows.map { row -> [[Inline]] in
        func origin(_ field: String) -> Source {
          let figure = content.figures.first { $0.path == "team.hires[\(row.id)].\(field)" }
          return figure.map { written($0.line, $0.path, $0.text) } ?? means
        }
        return [
          [.text(row.name)],
          [
            .figure(
              format.month(start.advanced(by: Int(min(max(row.month, 0), 1_200)))), origin("month"))
          ],
          [number(row.count, origin("count"))], [money(row.loadedMonthly, means)],
          [money(row.firstYear, means)], [number(row.rampMonths, origin("ramp"))],
        ]
      })
  }

  private mutating func responsibilities() {
    heading("report_raci")
    let rows = plan.team.responsibilities
    guard !rows.isEmpty else { return missing("report_missing_raci") }
    table(
      [
        "report_column_task", "plan_team_responsible", "plan_team_accountable",
        "plan_team_consulted", "plan_team_informed",
      ],
      rows.map { row -> [[Inline]] in
        let parts = [row.responsible, row.accountable, row.consulted, row.informed]
        return [[.text(row.name)]] + parts.map { ids -> [Inline] in [.text(list(ids.map(person)))] }
      })
  }

  private mutating func objectives() {
    let objectives = plan.team.objectives
    guard !objectives.isEmpty else { return }
    heading("report_objectives")
    table(
      [
        "report_column_objective", "report_column_owner", "report_column_metric",
        "report_column_target", "report_column_date", "report_column_guard",
      ], numeric: [3],
      objectives.map { objective -> [[Inline]] in
        let source = written(
          line(of: "team"), "team.objectives[\(objective.id)]",
          "\(objective.metric) \(objective.target)")
        return [
          [.text(objective.name)], [.text(person(objective.owner))],
          [.text(metric(objective.metric))],
          [number(objective.target, source)],
          objective.date.isEmpty ? ["–"] : [.figure(objective.date, source)],
          [.text(objective.guardMetric.isEmpty ? "–" : metric(objective.guardMetric))],
        ]
      })
  }

  private mutating func capTable() {
    heading("plan_team_cap_table")
    guard let table = content.assessment.capTable, let last = table.steps.last else {
      return missing("report_missing_equity")
    }
    let steps = table.steps.suffix(5)
    let rounds = Dictionary(
      content.forecasted.model.finance.rounds.map { ($0.id, $0.name) },
      uniquingKeysWith: { first, _ in first })
    let heads =
      [words("report_column_holder")]
      + steps.map { $0.round.isEmpty ? words("report_founding") : rounds[$0.round] ?? $0.round }
    document.add(
      .table(
        .init(
          columns: heads, numeric: Set(1...steps.count),
          rows: last.holders.map { holder -> [[Inline]] in
            let kind = words("plan_holder_\(holder.kind.rawValue)")
            let name = person(holder.name.isEmpty ? holder.id : holder.name)
            let isPlain = holder.kind == .pool || name.isEmpty
            var row: [[Inline]] = [[.text(isPlain ? kind : name)]]
            for step in steps {
              let part = step.share(of: holder.id)
              row.append(part > 0 ? [share(part, means)] : ["–"])
            }
            return row
          })))
    if last.postMoney > 0 {
      paragraph("report_cap_note", ["value": money(last.postMoney, means)])
    }
    options()
  }

  /// Shares that are earned over time: the founders' and the options granted.
  private mutating func options() {
    guard let equity = plan.team.equity else { return }
    heading("report_options")
    let source = written(line(of: "team"), "team.equity", words("report_options"))
    table(
      [
        "report_column_holder", "report_column_shares", "report_column_cliff",
        "report_column_vesting", "report_column_vested",
      ], numeric: [1, 2, 3, 4],
      (equity.founders + equity.grants).map { holding -> [[Inline]] in
        let vesting = holding.vesting
        return [
          [.text(person(holding.name.isEmpty ? holding.holder : holding.name))],
          [number(holding.shares, source)],
          vesting.map { [number(Double($0.cliff), source)] } ?? ["–"],
          vesting.map { [number(Double($0.months), source)] } ?? ["–"],
          [share(vesting?.vested(at: plan.horizon) ?? 1, source)],
        ]
      })
    paragraph("report_pool", ["pool": share(equity.pool, source)])
  }

  private mutating func teamFindings() {
    let findings = content.assessment.team.findings
    guard !findings.isEmpty else { return }
    heading("report_findings")
    document.add(
      .bullets(
        findings.prefix(20).map { finding in
          let objective = plan.team.objectives.first { $0.id == finding.subject }?.name
          let known = plan.team.capabilities.first { $0.id == finding.subject }?.name
          let subject = objective ?? known ?? person(finding.subject)
          let stage = finding.stage.map { words("plan_stage_\($0.rawValue)") }
          let what = words("plan_team_finding_\(finding.code.rawValue)", ["subject": subject])
          return [.text(stage.map { "\($0)\(words("report_colon"))\(what)" } ?? what)]
        }))
  }
}
