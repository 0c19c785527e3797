/// What the methods say about the team: for the page, the report and `--json`.
package struct TeamAssessment: Sendable, Hashable, Codable {
  package struct Duty: Sendable, Hashable, Codable {
    package var member: String
    package var capability: String
    /// Level of the member ÷ level needed, at most 1.
    package var fit: Double
  }

  package struct StageView: Sendable, Hashable, Codable {
    package var stage: Capability.Stage
    package var members: Int
    /// Full-time equivalents.
    package var people: Double
    /// n(n − 1)/2: each pair must talk (Brooks 1975).
    package var links: Int
    /// Before hires and courses, and with them.
    package var gapsNow: [CapabilityGap]
    package var gapsPlanned: [CapabilityGap]
    /// The least bus factor of the needs that the plan meets; nil when it meets none.
    package var busFactor: Int?
    package var duties: [Duty]
    /// Weighted share of the needs that the plan meets, 0...1.
    package var coverage: Double
  }

  /// Something to look at; the text is the catalogue's `plan_team_<code>`.
  package struct Finding: Sendable, Hashable, Codable {
    package enum Code: String, Sendable, Hashable, Codable, CaseIterable {
      case gapOpen = "gap_open"
      case oneDeep = "one_deep"
      case unguardedObjective = "unguarded_objective"
      case overloaded
      case trainingBelowNeed = "training_below_need"
    }
    package var code: Code
    /// Id of the person, capability or objective it is about.
    package var subject: String
    package var stage: Capability.Stage?
  }

  package var stages: [StageView]
  package var findings: [Finding]
  package var responsibilities: [Responsibility]
  package var objectives: [Objective]
}

extension Team {
  /// - Parameter counts: heads by hire's id, as the compiled plan has them (see `hiringPlan`).
  package func assess(counts: [String: Int] = [:]) -> TeamAssessment {
    var findings: [TeamAssessment.Finding] = []
    let stages = Capability.Stage.allCases.map { stage in
      let view = view(stage, counts)
      for gap in view.gapsPlanned where !gap.isMet {
        findings.append(.init(code: .gapOpen, subject: gap.capability, stage: stage))
      }
      for gap in view.gapsPlanned where gap.isMet && gap.busFactor == 1 {
        findings.append(.init(code: .oneDeep, subject: gap.capability, stage: stage))
      }
      return view
    }
    for objective in objectives where objective.isUnguarded {
      findings.append(.init(code: .unguardedObjective, subject: objective.id, stage: nil))
    }
    for (person, count) in accountabilities where count > 5 {
      findings.append(.init(code: .overloaded, subject: person, stage: nil))
    }
    for course in training {
      let needed = needs.filter { $0.capability == course.capability }.map(\.level).min()
      if let needed, course.level < needed {
        findings.append(.init(code: .trainingBelowNeed, subject: course.id, stage: nil))
      }
    }
    return TeamAssessment(
      stages: stages, findings: findings, responsibilities: responsibilities,
      objectives: objectives)
  }

  /// How many tasks each person answers for, by id, in order of the id.
  private var accountabilities: [(String, Int)] {
    Dictionary(grouping: responsibilities.flatMap(\.accountable), by: { $0 })
      .map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 }
  }

  private func view(_ stage: Capability.Stage, _ counts: [String: Int]) -> TeamAssessment.StageView
  {
    let now = gaps(stage: stage, members: members())
    let members = members(upTo: stage, counts: counts, trained: true)
    let planned = gaps(stage: stage, members: members)
    let weight = planned.reduce(0) { $0 + $1.weight }
    let met = planned.filter(\.isMet)
    return TeamAssessment.StageView(
      stage: stage, members: members.count, people: members.reduce(0) { $0 + $1.share },
      links: members.count * (members.count - 1) / 2, gapsNow: now, gapsPlanned: planned,
      busFactor: met.map(\.busFactor).min(), duties: duties(stage, members),
      coverage: weight > 0 ? met.reduce(0) { $0 + $1.weight } / weight : 1)
  }

  /// One lead for each need, so that the sum of weight × fit is greatest.
  private func duties(
    _ stage: Capability.Stage, _ members: [Member]
  ) -> [TeamAssessment.Duty] {
    let asked = needs.filter { $0.stage == stage }
    let fit = asked.map { need in
      members.map { min(1, ($0.levels[need.capability] ?? 0) / need.level) * min(1, $0.share) }
    }
    let value = zip(asked, fit).map { need, row in row.map { $0 * need.weight } }
    let best = Assignment.best(value: value)
    return best.column.enumerated().compactMap { row, column in
      column.map {
        TeamAssessment.Duty(
          member: members[$0].id, capability: asked[row].capability, fit: fit[row][$0])
      }
    }
  }
}
