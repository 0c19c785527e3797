extension Strategy {
  /// Everything that does not hold together, in the plan's order.
  package func findings(_ context: StrategyContext) -> [StrategyFinding] {
    (missingSections + claims.flatMap { Self.findings(of: $0, context) }
      + customerFindings(context) + offeringFindings + profitFindings(context)
      + pathFindings(context) + stages.flatMap { $0.findings(context) })
      .sorted { ($0.line, $0.kind.rawValue, $0.detail) < ($1.line, $1.kind.rawValue, $1.detail) }
  }

  private var missingSections: [StrategyFinding] {
    let parts: [(String, Bool)] = [
      ("vision", vision == nil), ("mission", mission == nil), ("position", position == nil),
      ("customers", customers.isEmpty), ("offerings", offerings.isEmpty),
      ("advantages", advantages.isEmpty), ("profit_model", profitModel == nil),
      ("paths", paths == nil), ("stages", stages.isEmpty),
    ]
    return parts.filter(\.1).map { name, _ in
      StrategyFinding(
        .sectionMissing, "strategy", detail: name, line: line, field: "strategy.\(name)")
    }
  }

  private static func findings(
    of claim: Claim, _ context: StrategyContext
  ) -> [StrategyFinding] {
    var findings = claim.missing.map { part in
      StrategyFinding(
        .claimIncomplete, claim.id, detail: part.rawValue, line: claim.line, field: claim.field)
    }
    if !claim.owner.isEmpty, !context.people.contains(claim.owner) {
      findings.append(
        StrategyFinding(
          .ownerUnknown, claim.id, detail: claim.owner, line: claim.line, field: claim.field))
    }
    return findings
  }

  private func customerFindings(_ context: StrategyContext) -> [StrategyFinding] {
    customers.flatMap { customer -> [StrategyFinding] in
      let (line, field) = (customer.claim.line, customer.claim.field)
      var findings: [StrategyFinding] = []
      if customer.segments.allSatisfy({ context.channels[$0, default: []].isEmpty }) {
        findings.append(
          StrategyFinding(
            .customerUnreached, customer.name, detail: customer.segments.joined(separator: ", "),
            line: line, field: field))
      }
      if !offerings.contains(where: { $0.customers.contains(customer.id) }) {
        findings.append(StrategyFinding(.customerUnserved, customer.name, line: line, field: field))
      }
      return findings
    }
  }

  private var offeringFindings: [StrategyFinding] {
    let unwanted = offerings.filter(\.customers.isEmpty).map {
      StrategyFinding(.productUnwanted, $0.name, line: $0.claim.line, field: $0.claim.field)
    }
    let used = Set(offerings.flatMap(\.advantages))
    return unwanted
      + advantages.filter { !used.contains($0.id) }.map {
        StrategyFinding(.advantageUnused, $0.id, line: $0.claim.line, field: $0.claim.field)
      }
  }

  private func profitFindings(_ context: StrategyContext) -> [StrategyFinding] {
    guard let profitModel else { return [] }
    let claim = profitModel.claim
    return profitModel.streams.filter { !context.streams.contains($0) }.map {
      StrategyFinding(.streamUnknown, $0, line: claim.line, field: claim.field)
    }
  }

  private func pathFindings(_ context: StrategyContext) -> [StrategyFinding] {
    guard let paths else { return [] }
    return paths.paths.compactMap { path in
      guard !path.scenario.isEmpty, !context.scenarios.contains(path.scenario) else { return nil }
      return StrategyFinding(
        .pathWithoutScenario, path.kind.rawValue, detail: path.scenario, line: path.line,
        field: "\(paths.field).\(path.kind.rawValue)")
    }
  }
}

extension Stage {
  fileprivate func findings(_ context: StrategyContext) -> [StrategyFinding] {
    let served = Set(tasks.flatMap(\.goals))
    let areas = Set(goals.compactMap(\.area))
    var findings = kind.areas.filter { !areas.contains($0) }.map { area in
      StrategyFinding(.areaEmpty, id, detail: area.rawValue, line: line, field: field)
    }
    for goal in goals where !served.contains(goal.id) {
      findings.append(
        StrategyFinding(.goalUnserved, goal.id, line: goal.claim.line, field: goal.claim.field))
    }
    findings += tasks.flatMap { $0.findings(context) }
    findings += gates.flatMap(\.findings)
    return findings
  }
}

extension Stage.Task {
  fileprivate func findings(_ context: StrategyContext) -> [StrategyFinding] {
    var findings: [StrategyFinding] = []
    if goals.isEmpty {
      findings.append(StrategyFinding(.taskWithoutGoal, id, line: line, field: field))
    }
    if owner.isEmpty {
      findings.append(StrategyFinding(.taskWithoutOwner, id, line: line, field: field))
    } else if !context.people.contains(owner) {
      findings.append(
        StrategyFinding(.ownerUnknown, id, detail: owner, line: line, field: field))
    }
    return findings
  }
}

extension Stage.Gate {
  fileprivate var findings: [StrategyFinding] {
    let parts: [(StrategyFinding.Kind, Bool)] = [
      (.gateWithoutMetric, metric.isEmpty), (.gateWithoutThreshold, threshold == nil),
      (.gateWithoutDate, date == nil),
    ]
    return parts.filter(\.1).map { kind, _ in
      StrategyFinding(kind, id, line: line, field: field)
    }
  }
}
