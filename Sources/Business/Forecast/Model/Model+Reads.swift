extension Model {
  /// Slots that some field of the model names. By reflection, so that no field can be forgotten.
  var slotsRead: Set<Int> {
    var result: Set<Int> = []
    func visit(_ value: Any) {
      switch value {
      case let parameter as Parameter: result.insert(parameter.index)
      case is ParameterTable, is String: break
      default: for child in Mirror(reflecting: value).children { visit(child.value) }
      }
    }
    visit(self)
    return result
  }

  /// The same model without the chance that no month of it reads: a plan's table also holds scores of
  /// opportunities and the like. They become constants at their means, so that no path draws them and
  /// no question about drivers lists them; the others' numbers stay (they are keyed by name).
  package func withoutUnread() -> Model {
    var pending = Array(slotsRead)
    var read: Set<Int> = []
    while let slot = pending.popLast() {
      guard read.insert(slot).inserted,
        case .formula(let operations) = parameters.slots[slot].content
      else { continue }
      for case .slot(let input) in operations { pending.append(input) }
    }
    var copy = self
    for slot in parameters.uncertain where !read.contains(slot) {
      guard case .uncertain(let law) = parameters.slots[slot].content else { continue }
      copy.parameters.slots[slot].content = .constant(law.mean)
    }
    copy.parameters.correlations = parameters.correlations.filter {
      read.contains($0.first) && read.contains($0.second)
    }
    return copy
  }
}
