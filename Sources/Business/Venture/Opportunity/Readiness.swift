/// Technology readiness of one part of the product, 1–9 (the levels of ISO 16290 and NASA).
package struct Readiness: Sendable, Hashable, Codable {
  package static let levels = 1...9

  package let component: String
  package let level: Int
  /// The level that the stage needs; nil when the plan does not say.
  package let needed: Int?
  package let evidence: String
  package let date: String?
  package let line: Int

  package init?(reading node: PlanNode) {
    defer { node.finish() }
    line = node.line
    component = node.text("component", required: true, limit: 200)
    needed = node.integer("needed", in: Self.levels)
    evidence = node.text("evidence")
    date = node.date("date")
    guard let level = node.integer("level", in: Self.levels) else {
      if !node.has("level") { node.fail("needs 'level': 1 to 9") }
      return nil
    }
    self.level = level
    if level >= 4, evidence.isEmpty {
      node.warn("claims level \(level) without 'evidence'; from 4 on a test must have been seen")
    }
  }

  /// Key of a level's definition.
  package static func textKey(_ level: Int) -> String { "plan_readiness_\(level)" }
}
