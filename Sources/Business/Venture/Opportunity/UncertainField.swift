package import Forecast

/// A number of the plan that may be uncertain (`7`, `5 to 8`): its place in the sheet and in the
/// file.
package struct UncertainField: Sendable, Hashable {
  package let handle: FieldHandle
  /// As written.
  package let text: String
  package let line: Int
  package let field: String

  /// Registers the field `name` of `node`; nil when it is absent (a problem when it is required).
  ///
  /// - Parameters:
  ///   - path: its stable name, by which its random numbers are keyed.
  ///   - expects: its dimension; a plain number when not said.
  package init?(
    _ node: PlanNode, _ name: String, path: String, sheet: QuantitySheet,
    expects: Dimension = .one, label: String? = nil, isRequired: Bool = false
  ) {
    guard let child = node.child(name) else {
      if isRequired { node.fail("needs '\(name)'") }
      return nil
    }
    self.init(child, path: path, sheet: sheet, expects: expects, label: label ?? name)
  }

  package init?(
    _ node: PlanNode, path: String, sheet: QuantitySheet, expects: Dimension = .one, label: String
  ) {
    guard let text = node.scalar else {
      node.fail("must be a number or a quantity such as '5 to 8'")
      return nil
    }
    self.text = text
    line = node.line
    field = node.path
    handle = sheet.field(path, text: text, label: label, line: node.line, expects: expects)
  }
}
