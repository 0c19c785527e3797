/// Filters of text. Like Jinja's they take any value as its text.
extension TemplateFilters {
  @Sendable static func upper(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try interpreter.callMethod("upper", of: .string(try interpreter.text(value)), arguments)
  }

  @Sendable static func lower(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try interpreter.callMethod("lower", of: .string(try interpreter.text(value)), arguments)
  }

  @Sendable static func capitalize(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try interpreter.callMethod("capitalize", of: .string(try interpreter.text(value)), arguments)
  }

  @Sendable static func trim(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try interpreter.callMethod("strip", of: .string(try interpreter.text(value)), arguments)
  }

  /// Unlike the method, a word starts only after white space, `-`, `(`, `{`, `[` or `<`.
  @Sendable static func title(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    _ = try arguments.bound(to: [], of: "title")
    let text = try interpreter.text(value)
    try interpreter.charge(bytes: 3 * text.utf8.count)
    return .string(
      text.titled { $0.isPythonSpace || ["-", "(", "{", "[", "<"].contains($0) })
  }

  @Sendable static func replace(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(to: ["old", "new", "count"], required: 2, of: "replace")
    let old = try interpreter.text(given[0] ?? .null)
    let new = try interpreter.text(given[1] ?? .null)
    let count = given[2].flatMap(interpreter.integer) ?? -1
    return .string(
      try interpreter.replace(old, with: new, in: try interpreter.text(value), count: count))
  }

  @Sendable static func format(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    guard arguments.keyword.isEmpty else {
      throw ChatTemplateError(.unsupported, "format takes positional arguments only")
    }
    let values = try TemplateRuntimeValue.list(arguments.positional, kind: .tuple)
    return .string(try interpreter.percentFormat(try interpreter.text(value), values))
  }

  @Sendable static func escape(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    _ = try arguments.bound(to: [], of: "escape")
    let text = try interpreter.text(value)
    try interpreter.charge(bytes: 5 * text.utf8.count)
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "'": out += "&#39;"
      case "\"": out += "&#34;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return .string(out)
  }

  @Sendable static func indent(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(to: ["width", "first", "blank"], of: "indent")
    let indent: String
    switch given[0] {
    case nil: indent = "    "
    case .string(let text)?: indent = text
    case let width?:
      guard let count = interpreter.integer(width), count <= 256 else {
        throw ChatTemplateError(.type, "indent: width is a number up to 256 or a string")
      }
      indent = String(repeating: " ", count: Swift.max(0, count))
    }
    let text = try interpreter.text(value) + "\n"
    try interpreter.charge(bytes: 2 * text.utf8.count)
    let lines = text.pythonLines()
    let size = text.utf8.count.addingReportingOverflow(lines.count * indent.utf8.count)
    try interpreter.charge(bytes: size.partialValue)
    let isBlankIndented = given[2]?.isTrue ?? false
    var out = given[1]?.isTrue == true ? indent : ""
    for (i, line) in lines.enumerated() {
      if i > 0 { out += "\n" + (line.isEmpty && !isBlankIndented ? "" : indent) }
      out += line
    }
    return .string(out)
  }

  @Sendable static func join(
    _ interpreter: TemplateInterpreter, _ value: TemplateRuntimeValue,
    _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let given = try arguments.bound(to: ["d", "attribute"], of: "join")
    let separator = try interpreter.text(given[0] ?? .string(""))
    var out = ""
    for (i, item) in try interpreter.iterate(value).enumerated() {
      var item = item
      if let attribute = given[1] { item = try member(attribute, of: item, interpreter) }
      let next = try interpreter.text(item)
      try interpreter.checkSize(out)
      try interpreter.charge(1 + (separator.utf8.count + next.utf8.count) / 64)
      out += i > 0 ? separator + next : next
    }
    try interpreter.checkSize(out)
    return .string(out)
  }
}
