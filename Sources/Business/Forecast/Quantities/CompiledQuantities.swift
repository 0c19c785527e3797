/// A sheet as slots, and where each field went.
package struct CompiledQuantities: Sendable {
  package var table: ParameterTable
  /// By line.
  package let problems: [QuantityProblem]
  /// Slot of each entry of the sheet.
  let slots: [Int]

  /// - Parameter handle: of the sheet that this was compiled from, given before the compilation.
  package func parameter(_ handle: FieldHandle) -> Parameter { Parameter(slots[handle.entry]) }

  /// A slot that is `of × by`.
  package mutating func product(of: Parameter, by: Parameter, name: String) -> Parameter {
    formula([.slot(of.index), .slot(by.index), .multiply], name: name)
  }

  /// A slot that is `parameter × factor`.
  package mutating func scaled(_ parameter: Parameter, by factor: Double, name: String) -> Parameter
  {
    formula([.slot(parameter.index), .constant(factor), .multiply], name: name)
  }

  /// A slot of a postfix program over earlier slots.
  package mutating func formula(
    _ operations: [ParameterTable.Operation], name: String
  )
    -> Parameter
  {
    table.slots.append(
      ParameterTable.Slot(
        name: name, label: name, unit: "", scale: 1, line: 0, content: .formula(operations)))
    return Parameter(table.slots.count - 1)
  }

  /// A constant that the plan does not write.
  package mutating func constant(_ value: Double, name: String) -> Parameter {
    table.constant(value, name: name)
  }
}
