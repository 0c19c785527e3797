import Forecast

/// Reads the quantities of one entry by its table of fields and keeps their handles.
///
/// Slots are named `segments.smb.churn`: by the entry's id, never by its place in a list, so that
/// moving an entry does not move its random numbers.
struct QuantityFields: Sendable {
  let prefix: String
  private(set) var handles: [String: FieldHandle] = [:]

  init(_ node: PlanNode, _ fields: [PlanField], prefix: String, title: String, into book: InputBook)
  {
    self.prefix = prefix
    for field in fields {
      guard case .quantity(let dimension, let range, let fallback) = field.kind else { continue }
      let path = "\(prefix).\(field.name)"
      if let child = node.child(field.name) {
        handles[field.name] = book.read(
          child, path: path, label: "\(title) · \(field.name)", dimension, range)
      } else if let fallback {
        handles[field.name] = book.sheet.constant(path, fallback)
      } else if field.isRequired {
        node.fail("needs '\(field.name)': \(field.about)")
      }
    }
  }

  /// A quantity whose dimension the table cannot say.
  mutating func read(
    _ node: PlanNode, _ name: String, _ dimension: Dimension, _ range: QuantityRange,
    title: String, into book: InputBook
  ) {
    guard let child = node.child(name) else { return }
    handles[name] = book.read(
      child, path: "\(prefix).\(name)", label: "\(title) · \(name)", dimension, range)
  }

  mutating func set(_ name: String, _ handle: FieldHandle) { handles[name] = handle }

  /// The field's parameter; a constant 0 when it could not be read (which is reported).
  func callAsFunction(_ name: String, _ compiled: inout CompiledQuantities) -> Parameter {
    optional(name, compiled) ?? compiled.table.constant(0, name: "\(prefix).\(name)")
  }

  func optional(_ name: String, _ compiled: CompiledQuantities) -> Parameter? {
    handles[name].map { compiled.parameter($0) }
  }
}

/// The sheet, and what is to be checked once it is compiled.
final class InputBook {
  struct Rule: Sendable {
    let handle: FieldHandle
    /// Name of its slot.
    let slot: String
    let range: QuantityRange
    let line: Int
    let column: Int
    let field: String
  }

  let sheet: QuantitySheet
  let horizon: Int
  private(set) var rules: [Rule] = []

  init(sheet: QuantitySheet, horizon: Int) {
    self.sheet = sheet
    self.horizon = horizon
  }

  func read(
    _ node: PlanNode, path: String, label: String, _ dimension: Dimension, _ range: QuantityRange
  ) -> FieldHandle? {
    guard let text = node.scalar else {
      node.fail("must be a quantity such as '10 to 30' with its unit")
      return nil
    }
    let handle = sheet.field(path, text: text, label: label, line: node.line, expects: dimension)
    rules.append(
      Rule(
        handle: handle, slot: path, range: range, line: node.line, column: node.column,
        field: node.path))
    return handle
  }
}
