import Forecast

/// Reads the uncertain inputs of one entry of the plan (a person, a risk) into the sheet. Slots are
/// named by the entry's id (`team.hires.support.salary`), never by its place in the list, so that
/// moving an entry does not move its random numbers.
struct SheetFields {
  let node: PlanNode
  let sheet: QuantitySheet
  /// Such as `team.hires.support`.
  let prefix: String
  /// What the reader calls the entry.
  let title: String

  /// The field's handle; `fallback` (in model units) when it is absent; nil without either.
  func handle(
    _ name: String, _ expects: Dimension, fallback: Double? = nil
  ) -> FieldHandle? {
    let path = "\(prefix).\(name)"
    guard let child = node.child(name) else {
      return fallback.map { sheet.constant(path, $0) }
    }
    guard let text = child.scalar else {
      child.fail("must be a quantity such as '10 to 30' with its unit")
      return fallback.map { sheet.constant(path, $0) }
    }
    return sheet.field(
      path, text: text, label: "\(title) · \(name)", line: child.line, expects: expects)
  }

  /// As `handle`, for a field that must be there; a missing one is reported and read as 0.
  func required(_ name: String, _ expects: Dimension) -> FieldHandle {
    if let handle = handle(name, expects) { return handle }
    if !node.has(name) { node.fail("needs '\(name)'") }
    return sheet.constant("\(prefix).\(name)", 0)
  }

  func with(_ name: String, _ expects: Dimension, fallback: Double) -> FieldHandle {
    handle(name, expects, fallback: fallback) ?? sheet.constant("\(prefix).\(name)", fallback)
  }
}

extension CompiledQuantities {
  /// The slot of that name where there is one already, so that lowering twice adds nothing.
  mutating func once(
    _ name: String, _ make: (inout CompiledQuantities) -> Parameter
  ) -> Parameter {
    table.parameter(named: name) ?? make(&self)
  }

  mutating func once(_ name: String, constant value: Double) -> Parameter {
    once(name) { $0.table.constant(value, name: name) }
  }
}

extension PlanNode {
  /// An entry's `id`: letters, digits, `_` and `-`, unique in its list. A missing or unfit one is
  /// reported, and `fallback` stands in.
  func identifier(among seen: inout Set<String>, fallback: String) -> String {
    let id = text("id", required: true, limit: 60)
    guard !id.isEmpty else { return fallback }
    let fits = id.unicodeScalars.allSatisfy {
      $0 == "_" || $0 == "-" || $0.properties.isAlphabetic || ("0"..."9").contains($0)
    }
    if !fits { fail("id '\(id)' may hold only letters, digits, '_' and '-'") }
    if !seen.insert(id).inserted { fail("id '\(id)' is used twice; give each entry its own") }
    return id
  }

  /// Reports each of `ids` that is not in `known`.
  func expect(_ ids: [String], in known: Set<String>, _ what: String) {
    for id in ids where !known.contains(id) {
      fail("'\(id)' is not \(what); known: \(known.sorted().prefix(12).joined(separator: ", "))")
    }
  }
}
