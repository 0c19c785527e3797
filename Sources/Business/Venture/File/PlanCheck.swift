import Forecast

/// Everything that is wrong or doubtful in a plan: what the reader found, and where its parts do not
/// hold together.
package struct PlanCheck: Sendable, Encodable {
  /// Errors first, each by line.
  package let problems: [PlanProblem]

  package init(text: String) { self.init(Plan.read(text: text), text: text) }

  package init(_ reading: PlanReading, text: String) {
    var problems = reading.problems
    if let plan = reading.plan { problems += plan.findings(text) }
    var seen: Set<PlanProblem> = []
    self.problems = problems.filter { seen.insert($0).inserted }.sorted {
      ($0.severity == .error ? 0 : 1, $0.line, $0.column, $0.field)
        < ($1.severity == .error ? 0 : 1, $1.line, $1.column, $1.field)
    }
  }

  package var errors: Int { problems.count { $0.severity == .error } }
  package var warnings: Int { problems.count - errors }

  private enum Name: String, CodingKey { case errors, warnings, problems }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    try container.encode(errors, forKey: .errors)
    try container.encode(warnings, forKey: .warnings)
    try container.encode(problems, forKey: .problems)
  }
}

extension PlanProblem: Encodable {
  private enum Name: String, CodingKey { case severity, line, column, field, message }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    try container.encode(severity.rawValue, forKey: .severity)
    try container.encode(line, forKey: .line)
    try container.encode(column, forKey: .column)
    try container.encode(field, forKey: .field)
    try container.encode(message, forKey: .message)
  }
}

extension Plan {
  /// Warnings of the parts together.
  fileprivate func findings(_ text: String) -> [PlanProblem] {
    let people = Set(team.people.map(\.id) + team.hires.map(\.id))
    let context = StrategyContext(
      people: people,
      channels: Dictionary(
        forecast.segments.map { ($0.id, $0.ways) }, uniquingKeysWith: { first, _ in first }),
      streams: Set(forecast.streams.map(\.id)), scenarios: Set(scenarios.map(\.id)))
    return (strategy?.findings(context).map(\.problem) ?? []) + judgments()
      + references(text, people)
  }

  /// Pairwise judgments that contradict each other.
  private func judgments() -> [PlanProblem] {
    guard let weights = opportunities?.weights, case .pairwise(let judges) = weights.method else {
      return []
    }
    return judges.flatMap { judge -> [PlanProblem] in
      let tables =
        [("groups", judge.groups)]
        + judge.indicators.map { ($0.key.rawValue, $0.value) }
        .sorted { $0.0 < $1.0 }
      return tables.compactMap { name, matrix -> PlanProblem? in
        let result = AnalyticHierarchy(matrix)
        guard !result.isConsistent else { return nil }
        return PlanProblem(
          .warning, line: weights.line, field: "\(weights.field).\(name)",
          "'\(judge.name)' contradicts itself: consistency ratio \(rounded(result.consistencyRatio)) is above \(result.limit); look at the judgments again"
        )
      }
    }
  }

  /// Names that lead from one section into another.
  private func references(_ text: String, _ people: Set<String>) -> [PlanProblem] {
    guard let source = try? PlanText(text) else { return [] }
    var found: [PlanProblem] = []
    func warn(_ path: String, _ message: String) {
      found.append(PlanProblem(.warning, line: source.line(of: path) ?? 0, field: path, message))
    }
    let risks = Set(self.risks.risks.map(\.id))
    let tasks = Set(project?.tasks.map(\.id) ?? [])
    for risk in self.risks.risks {
      let path = "risks.register[\(risk.id)]"
      if !risk.owner.isEmpty, !people.isEmpty, !people.contains(risk.owner) {
        warn(path, "owner '\(risk.owner)' is not in the team")
      }
      for task in risk.tasks where !tasks.contains(task) {
        warn(path, "threatens the step '\(task)', which the project does not have")
      }
    }
    for task in project?.tasks ?? [] {
      let path = "project.tasks[\(task.id)]"
      if !task.owner.isEmpty, !people.isEmpty, !people.contains(task.owner) {
        warn(path, "owner '\(task.owner)' is not in the team")
      }
      for delay in task.delays where !risks.contains(delay.risk) {
        warn(path, "is delayed by the risk '\(delay.risk)', which the register does not have")
      }
    }
    let rounds = Set(forecast.finance.rounds.map(\.id))
    for terms in team.equity?.terms ?? [] where !rounds.contains(terms.round) {
      warn("team.equity.rounds", "'\(terms.round)' is no round of forecast.finance")
    }
    return found
  }
}

extension SegmentInput {
  /// Ways in which its customers come.
  fileprivate var ways: [String] {
    channels.map(\.name) + (free == nil ? [] : ["free"]) + (bass == nil ? [] : ["bass"])
  }
}
