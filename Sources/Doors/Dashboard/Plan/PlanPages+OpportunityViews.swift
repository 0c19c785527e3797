import Venture

extension PlanPages {
  func readinessBlock(_ part: PlanPart, _ entry: OpportunityAssessment.Entry) -> Block {
    part.block(
      "readiness", "report_readiness",
      columns: [
        ("report_column_component", .name), ("report_column_level", .number),
        ("report_column_needed", .number), ("report_column_meaning", .text),
        ("report_column_evidence", .text), ("report_column_date", .number),
      ],
      rows: entry.readiness.map { readiness in
        let isShort = readiness.needed.map { readiness.level < $0 } ?? false
        return Row(cells: [
          Cell.name(readiness.component, part.link(readiness.line)),
          .number("\(readiness.level)", tone: isShort ? .loss : nil),
          .number(readiness.needed.map { "\($0)" } ?? "–"),
          .words(part.text(Readiness.textKey(readiness.level))),
          part.cell(readiness.evidence), .number(readiness.date ?? "–"),
        ])
      }, missing: "plan_readiness_none")
  }

  // MARK: SWOT

  func swotBlocks(
    _ part: PlanPart, _ candidate: Opportunity, _ entry: OpportunityAssessment.Entry
  ) -> [Block] {
    guard let swot = candidate.swot, let judged = entry.swot else {
      return [
        part.block("swot", "report_swot", columns: [], rows: [], missing: "report_missing_swot")
      ]
    }
    let names = Dictionary(
      swot.factors.map { ($0.id, $0.text) }, uniquingKeysWith: { one, _ in one })
    let factors = part.block(
      "swot", "report_swot",
      prose: [
        part.text(
          "report_swot_answer",
          [
            "inner": part.format.number(judged.internalScore),
            "outer": part.format.number(judged.externalScore),
            "quadrant": part.text(judged.quadrant.textKey),
          ])
      ],
      columns: [
        ("report_column_factor", .name), ("report_column_factor_kind", .text),
        ("report_column_weight", .number), ("report_column_rating", .number),
        ("report_column_evidence", .text),
      ],
      rows: swot.factors.map { factor in
        Row(cells: [
          Cell.name(factor.text, part.link(factor.line)), .words(part.text(factor.kind.textKey)),
          part.share(factor.weight), part.number(factor.rating), part.cell(factor.evidence),
        ])
      })
    return [factors, strategies(part, swot, judged, names), swotFindings(part, judged, names)]
  }

  private func strategies(
    _ part: PlanPart, _ swot: SWOT, _ judged: SWOT.Assessment, _ names: [String: String]
  ) -> Block {
    let decided = judged.cells.filter { if case .open = $0.decision { false } else { true } }
    return part.block(
      "tows", "report_tows", aside: part.text("plan_tows_aside"),
      columns: [
        ("report_column_factors", .name), ("report_column_pair", .text),
        ("plan_column_priority", .number), ("report_column_decision", .text),
        ("report_column_owner", .text),
      ],
      rows: decided.map { cell in
        let line =
          swot.answers.first { $0.inner == cell.inner && $0.outer == cell.outer }?.line ?? 0
        let (decision, owner): (String, String) =
          switch cell.decision {
          case .action(let action, let owner): (action, owner)
          case .rejected(let reason):
            (part.text("plan_tows_decision_rejected") + part.text("report_colon") + reason, "")
          case .open: ("", "")
          }
        return Row(cells: [
          Cell.name(
            "\(names[cell.inner] ?? cell.inner) × \(names[cell.outer] ?? cell.outer)",
            part.link(line)),
          .words(part.text(cell.kind.textKey)), part.number(cell.priority), part.cell(decision),
          part.cell(owner.isEmpty ? "" : part.person(owner)),
        ])
      }, missing: "plan_tows_none")
  }

  private func swotFindings(
    _ part: PlanPart, _ judged: SWOT.Assessment, _ names: [String: String]
  ) -> Block {
    part.block(
      "swot-findings", "plan_swot_open", columns: [("plan_column_finding", .name)],
      rows: judged.findings.map { finding in
        let name = finding.factors.map { names[$0] ?? $0 }.joined(separator: " × ")
        return Row(cells: [
          Cell.name(part.text(finding.kind.textKey, ["name": name]), part.link(finding.line))
        ])
      }, missing: "plan_findings_none")
  }

  // MARK: Five forces

  func forceBlock(
    _ part: PlanPart, _ candidate: Opportunity, _ entry: OpportunityAssessment.Entry
  ) -> Block {
    var prose: [String] = []
    if let forces = entry.forces {
      prose.append(
        part.text(
          "plan_forces_answer",
          [
            "pressure": part.interval(forces.pressure, part.format.number),
            "attractiveness": part.interval(forces.attractiveness, part.format.percent),
          ]))
    }
    if !entry.countedTwice.isEmpty {
      prose.append(part.text("plan_counted_twice", ["evidence": part.list(entry.countedTwice)]))
    }
    return part.block(
      "forces", "report_forces", prose: prose,
      columns: [
        ("report_column_force", .name), ("report_column_pressure", .number),
        ("plan_column_measured", .text), ("plan_column_speaks_for", .number),
        ("report_column_evidence", .text),
      ],
      rows: (entry.forces?.entries ?? []).map { force in
        let written = candidate.forces.first { $0.kind == force.kind }
        var pressure = Cell.number(
          part.interval(force.pressure, part.format.number), exact: written?.score?.text)
        if force.isContradicted { pressure.badge = part.text("plan_contradicted") }
        return Row(cells: [
          Cell.name(part.text(force.kind.textKey), part.link(written?.line ?? 0)), pressure,
          part.cell(
            force.measurements.map { item in
              "\(part.text(item.item.textKey))\(part.text("report_colon"))\(measured(part, item))"
            }.joined(separator: part.text("report_separator"))),
          force.measured.map { part.number($0) } ?? Cell.number("–"),
          part.cell(part.list(force.evidence)),
        ])
      }, missing: "report_missing_forces")
  }

  private func measured(_ part: PlanPart, _ item: Force.Measurement) -> String {
    switch item.item {
    case .marketGrowth, .topCustomerShare, .topSupplierShare: part.format.percent(item.value)
    case .sellerConcentration, .entryMonths, .substitutePrice, .switchingMonths:
      part.format.number(item.value)
    }
  }
}
