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

extension PlanValue: Codable {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package init(from decoder: any Decoder) throws {
    guard decoder.codingPath.count < PlanDocument.deepest else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a plan is not so deep"))
    }
    if let container = try? decoder.container(keyedBy: Name.self) {
      self = .map(
        try container.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
          Field($0.stringValue, try container.decode(PlanValue.self, forKey: $0))
        })
    } else if var container = try? decoder.unkeyedContainer() {
      var elements: [PlanValue] = []
      while !container.isAtEnd { elements.append(try container.decode(PlanValue.self)) }
      self = .list(elements)
    } else {
      self = .text(try Self.text(decoder.singleValueContainer()))
    }
  }

  private static func text(_ container: any SingleValueDecodingContainer) throws -> String {
    if container.decodeNil() { return "" }
    if let text = try? container.decode(String.self) { return text }
    if let flag = try? container.decode(Bool.self) { return flag ? "true" : "false" }
    if let number = try? container.decode(Int.self) { return "\(number)" }
    return "\(try container.decode(Double.self))"
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .text(let text):
      var container = encoder.singleValueContainer()
      try container.encode(text)
    case .list(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    case .map(let fields):
      var container = encoder.container(keyedBy: Name.self)
      for field in fields {
        try container.encode(field.value, forKey: Name(stringValue: field.name))
      }
    }
  }
}
