/// A place where the strategy does not hold together. A warning: the plan still works.
package struct StrategyFinding: Sendable, Hashable, Codable {
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// `missing` of a claim: metric, owner, date or the value at which it is dropped.
    case claimIncomplete = "claim_incomplete"
    case sectionMissing = "section_missing"
    case advantageUnused = "advantage_unused"
    case customerUnreached = "customer_unreached"
    case productUnwanted = "product_unwanted"
    case customerUnserved = "customer_unserved"
    case goalUnserved = "goal_unserved"
    case taskWithoutGoal = "task_without_goal"
    case taskWithoutOwner = "task_without_owner"
    case ownerUnknown = "owner_unknown"
    case gateWithoutMetric = "gate_without_metric"
    case gateWithoutThreshold = "gate_without_threshold"
    case gateWithoutDate = "gate_without_date"
    case streamUnknown = "stream_unknown"
    case areaEmpty = "area_empty"
    case pathWithoutScenario = "path_without_scenario"

    package var textKey: String { "plan_finding_\(rawValue)" }
  }

  package let kind: Kind
  /// Id or name of what it is about; `{name}` of the text.
  package let subject: String
  /// The other side: the missing part of a claim, an unknown owner, a segment; `{detail}` of the text.
  package let detail: String
  package let line: Int
  package let field: String

  package init(
    _ kind: Kind, _ subject: String, detail: String = "", line: Int, field: String
  ) {
    self.kind = kind
    self.subject = subject
    self.detail = detail
    self.line = line
    self.field = field
  }

  /// As a warning of the plan's check.
  package var problem: PlanProblem {
    let message =
      switch kind {
      case .claimIncomplete: "'\(subject)' lacks \(detail); nothing can refute it as it stands"
      case .sectionMissing: "the strategy says nothing of its \(detail)"
      case .advantageUnused: "no offering uses the advantage '\(subject)'"
      case .customerUnreached: "no channel reaches '\(subject)' (segment \(detail))"
      case .productUnwanted: "no target customer wants '\(subject)'"
      case .customerUnserved: "no offering serves '\(subject)'"
      case .goalUnserved: "no task serves the goal '\(subject)'"
      case .taskWithoutGoal: "the task '\(subject)' serves no goal"
      case .taskWithoutOwner: "the task '\(subject)' has no owner"
      case .ownerUnknown: "'\(detail)', who owns '\(subject)', is not in the team"
      case .gateWithoutMetric: "the gate '\(subject)' has no metric"
      case .gateWithoutThreshold: "the gate '\(subject)' has no threshold, such as '>= 60%'"
      case .gateWithoutDate: "the gate '\(subject)' has no date"
      case .streamUnknown: "the profit model's stream '\(subject)' is not in the forecast"
      case .areaEmpty: "the stage '\(subject)' has no goal for \(detail)"
      case .pathWithoutScenario: "the scenario '\(detail)' of the path '\(subject)' is not there"
      }
    return PlanProblem(.warning, line: line, field: field, message)
  }
}

/// What other parts of the plan say, for the strategy's checks.
package struct StrategyContext: Sendable {
  /// Ids of the people and of the planned hires.
  package var people: Set<String>
  /// Names of the channels by id of the forecast's segment.
  package var channels: [String: [String]]
  package var streams: Set<String>
  package var scenarios: Set<String>

  package init(
    people: Set<String>, channels: [String: [String]], streams: Set<String>, scenarios: Set<String>
  ) {
    self.people = people
    self.channels = channels
    self.streams = streams
    self.scenarios = scenarios
  }
}
