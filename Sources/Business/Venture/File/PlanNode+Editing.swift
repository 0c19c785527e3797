import Yams

extension PlanPath.Step {
  var isIndex: Bool { if case .index = self { true } else { false } }
}

extension Node {
  init(_ value: PlanValue) {
    switch value {
    case .text(let text): self = Node(text)
    case .list(let elements): self = Node(elements.map { Node($0) })
    case .map(let fields): self = Node(fields.map { (Node($0.name), Node($0.value)) })
    }
  }

  /// The tree with `change` made to the collection that holds the place.
  private func changing(
    _ steps: ArraySlice<PlanPath.Step>, _ change: (Node, PlanPath.Step) -> Node?
  ) -> Node? {
    guard let step = steps.first else { return nil }
    if steps.count == 1 { return change(self, step) }
    guard let child = self.step(step), let changed = child.changing(steps.dropFirst(), change)
    else { return nil }
    return setting([step], to: changed)
  }

  /// As `PlanText.inserting`.
  func inserting(_ value: Node, _ steps: ArraySlice<PlanPath.Step>) -> Node? {
    changing(steps) { parent, step in
      switch (parent, step) {
      case (.mapping, .name): return parent.setting([step], to: value)
      case (.sequence(let sequence), .index(let index)):
        guard index <= sequence.count else { return nil }
        var elements = Array(sequence)
        elements.insert(value, at: index)
        return Node(elements)
      case (.scalar, .name(let name)) where parent.isEmpty: return Node([(Node(name), value)])
      case (.scalar, .index(0)) where parent.isEmpty: return Node([value])
      default: return nil
      }
    }
  }

  /// As `PlanText.removing`.
  func removing(_ steps: ArraySlice<PlanPath.Step>) -> Node? {
    changing(steps) { parent, step in
      switch parent {
      case .mapping(let mapping):
        guard case .name(let name) = step, parent.step(step) != nil else { return nil }
        return Node(mapping.filter { $0.key.scalar?.string != name }.map { ($0.key, $0.value) })
      case .sequence(let sequence):
        guard let index = parent.index(of: step) else { return nil }
        var elements = Array(sequence)
        elements.remove(at: index)
        return Node(elements)
      default: return nil
      }
    }
  }

  private func index(of step: PlanPath.Step) -> Int? {
    switch step {
    case .index(let index): sequence?.indices.contains(index) == true ? index : nil
    case .id(let id): sequence?.firstIndex { $0.step(.name("id"))?.scalar?.string == id }
    case .name: nil
    }
  }
}
