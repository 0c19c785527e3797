import Yams

/// What stands at a place of the plan, without its layout: texts, lists and mappings in their order.
/// As JSON: strings, arrays and objects; numbers and truth values are read as their texts.
package enum PlanValue: Hashable, Sendable {
  case text(String)
  case list([PlanValue])
  case map([Field])

  package struct Field: Hashable, Sendable {
    package let name: String
    package let value: PlanValue
    package init(_ name: String, _ value: PlanValue) {
      self.name = name
      self.value = value
    }
  }

  /// The whole of a file.
  /// - Throws: why it is no plan, at its line.
  package init(yaml text: String) throws(PlanProblem) {
    let problems = PlanProblems()
    guard let document = PlanDocument(text: text, problems: problems) else {
      throw problems.all[0]
    }
    self.init(document.root)
  }

  /// Depth is bounded by `PlanDocument`.
  init(_ node: Node) {
    switch node {
    case .scalar(let scalar): self = .text(node.isEmpty ? "" : scalar.string)
    case .sequence(let sequence): self = .list(sequence.map { PlanValue($0) })
    case .mapping(let mapping):
      self = .map(mapping.map { Field($0.key.scalar?.string ?? "", PlanValue($0.value)) })
    case .alias: self = .text("")
    }
  }

  package subscript(_ name: String) -> PlanValue? {
    guard case .map(let fields) = self else { return nil }
    return fields.first { $0.name == name }?.value
  }

  /// Canonical YAML: `PlanValue(yaml:)` reads an equal value back.
  package var yaml: String {
    switch self {
    case .text(let text): YAMLText.scalar(text, isFlow: false) + "\n"
    case .list([]): "[]\n"
    case .map([]): "{}\n"
    default: YAMLText.block(self, indentation: 0) + "\n"
    }
  }
}
