/// Something the team must be able to do, in one of the four groups 技术研发, 产品开发, 市场拓展,
/// 团队协作能力.
package struct Capability: Sendable, Hashable, Codable {
  package enum Group: String, Sendable, Hashable, Codable, CaseIterable {
    case research, product, market, collaboration
  }

  /// 初创, 成长.
  package enum Stage: String, Sendable, Hashable, Codable, CaseIterable {
    case startup, growth
  }

  /// What a stage asks for: `people` full-time equivalents at `level` or above.
  package struct Need: Sendable, Hashable, Codable {
    package var stage: Stage
    package var capability: String
    /// 1...5.
    package var level: Double
    package var people: Double
    /// Importance beside the other needs, above 0.
    package var weight: Double
    package init(
      stage: Stage, capability: String, level: Double, people: Double = 1, weight: Double = 1
    ) {
      self.stage = stage
      self.capability = capability
      self.level = level
      self.people = people
      self.weight = weight
    }
  }

  package var id: String
  package var name: String
  package var group: Group
  package init(id: String, name: String, group: Group) {
    self.id = id
    self.name = name
    self.group = group
  }

  /// 0 none, 1 knows of it, 2 with help, 3 alone, 4 teaches it, 5 leads the field.
  package static let levels: ClosedRange<Double> = 0...5
}
