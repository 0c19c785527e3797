/// A stage of the venture with its goals, the tasks that serve them, and the gates to the next.
package struct Stage: Sendable, Hashable {
  /// 初创 and 成长.
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case startUp = "start_up"
    case growth

    /// The four areas of the stage.
    package var areas: [Area] {
      switch self {
      case .startUp: [.technology, .team, .marketing, .funding]
      case .growth: [.productUpgrade, .marketExpansion, .teamExpansion, .fundManagement]
      }
    }
  }

  package enum Area: String, Sendable, Hashable, Codable, CaseIterable {
    case technology, team, marketing, funding
    case productUpgrade = "product_upgrade"
    case marketExpansion = "market_expansion"
    case teamExpansion = "team_expansion"
    case fundManagement = "fund_management"

    package var textKey: String { "plan_area_\(rawValue)" }
  }

  package struct Goal: Sendable, Hashable {
    package let id: String
    package let area: Area?
    package let claim: Claim
  }

  package struct Task: Sendable, Hashable {
    package let id: String
    package let name: String
    /// Ids of the stage's goals that it serves.
    package let goals: [String]
    /// Id of a person of the team.
    package let owner: String
    package let due: String?
    package let line: Int
    package let field: String
  }

  /// What must hold, by when, before the next stage begins.
  package struct Gate: Sendable, Hashable {
    package let id: String
    package let name: String
    package let metric: String
    package let threshold: Threshold?
    package let date: String?
    package let line: Int
    package let field: String
  }

  package let id: String
  package let name: String
  package let kind: Kind
  package let goals: [Goal]
  package let tasks: [Task]
  package let gates: [Gate]
  package let line: Int
  package let field: String

  package init(reading node: PlanNode, id: String) {
    self.id = id
    line = node.line
    field = node.path
    name = node.text("name", limit: 200)
    let kind = node.choice("kind", Kind.self) ?? .startUp
    self.kind = kind
    var seen: Set<String> = []
    func identify(_ child: PlanNode) -> String {
      let id = child.text("id", required: true, limit: 100)
      if !id.isEmpty, !seen.insert(id).inserted {
        child.fail("'\(id)' is used twice in this stage; ids must be unique")
      }
      return id
    }
    goals = node.list("goals", limit: 100).map { child in
      defer { child.finish() }
      let id = identify(child)
      let area = child.choice("area", Area.self)
      if let area, !kind.areas.contains(area) {
        child.fail(
          "area '\(area.rawValue)' is not of this stage; use one of "
            + kind.areas.map(\.rawValue).joined(separator: ", "))
      }
      return Goal(id: id, area: area, claim: Claim(reading: child, id: "goals.\(id)"))
    }
    let goalNames = Set(goals.map(\.id))
    tasks = node.list("tasks", limit: 200).map { child in
      defer { child.finish() }
      let task = Task(
        id: identify(child), name: child.text("name", required: true, limit: 300),
        goals: child.texts("goals"), owner: child.text("owner", limit: 100),
        due: child.date("due"), line: child.line, field: child.path)
      for goal in task.goals where !goalNames.contains(goal) {
        child.fail("serves the goal '\(goal)', which this stage does not have")
      }
      return task
    }
    gates = node.list("gates", limit: 50).map { child in
      defer { child.finish() }
      return Gate(
        id: identify(child), name: child.text("name", limit: 300),
        metric: child.text("metric", limit: 200),
        threshold: Threshold(reading: child, name: "threshold"), date: child.date("date"),
        line: child.line, field: child.path)
    }
  }
}
