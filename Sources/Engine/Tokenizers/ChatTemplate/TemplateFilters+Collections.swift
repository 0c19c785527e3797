/// Filters of lists and dictionaries.
extension TemplateFilters {
  /// The value at a path such as `function.name` or `0`, as `map` and its like take it.
  static func member(
    _ path: TemplateRuntimeValue, of value: TemplateRuntimeValue,
    _ interpreter: TemplateInterpreter
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    guard case .string(let text) = path else { return try interpreter.item(path, of: value) }
    try interpreter.charge(bytes: text.utf8.count)
    var current = value
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      let key = Int(part).map { TemplateRuntimeValue.int($0) } ?? .string(String(part))
      current = try interpreter.item(key, of: current)
    }
    return current
  }

  @Sendable static func list(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    _ = try arguments.bound(to: [], of: "list")
    return try .list(try interpreter.iterate(value))
  }

  @Sendable static func first(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try interpreter.iterate(value).first ?? .undefined("no first item, the sequence was empty")
  }

  @Sendable static func last(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try interpreter.iterate(value).last ?? .undefined("no last item, the sequence was empty")
  }

  @Sendable static func reverse(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    if case .string(let text) = value {
      try interpreter.charge(bytes: 4 * text.utf8.count)
      var reversed = String.UnicodeScalarView()
      reversed.append(contentsOf: text.unicodeScalars.reversed())
      return .string(String(reversed))
    }
    return try .list(try interpreter.iterate(value).reversed(), kind: .generator)
  }

  @Sendable static func items(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    switch value {
    case .undefined: return try .list([], kind: .generator)
    case .dictionary(let dictionary):
      return try .list(try interpreter.pairs(of: dictionary), kind: .generator)
    default: throw ChatTemplateError(.type, "items wants a dictionary, not \(value.typeName)")
    }
  }

  // MARK: map, select and their like

  @Sendable static func map(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    var result: [TemplateRuntimeValue] = []
    if arguments.positional.isEmpty {
      let given = try arguments.bound(to: ["attribute", "default"], required: 1, of: "map")
      for item in try interpreter.iterate(value) {
        let found = try member(given[0] ?? .null, of: item, interpreter)
        result.append(found.isUndefined ? given[1] ?? found : found)
      }
    } else {
      var rest = arguments
      let filter = try named(try interpreter.text(rest.positional.removeFirst()))
      for item in try interpreter.iterate(value) {
        result.append(try nested(filter, interpreter, item, rest))
      }
    }
    return try .list(result, kind: .generator)
  }

  /// A filter inside of a filter counts as a level of depth.
  private static func nested(
    _ filter: Filter, _ interpreter: TemplateInterpreter, _ item: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try interpreter.enter(line: interpreter.line)
    let value = try filter(interpreter, item, arguments)
    interpreter.leave()
    return value
  }

  @Sendable static func select(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try chosen(interpreter, value, arguments, keeps: true, byAttribute: false)
  }

  @Sendable static func reject(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try chosen(interpreter, value, arguments, keeps: false, byAttribute: false)
  }

  @Sendable static func selectattr(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try chosen(interpreter, value, arguments, keeps: true, byAttribute: true)
  }

  @Sendable static func rejectattr(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try chosen(interpreter, value, arguments, keeps: false, byAttribute: true)
  }

  private static func chosen(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments, keeps: Bool, byAttribute: Bool
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    var rest = arguments
    var attribute: TemplateRuntimeValue?
    if byAttribute {
      guard !rest.positional.isEmpty else {
        throw ChatTemplateError(.type, "selectattr and rejectattr want the attribute's name")
      }
      attribute = rest.positional.removeFirst()
    }
    let test = rest.positional.isEmpty ? nil : try interpreter.text(rest.positional.removeFirst())
    var result: [TemplateRuntimeValue] = []
    for item in try interpreter.iterate(value) {
      var subject = item
      if let attribute { subject = try member(attribute, of: item, interpreter) }
      var holds = subject.isTrue
      if let test { holds = try TemplateTests.check(test, subject, rest, in: interpreter) }
      if holds == keeps { result.append(item) }
    }
    return try .list(result, kind: .generator)
  }

  // MARK: Numbers of a list

  @Sendable static func sum(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(to: ["attribute", "start"], of: "sum")
    var total = given[1] ?? .int(0)
    for item in try interpreter.iterate(value) {
      var item = item
      if let attribute = given[0] { item = try member(attribute, of: item, interpreter) }
      total = try interpreter.arithmetic(.add, total, item)
    }
    return total
  }

  @Sendable static func min(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try ordered(interpreter, value, arguments, of: "min").first
      ?? .undefined("no smallest item, the sequence was empty")
  }

  @Sendable static func max(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try ordered(interpreter, value, arguments, of: "max", isReversed: true).first
      ?? .undefined("no greatest item, the sequence was empty")
  }

  private static func ordered(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments, of name: String, isReversed: Bool = false
  ) throws(ChatTemplateError) -> [TemplateRuntimeValue] {
    let given = try arguments.bound(to: ["case_sensitive", "attribute"], of: name)
    return try sorted(
      try interpreter.iterate(value), interpreter, attribute: given[1],
      isCaseSensitive: given[0]?.isTrue ?? false, isReversed: isReversed)
  }
}
