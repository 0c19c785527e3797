import Venture

extension PlanPages {
  /// 战略规划: what is claimed, by which path, in which stages, and what does not hold together.
  func strategy(_ visit: Visit) async throws -> String {
    let part = try part(visit)
    guard let strategy = part.plan.strategy else {
      return nothing(.strategy, part, "report_missing_strategy")
    }
    let assessment = try await desk.assessment()
    var blocks = claimBlocks(part, strategy)
    blocks += pathBlocks(part, strategy, assessment)
    for stage in strategy.stages { blocks += stageBlocks(part, stage) }
    blocks.append(findingBlock(part, assessment.findings))
    return page(
      .strategy, visit, answer: strategyAnswer(part, strategy, assessment), blocks: blocks)
  }

  /// A part that the plan does not have: what to write.
  func nothing(_ tab: Tab, _ part: PlanPart, _ key: String) -> String {
    page(
      tab, part.visit, answer: [Piece(text: part.text(key))],
      blocks: [
        part.block("empty", "plan_tab_\(tab.rawValue)", columns: [], rows: [], missing: key)
      ])
  }

  private func strategyAnswer(
    _ part: PlanPart, _ strategy: Strategy, _ assessment: PlanAssessment
  ) -> [Piece] {
    let claims = strategy.claims
    let open = claims.count { !$0.missing.isEmpty }
    var values = [
      "claims": part.piece("\(claims.count)", "#claims"),
      "open": part.piece("\(open)", "#findings", tone: open > 0 ? .loss : nil),
      "findings": part.piece("\(assessment.findings.count)", "#findings"),
    ]
    guard let comparison = assessment.paths, let winner = comparison.winner,
      let entry = comparison.entries.first(where: { $0.kind == winner.kind })
    else { return part.text.pieces("plan_answer_strategy", values) }
    values["path"] = part.piece(part.text(winner.kind.textKey), "#paths")
    values["chance"] = part.piece(part.chance(entry.best), "#paths")
    let simulated = assessment.verdicts.filter { $0.bestBySimulation != nil }
      .max { ($0.bestBySimulation ?? 0) < ($1.bestBySimulation ?? 0) }
    guard let simulated, let expected = simulated.expected else {
      return part.text.pieces("plan_answer_strategy_paths", values)
    }
    values["simulated"] = part.piece(part.text(simulated.kind.textKey), "#paths")
    values["value"] = part.piece(part.format.money(expected), "#paths")
    return part.text.pieces(
      simulated.kind == winner.kind
        ? "plan_answer_strategy_agree" : "plan_answer_strategy_disagree", values)
  }

  // MARK: Claims

  static func claimColumns(_ first: (String, Cell.Kind)...) -> [(String, Cell.Kind)] {
    first + [
      ("plan_column_claim", .text), ("plan_column_checked", .text),
      ("report_column_owner", .text), ("report_column_date", .number),
      ("plan_column_drop", .number),
    ]
  }

  /// What is claimed, by what it is measured, whose it is, by when, and when it is given up.
  func claimCells(_ part: PlanPart, _ claim: Claim) -> [Cell] {
    let missing = Set(claim.missing)
    func mark(_ cell: Cell, _ lacking: Claim.Part) -> Cell {
      guard missing.contains(lacking) else { return cell }
      var cell = cell
      cell.badge = part.text("plan_missing_part")
      return cell
    }
    return [
      part.cell(claim.text),
      mark(part.cell(claim.metric.isEmpty ? "" : part.metric(claim.metric)), .metric),
      mark(part.cell(claim.owner.isEmpty ? "" : part.person(claim.owner)), .owner),
      mark(.number(claim.date ?? "–"), .date), mark(.number(claim.drop?.text ?? "–"), .drop),
    ]
  }

  private func claimBlocks(_ part: PlanPart, _ strategy: Strategy) -> [Block] {
    let text = part.text
    let first = [
      ("plan_strategy_vision", strategy.vision), ("plan_strategy_mission", strategy.mission),
      ("plan_strategy_position", strategy.position),
      ("plan_strategy_profit_model", strategy.profitModel?.claim),
    ]
    let names = Dictionary(
      strategy.customers.map { ($0.id, $0.name) }, uniquingKeysWith: { one, _ in one })
    return [
      part.block(
        "claims", "plan_strategy_claims", aside: text("plan_strategy_claims_aside"),
        columns: Self.claimColumns(("plan_column_statement", .name)),
        rows: first.compactMap { key, claim in
          claim.map {
            Row(cells: [Cell.name(text(key), part.link($0.line))] + claimCells(part, $0))
          }
        }),
      part.block(
        "customers", "plan_strategy_customers",
        columns: Self.claimColumns(
          ("report_column_customer", .name), ("report_column_needs", .text)),
        rows: strategy.customers.map { customer in
          Row(
            cells: [
              Cell.name(customer.name, part.link(customer.claim.line)),
              part.cell(part.list(customer.needs)),
            ] + claimCells(part, customer.claim))
        }),
      part.block(
        "offerings", "plan_strategy_offerings",
        columns: Self.claimColumns(
          ("report_column_offering", .name), ("report_column_kind", .text),
          ("report_column_for", .text)),
        rows: strategy.offerings.map { offering in
          Row(
            cells: [
              Cell.name(offering.name, part.link(offering.claim.line)),
              .words(text("plan_offering_\(offering.kind.rawValue)")),
              part.cell(part.list(offering.customers.map { names[$0] ?? $0 })),
            ] + claimCells(part, offering.claim))
        }),
      part.block(
        "advantages", "plan_strategy_advantages",
        columns: Self.claimColumns(
          ("report_column_kind", .name), ("plan_column_used_by", .text)),
        rows: strategy.advantages.map { advantage in
          let users = strategy.offerings.filter { $0.advantages.contains(advantage.id) }
          return Row(
            cells: [
              Cell.name(
                text("plan_advantage_\(advantage.kind.rawValue)"), part.link(advantage.claim.line)),
              part.cell(part.list(users.map(\.name))),
            ] + claimCells(part, advantage.claim))
        }),
    ]
  }

  private func findingBlock(_ part: PlanPart, _ findings: [StrategyFinding]) -> Block {
    part.block(
      "findings", "report_findings",
      columns: [("plan_column_finding", .name), ("plan_column_field", .code)],
      rows: findings.map { finding in
        let key = "plan_claim_\(finding.detail)"
        let area = "plan_area_\(finding.detail)"
        let detail =
          part.words.has(key)
          ? part.text(key) : part.words.has(area) ? part.text(area) : finding.detail
        return Row(cells: [
          Cell.name(
            part.text(finding.kind.textKey, ["name": finding.subject, "detail": detail]),
            part.link(finding.line)),
          .code(finding.field),
        ])
      }, missing: "plan_findings_none")
  }
}
