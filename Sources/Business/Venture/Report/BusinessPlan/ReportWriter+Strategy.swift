import Forecast

extension ReportWriter {
  mutating func strategy() {
    chapter("report_strategy")
    guard let strategy = plan.strategy else { return missing("report_missing_strategy") }
    for (key, claim) in [
      ("plan_strategy_vision", strategy.vision), ("plan_strategy_mission", strategy.mission),
      ("plan_strategy_position", strategy.position),
    ] {
      guard let claim else { continue }
      heading(key)
      state(claim)
    }
    customers(strategy)
    offerings(strategy)
    advantages(strategy)
    paths(strategy)
    for stage in strategy.stages { self.stage(stage) }
    findings()
  }

  /// What is claimed, and under it what is measured, by whom, when, and when it is given up.
  private mutating func state(_ claim: Claim) {
    document.prose(claim.text)
    let check = check(claim)
    if !check.isEmpty { paragraph([.strong(words("report_claim_check"))] + check) }
  }

  private func check(_ claim: Claim) -> [Inline] {
    var parts: [[Inline]] = []
    if !claim.metric.isEmpty {
      parts.append(text("report_claim_metric", ["metric": .text(metric(claim.metric))]))
    }
    if let drop = claim.drop {
      let source = written(claim.line, claim.field, drop.text)
      parts.append(text("report_claim_drop", ["drop": .figure(Self.signed(drop.text), source)]))
    }
    if let date = claim.date {
      let source = written(claim.line, claim.field, date)
      parts.append(text("report_claim_date", ["date": .figure(date, source)]))
    }
    if !claim.owner.isEmpty {
      parts.append(text("report_claim_owner", ["owner": .text(person(claim.owner))]))
    }
    return parts.enumerated().flatMap { index, part in
      index == 0 ? part : [.text(words("report_separator"))] + part
    }
  }

  private mutating func customers(_ strategy: Strategy) {
    guard !strategy.customers.isEmpty else { return }
    heading("plan_strategy_customers")
    table(
      ["report_column_customer", "report_column_needs", "report_column_claim"],
      strategy.customers.map { customer -> [[Inline]] in
        [
          [.strong(customer.name)], [.text(list(customer.needs))],
          claimed(customer.claim),
        ]
      })
  }

  private func claimed(_ claim: Claim) -> [Inline] {
    let check = check(claim)
    return [.text(claim.text)]
      + (check.isEmpty ? [] : [.text("\n"), .strong(words("report_claim_check"))] + check)
  }

  private mutating func offerings(_ strategy: Strategy) {
    guard !strategy.offerings.isEmpty else { return }
    heading("plan_strategy_offerings")
    let names = Dictionary(
      strategy.customers.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    table(
      ["report_column_offering", "report_column_kind", "report_column_for", "report_column_claim"],
      strategy.offerings.map { offering -> [[Inline]] in
        [
          [.strong(offering.name)], [.text(words("plan_offering_\(offering.kind.rawValue)"))],
          [.text(list(offering.customers.map { names[$0] ?? $0 }))], claimed(offering.claim),
        ]
      })
  }

  private mutating func advantages(_ strategy: Strategy) {
    guard !strategy.advantages.isEmpty else { return }
    heading("plan_strategy_advantages")
    document.add(
      .bullets(
        strategy.advantages.map { advantage in
          [
            .strong(words("plan_advantage_\(advantage.kind.rawValue)")),
            .text(words("report_colon")),
          ] + claimed(advantage.claim)
        }))
    if let profit = strategy.profitModel {
      heading("plan_strategy_profit_model")
      state(profit.claim)
    }
  }

  private mutating func paths(_ strategy: Strategy) {
    heading("plan_strategy_paths")
    guard let paths = strategy.paths, let comparison = content.assessment.paths else {
      return missing("report_missing_paths")
    }
    for path in paths.paths {
      document.add(
        .bullets([
          [.strong(words(path.kind.textKey)), .text(words("report_colon") + path.summary)]
        ]))
    }
    let source = run("report_run_paths", paths: comparison.draws)
    let simulated = content.comparisons[.paths]
    let compared = run("report_run_compare", paths: simulated?.paths ?? 0)
    table(
      [
        "report_column_path", "report_column_attractiveness", "report_column_best_criteria",
        "report_column_best_simulation", "report_column_npv",
      ], numeric: [1, 2, 3, 4],
      comparison.entries.map { entry -> [[Inline]] in
        let verdict = content.assessment.verdicts.first { $0.kind == entry.kind }
        let row = simulated?.rows.first { $0.id == entry.kind.rawValue }
        return [
          [.text(words(entry.kind.textKey))],
          [number(entry.total.mean, source)], [share(entry.best, source)],
          (row?.chanceBest ?? verdict?.bestBySimulation).map { [share($0, compared)] } ?? ["–"],
          (row?.expected ?? verdict?.expected).map { [money($0, compared)] } ?? ["–"],
        ]
      })
    if let winner = comparison.winner {
      let key = winner.isSettled ? "report_path_settled" : "report_path_open"
      paragraph(key, ["path": .strong(words(winner.kind.textKey))])
    }
    if let simulated, let agrees = comparison.agrees(with: simulated) {
      paragraph(agrees ? "report_path_agrees" : "report_path_disagrees")
    }
  }

  private mutating func stage(_ stage: Stage) {
    let name = stage.name.isEmpty ? words("plan_stage_\(stage.kind.rawValue)") : stage.name
    document.heading(3, words("report_stage", ["name": name]))
    table(
      ["report_column_area", "report_column_goal"],
      stage.goals.map { goal -> [[Inline]] in
        [[.text(goal.area.map { words($0.textKey) } ?? "–")], claimed(goal.claim)]
      })
    table(
      [
        "report_column_gate", "report_column_metric", "report_column_threshold",
        "report_column_date",
      ], numeric: [2, 3],
      stage.gates.map { gate -> [[Inline]] in
        let threshold = gate.threshold?.text ?? "–"
        let source = written(gate.line, gate.field, threshold)
        return [
          [.text(gate.name)], [.text(metric(gate.metric))],
          gate.threshold == nil ? ["–"] : [.figure(Self.signed(threshold), source)],
          gate.date.map { [.figure($0, written(gate.line, gate.field, $0))] } ?? ["–"],
        ]
      })
  }

  private mutating func findings() {
    let findings = content.assessment.findings
    guard !findings.isEmpty else { return }
    heading("report_findings")
    document.add(
      .bullets(
        findings.prefix(20).map { finding in
          let detail =
            words.has("plan_claim_\(finding.detail)")
            ? words("plan_claim_\(finding.detail)") : finding.detail
          return [.text(words(finding.kind.textKey, ["name": finding.subject, "detail": detail]))]
        }))
  }
}
