package import Yams

/// A place in the plan's file: what it holds and where it is. Readers take what they need from it;
/// what is wrong goes to `problems` with line and field, and a harmless value is returned so that
/// reading goes on. Fields that no one asked for are reported by `finish`.
package struct PlanNode {
  package let node: Node
  /// Path of the field, such as `forecast.segments[0].churn`.
  package let path: String
  package let problems: PlanProblems
  /// The path with `[]` for every place in a list and `*` for names that the user chose.
  private let pattern: String
  private let asked: Asked

  /// Names that readers asked for, so that a misspelt field is not silently ignored.
  private final class Asked {
    var names: Set<String> = []
    /// The names are the user's.
    var isOpen = false
  }

  package init(_ node: Node, path: String, problems: PlanProblems) {
    self.init(node, path: path, pattern: path, problems: problems)
  }

  private init(_ node: Node, path: String, pattern: String, problems: PlanProblems) {
    self.node = node
    self.path = path
    self.pattern = pattern
    self.problems = problems
    asked = Asked()
  }

  private func descend(_ child: Node, name: String) -> PlanNode {
    let last = asked.isOpen ? "*" : name
    return PlanNode(
      child, path: path.isEmpty ? name : "\(path).\(name)",
      pattern: pattern.isEmpty ? last : "\(pattern).\(last)", problems: problems)
  }

  package var line: Int { node.mark?.line ?? 0 }
  package var column: Int { node.mark?.column ?? 1 }

  package func fail(_ message: String) {
    problems.add(PlanProblem(line: line, column: column, field: path, message))
  }

  package func warn(_ message: String) {
    problems.add(PlanProblem(.warning, line: line, column: column, field: path, message))
  }

  /// The field, or nil when it is absent or empty (`~`).
  package func child(_ name: String) -> PlanNode? {
    if asked.names.insert(name).inserted {
      let last = asked.isOpen ? "*" : name
      problems.asked.insert(pattern.isEmpty ? last : "\(pattern).\(last)")
    }
    guard let mapping = node.mapping else {
      if !node.isEmpty { fail("must be a mapping of fields such as '\(name): …'") }
      return nil
    }
    guard let child = mapping.first(where: { $0.key.scalar?.string == name })?.value,
      !child.isEmpty
    else { return nil }
    return descend(child, name: name)
  }

  package func has(_ name: String) -> Bool { child(name) != nil }

  /// The elements of a list field; empty when absent.
  package func list(_ name: String, limit: Int = 500) -> [PlanNode] {
    guard let child = child(name) else { return [] }
    return child.elements(limit: limit)
  }

  package func elements(limit: Int = 500) -> [PlanNode] {
    guard let sequence = node.sequence else {
      fail("must be a list: lines that begin with '- '")
      return []
    }
    if sequence.count > limit { fail("has \(sequence.count) elements; at most \(limit)") }
    return sequence.prefix(limit).enumerated().map { index, element in
      PlanNode(
        element, path: "\(path)[\(index)]", pattern: "\(pattern)[]", problems: problems)
    }
  }

  /// The fields of a mapping, in the file's order, for names that the user chooses.
  package func entries(limit: Int = 500) -> [(name: String, node: PlanNode)] {
    guard let mapping = node.mapping else {
      fail("must be a mapping: lines of 'name: value'")
      return []
    }
    if mapping.count > limit { fail("has \(mapping.count) fields; at most \(limit)") }
    asked.isOpen = true
    problems.asked.insert("\(pattern).*")
    return mapping.prefix(limit).compactMap { key, value in
      guard let name = key.scalar?.string else { return nil }
      asked.names.insert(name)
      return (name, descend(value, name: name))
    }
  }

  /// The scalar as written.
  package var scalar: String? { node.scalar?.string }

  /// A text field; "" (and a problem when `required`) when absent.
  package func text(_ name: String, required: Bool = false, limit: Int = 4_000) -> String {
    guard let child = child(name) else {
      if required { fail("needs '\(name)'") }
      return ""
    }
    guard let text = child.scalar else {
      child.fail("must be a text")
      return ""
    }
    if text.count > limit { child.fail("is longer than \(limit) characters") }
    return String(text.prefix(limit))
  }

  /// A list of texts; a single text counts as a list of one.
  package func texts(_ name: String) -> [String] {
    guard let child = child(name) else { return [] }
    if let text = child.scalar { return [text] }
    return child.elements().compactMap { element in
      if element.scalar == nil { element.fail("must be a text") }
      return element.scalar
    }
  }

  /// A plain number (no unit, no distribution) within `range`; nil when absent or wrong.
  package func number(_ name: String, in range: ClosedRange<Double>) -> Double? {
    guard let child = child(name) else { return nil }
    let text = child.scalar ?? ""
    let isPercent = text.hasSuffix("%")
    guard let value = Double(isPercent ? String(text.dropLast()).trimmed : text.trimmed),
      value.isFinite
    else {
      child.fail("'\(text)' is not a number")
      return nil
    }
    let scaled = isPercent ? value / 100 : value
    guard range.contains(scaled) else {
      child.fail("\(text) must be between \(range.lowerBound) and \(range.upperBound)")
      return nil
    }
    return scaled
  }

  package func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
    guard let child = child(name) else { return nil }
    guard let value = Int(child.scalar ?? ""), range.contains(value) else {
      child.fail(
        "'\(child.scalar ?? "")' must be a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
      return nil
    }
    return value
  }

  package func flag(_ name: String, default value: Bool) -> Bool {
    guard let child = child(name) else { return value }
    guard let flag = child.node.bool else {
      child.fail("must be true or false")
      return value
    }
    return flag
  }

  /// One of an enumeration's raw values.
  package func choice<Value: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Value.Type
  ) -> Value? where Value.RawValue == String {
    guard let child = child(name) else { return nil }
    guard let value = Value(rawValue: child.scalar ?? "") else {
      let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
      child.fail("'\(child.scalar ?? "")' is not one of \(known)")
      return nil
    }
    return value
  }

  /// A date `2027-03-31`, as written once checked.
  package func date(_ name: String) -> String? {
    guard let child = child(name) else { return nil }
    let parts = (child.scalar ?? "").split(separator: "-").map { Int($0) ?? -1 }
    guard parts.count == 3, (1900...2999).contains(parts[0]), (1...12).contains(parts[1]),
      (1...31).contains(parts[2])
    else {
      child.fail("'\(child.scalar ?? "")' is not a date; write 2027-03-31")
      return nil
    }
    return child.scalar
  }

  /// Reports fields that no reader asked for, with the nearest known name.
  package func finish() {
    guard let mapping = node.mapping else { return }
    for (key, value) in mapping {
      guard let name = key.scalar?.string, !asked.names.contains(name) else { continue }
      let near = asked.names.min { name.distance(to: $0) < name.distance(to: $1) }
      let hint =
        near.map { name.distance(to: $0) <= 2 ? "; did you mean '\($0)'?" : "" } ?? ""
      let mark = key.mark ?? value.mark
      problems.add(
        PlanProblem(
          line: mark?.line ?? line, column: mark?.column ?? 1,
          field: path.isEmpty ? name : "\(path).\(name)", "is not a field of the plan\(hint)"))
    }
  }
}

extension Node {
  /// Nothing is written: `field:`, `field: ~` or `field: null`.
  var isEmpty: Bool {
    guard let scalar else { return false }
    return switch scalar.style {
    case .plain: ["", "~", "null"].contains(scalar.string)
    case .any: scalar.string.isEmpty
    default: false
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// Levenshtein distance.
  fileprivate func distance(to other: String) -> Int {
    let (a, b) = (Array(self.prefix(64)), Array(other.prefix(64)))
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in b.enumerated() {
        let cost = Swift.min(row[j] + 1, row[j + 1] + 1, diagonal + (left == right ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = cost
      }
    }
    return row[b.count]
  }
}
