/// The tests after `is`.
enum TemplateTests {
  typealias Test =
    @Sendable (
      TemplateInterpreter, TemplateRuntimeValue, TemplateCallArguments
    ) throws(ChatTemplateError) -> Bool

  static func named(_ name: String) throws(ChatTemplateError) -> Test {
    if let test = table[name] { return test }
    throw ChatTemplateError(
      .unsupported,
      "the test '\(name.prefix(40))' is not supported; supported: "
        + table.keys.sorted().joined(separator: ", "))
  }

  static let table: [String: Test] = {
    var table: [String: Test] = [
      "defined": plain { !$0.isUndefined },
      "undefined": plain { $0.isUndefined },
      "none": plain { if case .null = $0 { true } else { false } },
      "string": plain { $0.isString },
      "mapping": plain { if case .dictionary = $0 { true } else { false } },
      "number": plain { $0.isNumber },
      "integer": plain { if case .int = $0 { true } else { false } },
      "float": plain { if case .double = $0 { true } else { false } },
      "boolean": plain { if case .bool = $0 { true } else { false } },
      "true": plain { if case .bool(true) = $0 { true } else { false } },
      "false": plain { if case .bool(false) = $0 { true } else { false } },
      "iterable": plain(isIterable),
      "sequence": plain(isSequence),
      "callable": plain(isCallable),
      "even": divides(2, remainder: 0),
      "odd": divides(2, remainder: 1),
      "divisibleby": { (interpreter, value, arguments) throws(ChatTemplateError) in
        let divisor = try argument(arguments, "divisibleby")
        let rest = try interpreter.arithmetic(.modulo, value, divisor)
        return try interpreter.isEqual(rest, .int(0))
      },
      "lower": { (interpreter, value, _) throws(ChatTemplateError) in
        let text = try interpreter.text(value)
        return text.lowercased() == text && text.unicodeScalars.contains(where: \.isCased)
      },
      "upper": { (interpreter, value, _) throws(ChatTemplateError) in
        let text = try interpreter.text(value)
        return text.uppercased() == text && text.unicodeScalars.contains(where: \.isCased)
      },
      "filter": { (interpreter, value, _) throws(ChatTemplateError) in
        TemplateFilters.table[try interpreter.text(value)] != nil
      },
      "test": { (interpreter, value, _) throws(ChatTemplateError) in
        supports(try interpreter.text(value))
      },
      "sameas": { (interpreter, value, arguments) throws(ChatTemplateError) in
        let other = try argument(arguments, "sameas")
        return try value.typeName == other.typeName ? interpreter.isEqual(value, other) : false
      },
    ]
    let comparisons: [(TemplateComparison, [String])] = [
      (.equal, ["eq", "equalto", "=="]), (.notEqual, ["ne", "!="]),
      (.less, ["lt", "lessthan", "<"]), (.lessEqual, ["le", "<="]),
      (.greater, ["gt", "greaterthan", ">"]), (.greaterEqual, ["ge", ">="]), (.in, ["in"]),
    ]
    for (comparison, names) in comparisons {
      for name in names {
        table[name] = { (interpreter, value, arguments) throws(ChatTemplateError) in
          try interpreter.compare(value, comparison, try argument(arguments, name))
        }
      }
    }
    return table
  }()

  @Sendable private static func supports(_ name: String) -> Bool { table[name] != nil }

  private static func plain(
    _ body: @escaping @Sendable (TemplateRuntimeValue) -> Bool
  ) -> Test {
    { (_, value, arguments) throws(ChatTemplateError) in
      _ = try arguments.bound(to: [], of: "the test")
      return body(value)
    }
  }

  private static func argument(
    _ arguments: TemplateCallArguments, _ name: String
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try arguments.bound(to: ["value"], required: 1, of: "the test '\(name)'")[0] ?? .null
  }

  private static func divides(_ divisor: Int, remainder: Int) -> Test {
    { (interpreter, value, _) throws(ChatTemplateError) in
      let rest = try interpreter.arithmetic(.modulo, value, .int(divisor))
      return try interpreter.isEqual(rest, .int(remainder))
    }
  }

  @Sendable private static func isIterable(_ value: TemplateRuntimeValue) -> Bool {
    switch value {
    case .undefined, .string, .list, .dictionary, .loop: true
    default: false
    }
  }

  @Sendable private static func isSequence(_ value: TemplateRuntimeValue) -> Bool {
    switch value {
    case .undefined, .string, .dictionary: true
    case .list(let list): list.kind == .list || list.kind == .tuple
    default: false
    }
  }

  @Sendable private static func isCallable(_ value: TemplateRuntimeValue) -> Bool {
    switch value {
    case .macro, .function, .method: true
    default: false
    }
  }
}
