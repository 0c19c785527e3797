extension Model {
  /// Slots that some field of the model names. By reflection, so that no field can be forgotten.
  var slotsRead: Set<Int> {
    var result: Set<Int> = []
    func visit(_ value: Any) {
      switch value {
      case let parameter as Parameter: result.insert(parameter.index)
      case is ParameterTable: break
      default: for child in Mirror(reflecting: value).children { visit(child.value) }
      }
    }
    visit(self)
    return result
  }
}
