/// Values as text: Python's `str` and `repr`, and `%` formats.
extension TemplateInterpreter {
  func text(_ value: TemplateRuntimeValue) throws(ChatTemplateError) -> String {
    switch value {
    case .undefined: return ""
    case .string(let text): return text
    default:
      var out = ""
      try represent(value, into: &out)
      return out
    }
  }

  func represent(
    _ value: TemplateRuntimeValue, into out: inout String
  ) throws(ChatTemplateError) {
    try charge()
    switch value {
    case .undefined: out += "Undefined"
    case .null: out += "None"
    case .bool(let value): out += value ? "True" : "False"
    case .int(let value): out += String(value)
    case .double(let value): out += value.description
    case .string(let text):
      try charge(bytes: out.utf8.count + text.utf8.count)
      try quote(text, into: &out)
    case .list(let list): try represent(list, into: &out)
    case .dictionary(let dictionary):
      out += "{"
      for (i, (key, value)) in zip(dictionary.keys, dictionary.values).enumerated() {
        if i > 0 { out += ", " }
        try represent(key, into: &out)
        out += ": "
        try represent(value, into: &out)
      }
      out += "}"
    case .namespace: out += "<Namespace>"
    case .loop(let loop): out += "<LoopContext \(loop.index0 + 1)/\(loop.items.count)>"
    case .macro(let macro): out += "<Macro '\(macro.definition.name)'>"
    case .function(let function): out += "<function \(function.rawValue)>"
    case .method(let method): out += "<built-in method \(method.name)>"
    }
    try checkSize(out)
  }

  func checkSize(_ out: String) throws(ChatTemplateError) {
    guard out.utf8.count <= limits.maximumStringBytes else {
      throw ChatTemplateError(
        .limit, "a string would be longer than \(limits.maximumStringBytes) bytes")
    }
  }

  private func represent(
    _ list: TemplateList, into out: inout String
  ) throws(ChatTemplateError) {
    if list.kind == .generator {
      out += "<generator object>"
      return
    }
    out += list.kind == .tuple ? "(" : "["
    for (i, item) in list.items.enumerated() {
      if i > 0 { out += ", " }
      try represent(item, into: &out)
    }
    if list.kind == .tuple, list.items.count == 1 { out += "," }
    out += list.kind == .tuple ? ")" : "]"
  }

  private func quote(_ text: String, into out: inout String) throws(ChatTemplateError) {
    let hasSingle = text.utf8.contains(UInt8(ascii: "'"))
    let quote: Unicode.Scalar = hasSingle && !text.utf8.contains(UInt8(ascii: "\"")) ? "\"" : "'"
    out.unicodeScalars.append(quote)
    for scalar in text.unicodeScalars {
      switch scalar {
      case quote, "\\":
        out += "\\"
        out.unicodeScalars.append(scalar)
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.isPythonPrintable: out.unicodeScalars.append(scalar)
      default:
        let width = scalar.value < 0x100 ? 2 : scalar.value < 0x10000 ? 4 : 8
        out += width == 2 ? "\\x" : width == 4 ? "\\u" : "\\U"
        out += scalar.value.hexadecimal(width: width)
      }
    }
    out.unicodeScalars.append(quote)
  }

  /// `'%s of %d' % values`: the conversions s, r, d, i and `%%`, without widths.
  func percentFormat(
    _ format: String, _ values: TemplateRuntimeValue
  ) throws(ChatTemplateError) -> String {
    var arguments: [TemplateRuntimeValue]
    if case .list(let list) = values, list.kind == .tuple {
      arguments = list.items.reversed()
    } else {
      arguments = [values]
    }
    try charge(bytes: format.utf8.count)
    var out = ""
    var rest = format.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "%" else {
        out.unicodeScalars.append(scalar)
        continue
      }
      let conversion = rest.popFirst()
      if conversion == "%" {
        out += "%"
        continue
      }
      guard let argument = arguments.popLast() else {
        throw ChatTemplateError(.type, "not enough values for the format")
      }
      out += try converted(argument, conversion)
      try charge(bytes: out.utf8.count)
    }
    guard arguments.isEmpty else {
      throw ChatTemplateError(.type, "not all values were used by the format")
    }
    return out
  }

  private func converted(
    _ value: TemplateRuntimeValue, _ conversion: Unicode.Scalar?
  ) throws(ChatTemplateError) -> String {
    switch conversion {
    case "s": return try text(value)
    case "r":
      var out = ""
      try represent(value, into: &out)
      return out
    case "d", "i":
      switch try number(value, for: "%d") {
      case .int(let value): return String(value)
      case .double(let value):
        if let whole = Int(exactly: value.rounded(.towardZero)) { return String(whole) }
      default: break
      }
      throw ChatTemplateError(.type, "%d wants an integer of 64 bits")
    default:
      throw ChatTemplateError(
        .unsupported, "a '%' format knows %s, %r, %d, %i and %%, without widths")
    }
  }
}

extension UInt32 {
  func hexadecimal(width: Int) -> String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: Swift.max(0, width - digits.utf8.count)) + digits
  }
}
