import Forecast
import Venture

extension PlanPages {
  /// 团队: what the stages ask for beside what there is, who comes when and at what cost, who answers
  /// for what, and who owns how much.
  func team(_ visit: Visit) async throws -> String {
    let part = try part(visit)
    let team = part.plan.team
    guard !team.people.isEmpty || !team.hires.isEmpty else {
      return nothing(.team, part, "report_missing_team")
    }
    let assessment = try await desk.assessment()
    var blocks: [Block] = []
    for view in assessment.team.stages where !view.gapsPlanned.isEmpty {
      blocks.append(gapBlock(part, view))
    }
    blocks.append(peopleBlock(part))
    blocks.append(hiringBlock(part, assessment.hiring))
    if !team.training.isEmpty { blocks.append(trainingBlock(part)) }
    blocks += [responsibilityBlock(part), objectiveBlock(part)]
    if let table = assessment.capTable {
      blocks += equityBlocks(part, table)
    } else {
      blocks.append(
        part.block(
          "equity", "plan_team_cap_table", columns: [], rows: [], missing: "report_missing_equity"))
    }
    blocks.append(teamFindingBlock(part, assessment.team.findings))
    return page(.team, visit, answer: teamAnswer(part, assessment), blocks: blocks)
  }

  private func teamAnswer(_ part: PlanPart, _ assessment: PlanAssessment) -> [Piece] {
    let stages = assessment.team.stages.filter { !$0.gapsPlanned.isEmpty }
    let open = stages.reduce(0) { $0 + $1.gapsPlanned.count { !$0.isMet } }
    let heads = assessment.hiring.rows.reduce(0) { $0 + $1.count }
    var values = [
      "people": part.piece("\(part.plan.team.people.count)", "#people"),
      "hires": part.piece(part.format.number(heads.rounded()), "#hiring"),
      "cost": part.piece(part.format.money(assessment.hiring.firstYear), "#hiring"),
      "open": part.piece("\(open)", stages.first.map { "#gaps-\($0.stage.rawValue)" }),
    ]
    guard !stages.isEmpty else { return part.text.pieces("plan_answer_team_no_needs", values) }
    values["coverage"] = part.piece(
      stages.map {
        "\(part.text(Self.stageKey($0.stage))) \(part.format.percent($0.coverage))"
      }.joined(separator: part.text("list_separator")), "#gaps-\(stages[0].stage.rawValue)")
    return part.text.pieces(open > 0 ? "plan_answer_team_open" : "plan_answer_team", values)
  }

  private static func stageKey(_ stage: Capability.Stage) -> String {
    stage == .startup ? "plan_stage_start_up" : "plan_stage_growth"
  }

  // MARK: Gaps

  private func gapBlock(_ part: PlanPart, _ view: TeamAssessment.StageView) -> Block {
    let leads = Dictionary(
      view.duties.map { ($0.capability, $0.member) }, uniquingKeysWith: { one, _ in one })
    let needs = part.plan.team.needs
    return part.titled(
      "gaps-\(view.stage.rawValue)",
      part.text("plan_team_gaps_of", ["stage": part.text(Self.stageKey(view.stage))]),
      aside: part.text(
        "plan_team_gaps_aside",
        [
          "members": "\(view.members)", "links": "\(view.links)",
          "factor": view.busFactor.map { "\($0)" } ?? "–",
          "coverage": part.format.percent(view.coverage),
        ]),
      columns: [
        ("report_column_capability", .name), ("report_column_group", .text),
        ("report_column_needed_level", .number), ("plan_column_level_now", .number),
        ("plan_column_level_planned", .number), ("report_column_needed_people", .number),
        ("plan_column_people_now", .number), ("plan_column_people_planned", .number),
        ("report_column_bus_factor", .number), ("plan_column_lead", .text),
        ("report_column_state", .text),
      ],
      rows: view.gapsPlanned.map { gap in
        let now = view.gapsNow.first { $0.capability == gap.capability }
        let index = needs.firstIndex {
          $0.stage == view.stage && $0.capability == gap.capability
        }
        let lead = leads[gap.capability].map { part.person(String($0.prefix { $0 != "#" })) }
        return Row(cells: [
          Cell.name(
            part.capability(gap.capability),
            index.flatMap { part.link(at: "team.needs[\($0)]") }),
          .words(part.text("plan_capability_\(gap.group.rawValue)")),
          part.number(gap.neededLevel), now.map { part.number($0.bestLevel) } ?? Cell.number("–"),
          part.number(gap.bestLevel), part.number(gap.neededPeople),
          now.map { part.number($0.people) } ?? Cell.number("–"), part.number(gap.people),
          .number("\(gap.busFactor)", tone: gap.busFactor < 2 ? .loss : nil),
          part.cell(lead ?? ""),
          gapState(part, gap, now),
        ])
      })
  }

  private func gapState(_ part: PlanPart, _ gap: CapabilityGap, _ now: CapabilityGap?) -> Cell {
    if !gap.isMet { return Cell(part.text("plan_gap_open"), .text, tone: .loss) }
    return Cell.words(part.text(now?.isMet == true ? "plan_gap_met" : "plan_gap_closed_by_plan"))
  }

  private func teamFindingBlock(
    _ part: PlanPart, _ findings: [TeamAssessment.Finding]
  ) -> Block {
    let team = part.plan.team
    return part.block(
      "findings", "report_findings",
      columns: [("plan_column_finding", .name), ("plan_column_stage", .text)],
      rows: findings.map { finding in
        let objective = team.objectives.first { $0.id == finding.subject }?.name
        let course = team.training.first { $0.id == finding.subject }?.name
        let known = team.capabilities.first { $0.id == finding.subject }?.name
        let subject = objective ?? known ?? course ?? part.person(finding.subject)
        let place =
          objective != nil
          ? "team.objectives[\(finding.subject)]"
          : course != nil
            ? "team.training[\(finding.subject)]" : "team.capabilities[\(finding.subject)]"
        return Row(cells: [
          Cell.name(
            part.text("plan_team_finding_\(finding.code.rawValue)", ["subject": subject]),
            part.link(at: place)),
          part.cell(finding.stage.map { part.text(Self.stageKey($0)) } ?? ""),
        ])
      }, missing: "plan_findings_none")
  }

  // MARK: People

  private func peopleBlock(_ part: PlanPart) -> Block {
    part.block(
      "people", "report_people",
      columns: [
        ("report_column_person", .name), ("report_column_role", .text),
        ("report_column_share", .number), ("plan_column_pay", .number),
        ("plan_column_levels", .text),
      ],
      rows: part.plan.team.people.map { person in
        let place = "team.people[\(person.id)]"
        return Row(cells: [
          Cell.name(person.name, part.link(at: place)), part.cell(person.role),
          part.share(person.share), .number(part.places.text(of: "\(place).salary")),
          part.cell(levels(part, person.levels)),
        ])
      }, missing: "report_missing_team")
  }

  private func levels(_ part: PlanPart, _ levels: [String: Double]) -> String {
    part.list(
      levels.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
        "\(part.capability($0.key)) \(part.format.number($0.value))"
      })
  }

  private func hiringBlock(_ part: PlanPart, _ plan: HiringPlan) -> Block {
    let start = part.plan.start
    var rows = plan.rows.map { row in
      let place = "team.hires[\(row.id)]"
      let each = part.places.text(of: "\(place).customers_each")
      return Row(cells: [
        Cell.name(row.name, part.link(at: place)),
        .number(
          part.format.month(start.advanced(by: Int(min(max(row.month, 0), 1_200)))),
          exact: part.places.text(of: "\(place).month")),
        .number(
          each.isEmpty
            ? part.format.number(row.count)
            : part.text(
              "plan_hires_each", ["count": part.format.number(row.count), "customers": each])),
        part.money(row.loadedMonthly), part.money(row.recruiting), part.money(row.firstYear),
        part.number(row.rampMonths), part.number(row.lostMonths),
      ])
    }
    if plan.rows.count > 1 {
      rows.append(
        Row(
          cells: [
            Cell.name(part.text("plan_total"), nil), .number(""), .number(""), .number(""),
            .number(""), part.money(plan.firstYear), .number(""), .number(""),
          ], total: true))
    }
    return part.block(
      "hiring", "plan_team_hiring", aside: part.text("plan_team_hiring_aside"),
      columns: [
        ("report_column_hire", .name), ("report_column_when", .number),
        ("plan_column_heads", .number), ("report_column_loaded", .number),
        ("plan_column_recruiting", .number), ("report_column_first_year", .number),
        ("report_column_ramp", .number), ("plan_column_lost_months", .number),
      ], rows: rows, missing: "report_missing_hires")
  }

  private func trainingBlock(_ part: PlanPart) -> Block {
    part.block(
      "training", "plan_team_training",
      columns: [
        ("plan_column_course", .name), ("report_column_people", .text),
        ("report_column_capability", .text), ("report_column_level", .number),
        ("plan_column_cost", .number), ("report_column_when", .number),
      ],
      rows: part.plan.team.training.map { course in
        let place = "team.training[\(course.id)]"
        return Row(cells: [
          Cell.name(course.name, part.link(at: place)), part.cell(part.people(course.people)),
          .words(part.capability(course.capability)), part.number(course.level),
          .number(part.places.text(of: "\(place).cost")),
          .number(part.places.text(of: "\(place).month")),
        ])
      })
  }

  private func responsibilityBlock(_ part: PlanPart) -> Block {
    let known = part.plan.team.memberIDs
    return part.block(
      "raci", "report_raci", aside: part.text("plan_raci_aside"),
      columns: [
        ("report_column_task", .name), ("plan_team_responsible", .text),
        ("plan_team_accountable", .text), ("plan_team_consulted", .text),
        ("plan_team_informed", .text),
      ],
      rows: part.plan.team.responsibilities.map { row in
        let faults = row.faults(people: known)
        var accountable: Cell = part.cell(part.people(row.accountable))
        if let fault = faults.first { accountable.badge = part.text("plan_raci_\(fault.rawValue)") }
        return Row(cells: [
          Cell.name(row.name, part.link(at: "team.responsibilities[\(row.id)]")),
          part.cell(part.people(row.responsible)), accountable,
          part.cell(part.people(row.consulted)), part.cell(part.people(row.informed)),
        ])
      }, missing: "report_missing_raci")
  }

  private func objectiveBlock(_ part: PlanPart) -> Block {
    part.block(
      "objectives", "report_objectives", aside: part.text("plan_objectives_aside"),
      columns: [
        ("report_column_objective", .name), ("report_column_owner", .text),
        ("report_column_metric", .text), ("report_column_target", .number),
        ("report_column_date", .number), ("report_column_guard", .text),
        ("plan_column_bonus", .number),
      ],
      rows: part.plan.team.objectives.map { objective in
        var guarded: Cell = part.cell(
          objective.guardMetric.isEmpty ? "" : part.metric(objective.guardMetric))
        if objective.isUnguarded { guarded.badge = part.text("plan_unguarded") }
        return Row(cells: [
          Cell.name(objective.name, part.link(at: "team.objectives[\(objective.id)]")),
          .words(part.person(objective.owner)), .words(part.metric(objective.metric)),
          part.number(objective.target),
          .number(objective.date.isEmpty ? "–" : objective.date), guarded,
          objective.bonus > 0 ? part.share(objective.bonus) : .number("–"),
        ])
      }, missing: "plan_objectives_none")
  }
}
