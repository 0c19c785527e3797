/// A step of the project.
package struct ProjectTask: Sendable, Hashable, Codable {
  /// 立项, 需求, 技术选型, 数据, 训练, 优化, 部署, 测试, 上线, 维护.
  package enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
    case initiation, requirements, technology, data, training, optimisation, deployment, testing
    case launch, maintenance
  }

  package enum Progress: String, Sendable, Hashable, Codable, CaseIterable {
    case waiting, ready, running, done
  }

  /// What may delay it: with this chance, so many days more.
  package struct Delay: Sendable, Hashable, Codable {
    /// Id of a risk in the register.
    package var risk: String
    package var chance: Double
    package var days: ThreePoint
    package init(risk: String, chance: Double, days: ThreePoint) {
      self.risk = risk
      self.chance = chance
      self.days = days
    }
  }

  package var id: String
  package var name: String
  package var phase: Phase
  package var owner: String
  /// Ids of the steps that must be done before.
  package var after: [String]
  package var estimate: ThreePoint
  /// The fact of the running system that makes it done.
  package var doneWhen: ProjectState.Fact?
  /// Done by hand, and share done, 0...1.
  package var isDone: Bool
  package var share: Double
  package var delays: [Delay]
  /// Nothing behind it begins before someone decides here.
  package var isGate: Bool
  /// Line of the plan; 0 when it was not written there.
  package var line: Int

  package init(
    id: String, name: String, phase: Phase, owner: String = "", after: [String] = [],
    estimate: ThreePoint, doneWhen: ProjectState.Fact? = nil, isDone: Bool = false,
    share: Double = 0, delays: [Delay] = [], isGate: Bool = false, line: Int = 0
  ) {
    self.id = id
    self.name = name
    self.phase = phase
    self.owner = owner
    self.after = after
    self.estimate = estimate
    self.doneWhen = doneWhen
    self.isDone = isDone
    self.share = share
    self.delays = delays
    self.isGate = isGate
    self.line = line
  }
}
