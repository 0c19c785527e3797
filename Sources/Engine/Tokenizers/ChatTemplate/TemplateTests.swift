/// The tests after `is`.
enum TemplateTests {
  /// Tests of the value alone.
  private static let plain: Set<String> = [
    "defined", "undefined", "none", "string", "mapping", "number", "integer", "float", "boolean",
    "true", "false", "iterable", "sequence", "callable", "even", "odd", "lower", "upper", "filter",
    "test",
  ]

  private static let comparisons: [String: TemplateComparison] = [
    "eq": .equal, "equalto": .equal, "==": .equal, "ne": .notEqual, "!=": .notEqual,
    "lt": .less, "lessthan": .less, "<": .less, "le": .lessEqual, "<=": .lessEqual,
    "gt": .greater, "greaterthan": .greater, ">": .greater, "ge": .greaterEqual,
    ">=": .greaterEqual, "in": .in,
  ]

  static func isKnown(_ name: String) -> Bool {
    plain.contains(name) || comparisons[name] != nil || name == "divisibleby" || name == "sameas"
  }

  static func check(
    _ name: String, _ value: TemplateRuntimeValue, _ arguments: TemplateCallArguments,
    in interpreter: TemplateInterpreter
  ) throws(ChatTemplateError) -> Bool {
    if plain.contains(name) {
      _ = try arguments.bound(to: [], of: "the test '\(name)'")
      return try holds(name, value, interpreter)
    }
    guard isKnown(name) else { throw unknown(name) }
    let other =
      try arguments.bound(to: ["value"], required: 1, of: "the test '\(name)'")[0] ?? .null
    if let comparison = comparisons[name] {
      return try interpreter.compare(value, comparison, other)
    }
    if name == "divisibleby" {
      return try interpreter.isEqual(try interpreter.arithmetic(.modulo, value, other), .int(0))
    }
    guard value.typeName == other.typeName else { return false }
    return try interpreter.isEqual(value, other)
  }

  private static func unknown(_ name: String) -> ChatTemplateError {
    let known = plain.union(comparisons.keys).union(["divisibleby", "sameas"])
    return ChatTemplateError(
      .unsupported,
      "the test '\(name.prefix(40))' is not supported; supported: "
        + known.sorted().joined(separator: ", "))
  }

  private static func holds(
    _ name: String, _ value: TemplateRuntimeValue, _ interpreter: TemplateInterpreter
  ) throws(ChatTemplateError) -> Bool {
    switch name {
    case "even", "odd":
      let rest = try interpreter.arithmetic(.modulo, value, .int(2))
      return try interpreter.isEqual(rest, .int(name == "even" ? 0 : 1))
    case "lower", "upper":
      let text = try interpreter.text(value)
      try interpreter.charge(bytes: 3 * text.utf8.count)
      let mapped = name == "lower" ? text.lowercased() : text.uppercased()
      return mapped.isSameText(as: text) && text.unicodeScalars.contains(where: \.isCased)
    case "filter": return TemplateFilters.table[try interpreter.text(value)] != nil
    case "test": return isKnown(try interpreter.text(value))
    default: return isOfKind(name, value)
    }
  }

  private static func isOfKind(_ name: String, _ value: TemplateRuntimeValue) -> Bool {
    switch (name, value) {
    case ("defined", _): !value.isUndefined
    case ("undefined", .undefined), ("none", .null), ("string", .string), ("mapping", .dictionary),
      ("integer", .int), ("float", .double), ("boolean", .bool), ("true", .bool(true)),
      ("false", .bool(false)):
      true
    case ("number", _): value.isNumber
    case ("iterable", .undefined), ("iterable", .string), ("iterable", .list),
      ("iterable", .dictionary), ("iterable", .loop):
      true
    case ("sequence", .undefined), ("sequence", .string), ("sequence", .dictionary): true
    case ("sequence", .list(let list)): list.kind == .list || list.kind == .tuple
    case ("callable", .macro), ("callable", .function), ("callable", .method): true
    default: false
    }
  }
}
