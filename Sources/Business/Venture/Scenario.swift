import Yams

/// A named variation of the plan: other values, a choice of profit models, risks left untreated.
/// Scenarios are compared on common random numbers.
package struct Scenario: Sendable, Hashable {
  package struct Override: Sendable, Hashable {
    /// An assumption's name or a path such as `forecast.segments[smb].churn`.
    package let path: String
    /// As it would stand in the file.
    package let text: String
    package let line: Int
  }

  package let id: String
  package let name: String
  package let note: String
  package let overrides: [Override]
  /// Ids of the streams that there are; nil for all.
  package let streams: [String]?
  /// Risks are treated as the plan says.
  package let isTreated: Bool
  package let line: Int

  /// - Parameters:
  ///   - root: of the file, in which the overrides must find their place.
  ///   - streams: the forecast's ids.
  static func read(_ node: PlanNode, root: Node, streams: [String]) -> [Scenario] {
    var seen: Set<String> = []
    return node.elements(limit: 50).enumerated().map { index, entry in
      defer { entry.finish() }
      let id = entry.identifier(among: &seen, fallback: "scenario\(index)")
      let chosen = entry.has("streams") ? entry.texts("streams") : nil
      entry.expect(chosen ?? [], in: Set(streams), "a stream of the forecast")
      return Scenario(
        id: id, name: entry.title(id), note: entry.text("note"),
        overrides: entry.child("set").map { read($0, root: root) } ?? [], streams: chosen,
        isTreated: entry.flag("treated", default: true), line: entry.line)
    }
  }

  private static func read(_ node: PlanNode, root: Node) -> [Override] {
    node.entries(limit: 200).compactMap { path, entry in
      guard let text = entry.scalar else {
        entry.fail("must be one value, as it would stand in the file")
        return nil
      }
      let override = Override(path: path, text: text, line: entry.line)
      if override.apply(to: root) == nil {
        entry.fail("'\(path)' is no assumption and no place of this plan")
        return nil
      }
      return override
    }
  }
}

extension Scenario.Override {
  /// The tree with the value in its place; nil when there is no such place.
  func apply(to root: Node) -> Node? {
    guard let path = PlanPath(path) else { return nil }
    guard case .name(let first)? = path.steps.first else { return nil }
    var steps = path.steps
    let isSection = root.step(.name(first)) != nil
    if !isSection, steps.count == 1 {
      guard let assumption = PlanPath("assumptions.\(first)")?.node(in: root) else { return nil }
      steps = [.name("assumptions"), .name(first)]
      if assumption.mapping != nil { steps.append(.name("value")) }
    }
    return root.setting(steps[...], to: value)
  }

  /// The value as read on the scenario's own line, so that its problems are shown there.
  private var value: Node {
    let lead = String(repeating: "\n", count: min(max(0, line - 1), PlanDocument.largestFile))
    for written in [text, YAMLText.quoted(text)] {
      if let node = try? compose(yaml: lead + written), node.scalar?.string == text { return node }
    }
    return Node(text)
  }
}
