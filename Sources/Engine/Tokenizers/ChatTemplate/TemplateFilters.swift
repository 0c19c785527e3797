/// The filters after `|`.
enum TemplateFilters {
  typealias Filter =
    @Sendable (
      TemplateInterpreter, TemplateRuntimeValue, TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateRuntimeValue

  static func named(_ name: String) throws(ChatTemplateError) -> Filter {
    if let filter = table[name] { return filter }
    throw ChatTemplateError(
      .unsupported,
      "the filter '\(name.prefix(40))' is not supported; supported: "
        + table.keys.sorted().joined(separator: ", "))
  }

  static let table: [String: Filter] = [
    "abs": abs, "attr": attr, "capitalize": capitalize, "count": length, "d": fallback,
    "default": fallback, "dictsort": dictsort, "e": escape, "escape": escape, "first": first,
    "float": float, "forceescape": escape, "format": format, "indent": indent, "int": int,
    "items": items, "join": join, "last": last, "length": length, "list": list, "lower": lower,
    "map": map, "max": max, "min": min, "reject": reject, "rejectattr": rejectattr,
    "replace": replace, "reverse": reverse, "round": round, "safe": string, "select": select,
    "selectattr": selectattr, "sort": sort, "string": string, "sum": sum, "title": title,
    "tojson": tojson, "trim": trim, "unique": unique, "upper": upper,
  ]

  // MARK: Any value

  @Sendable static func fallback(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(to: ["default_value", "boolean"], of: "default")
    let replaces = value.isUndefined || (given[1]?.isTrue == true && !value.isTrue)
    return replaces ? given[0] ?? .string("") : value
  }

  @Sendable static func string(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    _ = try arguments.bound(to: [], of: "string")
    return .string(try interpreter.text(value))
  }

  @Sendable static func length(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    _ = try arguments.bound(to: [], of: "length")
    return .int(try interpreter.length(value))
  }

  @Sendable static func attr(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(to: ["name"], required: 1, of: "attr")
    let name = try interpreter.text(given[0] ?? .null)
    // A dictionary's keys are no attributes for this filter.
    if case .dictionary = value, !interpreter.hasMethod(name, value) {
      return .undefined("'dict object' has no attribute '\(name.excerpt)'")
    }
    return try interpreter.attribute(name, of: value)
  }

  @Sendable static func tojson(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(
      to: ["ensure_ascii", "indent", "separators", "sort_keys"], of: "tojson")
    var writer = TemplateJSONWriter(interpreter: interpreter)
    writer.escapesNonASCII = given[0]?.isTrue ?? false
    writer.sortsKeys = given[3]?.isTrue ?? false
    switch given[1] {
    case nil, .null?: break
    case .string(let text)?: writer.indent = text
    case let width?:
      guard let count = interpreter.integer(width), count <= 64 else {
        throw ChatTemplateError(.type, "tojson: indent is a number up to 64 or a string")
      }
      writer.indent = String(repeating: " ", count: Swift.max(0, count))
    }
    if writer.indent != nil { writer.itemSeparator = "," }
    if let separators = given[2], separators.isTrue {
      let pair = try interpreter.iterate(separators)
      guard pair.count == 2 else {
        throw ChatTemplateError(.type, "tojson: separators are a pair of strings")
      }
      writer.itemSeparator = try interpreter.text(pair[0])
      writer.keySeparator = try interpreter.text(pair[1])
    }
    try writer.write(value)
    return .string(writer.out)
  }

  /// Rounds at a decimal place. The product's own rounding error decides what only looks like
  /// a tie: 42.55 lies below 42.55, so Python rounds it to 42.5.
  private static func rounded(
    _ value: Double, _ precision: Int, _ rule: FloatingPointRoundingRule
  ) -> Double {
    var scale = 1.0
    for _ in 0..<precision { scale *= 10 }
    let product = value * scale
    guard product.isFinite, product.magnitude < 0x1p52 else { return value }
    let error = (-product).addingProduct(value, scale)
    let floor = product.rounded(.down)
    if rule == .toNearestOrEven, product - floor == 0.5, error != 0 {
      return (error < 0 ? floor : floor + 1) / scale
    }
    return product.rounded(rule) / scale
  }

  // MARK: Numbers

  @Sendable static func abs(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let number = try interpreter.number(value, for: "abs")
    return try interpreter.isLess(number, .int(0)) ? interpreter.negated(number) : number
  }

  @Sendable static func int(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(to: ["default", "base"], of: "int")
    let otherwise = given[0] ?? .int(0)
    switch value {
    case .int: return value
    case .bool(let value): return .int(value ? 1 : 0)
    case .double(let value):
      return Int(exactly: value.rounded(.towardZero)).map { .int($0) } ?? otherwise
    case .string(let text):
      let base = given[1].flatMap(interpreter.integer) ?? 10
      let digits = text.strippedOfWhiteSpace()
      if (2...36).contains(base), let whole = Int(digits, radix: base) { return .int(whole) }
      guard let number = Double(digits) else { return otherwise }
      return Int(exactly: number.rounded(.towardZero)).map { .int($0) } ?? otherwise
    case .undefined(let what): throw ChatTemplateError(.undefined, what)
    default: return otherwise
    }
  }

  @Sendable static func float(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(to: ["default"], of: "float")
    switch value {
    case .int, .double, .bool: return .double(value.asDouble)
    case .string(let text):
      if let number = Double(text.strippedOfWhiteSpace()) { return .double(number) }
    case .undefined(let what): throw ChatTemplateError(.undefined, what)
    default: break
    }
    return given[0] ?? .double(0)
  }

  @Sendable static func round(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(to: ["precision", "method"], of: "round")
    let precision = given[0].flatMap(interpreter.integer) ?? 0
    guard (0...15).contains(precision) else {
      throw ChatTemplateError(.unsupported, "round: precision is 0 to 15")
    }
    let method = try given[1].map { (value) throws(ChatTemplateError) in try interpreter.text(value)
    }
    let rules: [String: FloatingPointRoundingRule] = [
      "common": .toNearestOrEven, "ceil": .up, "floor": .down,
    ]
    guard let rule = rules[method ?? "common"] else {
      throw ChatTemplateError(.type, "round: method is 'common', 'ceil' or 'floor'")
    }
    let number = try interpreter.number(value, for: "round")
    if case .int = number, rule == .toNearestOrEven { return number }
    return .double(rounded(number.asDouble, precision, rule))
  }
}
