import Yams

/// A place in the plan: `forecast.segments[0].churn`. An element of a list is named by its place or,
/// steadier, by its id: `forecast.segments[smb].churn`. A bare name of an assumption is its value.
package struct PlanPath: Hashable, Sendable, CustomStringConvertible {
  package enum Step: Hashable, Sendable {
    case name(String)
    case index(Int)
    case id(String)
  }

  package let steps: [Step]

  package init(_ steps: [Step]) { self.steps = steps }

  /// Nil when it is not a path: an empty name, an open bracket, more than 40 steps.
  package init?(_ text: String) {
    var steps: [Step] = []
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      var rest = part
      let name = rest.prefix { $0 != "[" }
      guard !name.isEmpty, !name.contains("]") else { return nil }
      steps.append(.name(String(name)))
      rest = rest.dropFirst(name.count)
      while !rest.isEmpty {
        guard rest.first == "[", let end = rest.firstIndex(of: "]") else { return nil }
        let inside = rest[rest.index(after: rest.startIndex)..<end]
        guard !inside.isEmpty, !inside.contains("[") else { return nil }
        if inside.allSatisfy({ $0.isASCII && $0.isNumber }) {
          guard let index = Int(inside) else { return nil }
          steps.append(.index(index))
        } else {
          steps.append(.id(String(inside)))
        }
        rest = rest[rest.index(after: end)...]
      }
      guard steps.count <= 40 else { return nil }
    }
    self.steps = steps
  }

  package var description: String {
    steps.reduce(into: "") { text, step in
      switch step {
      case .name(let name): text += text.isEmpty ? name : ".\(name)"
      case .index(let index): text += "[\(index)]"
      case .id(let id): text += "[\(id)]"
      }
    }
  }

  package var parent: PlanPath { PlanPath(Array(steps.dropLast())) }

  package func appending(_ step: Step) -> PlanPath { PlanPath(steps + [step]) }

  /// The value there; nil when there is none.
  func node(in root: Node) -> Node? {
    var node = root
    for step in steps {
      guard let next = node.step(step) else { return nil }
      node = next
    }
    return node
  }

  /// The value there, or the deepest one on the way.
  func deepest(in root: Node) -> Node? {
    var node = root
    for step in steps {
      guard let next = node.step(step) else { return node }
      node = next
    }
    return node
  }
}

extension Node {
  func step(_ step: PlanPath.Step) -> Node? {
    switch step {
    case .name(let name): return mapping?.first { $0.key.scalar?.string == name }?.value
    case .index(let index):
      guard let sequence, sequence.indices.contains(index) else { return nil }
      return sequence[index]
    case .id(let id):
      return sequence?.first { $0.step(.name("id"))?.scalar?.string == id }
    }
  }

  /// With `value` at a place; nil when the way there does not exist. The last step may be a new name.
  func setting(_ steps: ArraySlice<PlanPath.Step>, to value: Node) -> Node? {
    guard let step = steps.first else { return value }
    let rest = steps.dropFirst()
    switch (self, step) {
    case (.mapping(var mapping), .name(let name)):
      guard let key = mapping.first(where: { $0.key.scalar?.string == name })?.key else {
        guard rest.isEmpty else { return nil }
        mapping[Node(name)] = value
        return .mapping(mapping)
      }
      guard let changed = mapping[key]?.setting(rest, to: value) else { return nil }
      mapping[key] = changed
      return .mapping(mapping)
    case (.sequence(var sequence), .index(let index)):
      guard sequence.indices.contains(index),
        let changed = sequence[index].setting(rest, to: value)
      else { return nil }
      sequence[index] = changed
      return .sequence(sequence)
    case (.sequence(let sequence), .id(let id)):
      guard
        let index = sequence.firstIndex(where: { $0.step(.name("id"))?.scalar?.string == id })
      else { return nil }
      return setting([.index(index)] + rest, to: value)
    default: return nil
    }
  }
}
