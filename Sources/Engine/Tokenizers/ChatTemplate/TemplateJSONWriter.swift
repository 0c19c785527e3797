/// `tojson` as `transformers` defines it: Python's `json.dumps` with `ensure_ascii` false.
struct TemplateJSONWriter {
  var indent: String?
  var itemSeparator = ", "
  var keySeparator = ": "
  var escapesNonASCII = false
  var sortsKeys = false
  private(set) var out = ""
  private let interpreter: TemplateInterpreter

  init(interpreter: TemplateInterpreter) { self.interpreter = interpreter }

  mutating func write(
    _ value: TemplateRuntimeValue, level: Int = 0
  ) throws(ChatTemplateError) {
    try interpreter.charge()
    switch value {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .int(let value): out += String(value)
    case .double(let value): out += Self.text(of: value)
    case .string(let text): try write(text)
    case .list(let list) where list.kind == .list || list.kind == .tuple:
      try write("[", "]", count: list.items.count, level: level) {
        (writer, i) throws(ChatTemplateError) in
        try writer.write(list.items[i], level: level + 1)
      }
    case .dictionary(let dictionary): try write(dictionary, level: level)
    case .undefined(let what): throw ChatTemplateError(.undefined, "tojson: \(what)")
    default:
      throw ChatTemplateError(.type, "tojson does not work on \(value.typeName)")
    }
    try interpreter.checkSize(out)
  }

  private static func text(of value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return value.description
  }

  private mutating func write(
    _ dictionary: TemplateDictionary, level: Int
  ) throws(ChatTemplateError) {
    var pairs: [(key: String, value: TemplateRuntimeValue)] = []
    for (key, value) in zip(dictionary.keys, dictionary.values) {
      pairs.append((try Self.text(ofKey: key), value))
    }
    if sortsKeys {
      try interpreter.charge(pairs.count)
      pairs.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
    try write("{", "}", count: pairs.count, level: level) {
      (writer, i) throws(ChatTemplateError) in
      try writer.write(pairs[i].key)
      writer.out += writer.keySeparator
      try writer.write(pairs[i].value, level: level + 1)
    }
  }

  private static func text(
    ofKey key: TemplateRuntimeValue
  ) throws(ChatTemplateError) -> String {
    switch key {
    case .string(let text): return text
    case .int(let value): return String(value)
    case .double(let value): return text(of: value)
    case .bool(let value): return value ? "true" : "false"
    case .null: return "null"
    default: throw ChatTemplateError(.type, "tojson: \(key.typeName) cannot be a key")
    }
  }

  private mutating func write(
    _ open: String, _ close: String, count: Int, level: Int,
    item: (inout TemplateJSONWriter, Int) throws(ChatTemplateError) -> Void
  ) throws(ChatTemplateError) {
    out += open
    for i in 0..<count {
      if i > 0 { out += itemSeparator }
      try newLine(level + 1)
      try item(&self, i)
    }
    if count > 0 { try newLine(level) }
    out += close
  }

  private mutating func newLine(_ level: Int) throws(ChatTemplateError) {
    guard let indent else { return }
    try interpreter.charge(bytes: out.utf8.count + indent.utf8.count * level + 1)
    out += "\n" + String(repeating: indent, count: level)
  }

  private mutating func write(_ text: String) throws(ChatTemplateError) {
    try interpreter.charge(1 + text.utf8.count / 64)
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{08}": out += "\\b"
      case "\u{0C}": out += "\\f"
      case _ where scalar.value < 0x20 || (escapesNonASCII && scalar.value > 0x7E):
        for unit in UTF16.encode(scalar) ?? UTF16.EncodedScalar() {
          out += "\\u" + UInt32(unit).hexadecimal(width: 4)
        }
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
