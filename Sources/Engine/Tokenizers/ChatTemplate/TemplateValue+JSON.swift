extension TemplateValue {
  /// The deepest nesting of a JSON text that is read.
  package static let maximumJSONDepth = 60

  /// Reads a JSON text, keeping the order of keys: a tool's schema is shown to the model as its
  /// author wrote it.
  ///
  /// Numbers that are whole and fit in 64 bits are `.int`, others `.double`. A repeated key takes
  /// the last value. Throws `.json` with the byte offset. O(bytes); a value takes at most a
  /// constant times the text.
  package init(json text: String) throws(ChatTemplateError) {
    var reader = TemplateJSONReader(Array(text.utf8))
    self = try reader.document()
  }
}

/// RFC 8259, by recursive descent with bounded depth.
struct TemplateJSONReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(ChatTemplateError) -> TemplateValue {
    let value = try value(depth: 0)
    skipWhiteSpace()
    guard position == bytes.count else { throw failure("text after the value") }
    return value
  }

  private func failure(_ message: String) -> ChatTemplateError {
    ChatTemplateError(.json, "not JSON: \(message), at byte \(position)")
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipWhiteSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipWhiteSpace()
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(ChatTemplateError) -> TemplateValue {
    guard depth <= TemplateValue.maximumJSONDepth else {
      throw failure("nested deeper than \(TemplateValue.maximumJSONDepth)")
    }
    skipWhiteSpace()
    switch current {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .none)
    default: return try number()
    }
  }

  private mutating func literal(
    _ word: StaticString, _ value: TemplateValue
  ) throws(ChatTemplateError) -> TemplateValue {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count,
      word.withUTF8Buffer({ $0.elementsEqual(bytes[position..<end]) })
    else { throw failure("an unknown word") }
    position = end
    return value
  }

  private mutating func object(depth: Int) throws(ChatTemplateError) -> OrderedObject {
    position += 1
    var object = OrderedObject()
    if skip("}") { return object }
    repeat {
      skipWhiteSpace()
      guard current == UInt8(ascii: "\"") else { throw failure("a key is no string") }
      let key = try string()
      guard skip(":") else { throw failure("no ':' after a key") }
      object[key] = try value(depth: depth + 1)
    } while skip(",")
    guard skip("}") else { throw failure("no '}' after an object") }
    return object
  }

  private mutating func array(depth: Int) throws(ChatTemplateError) -> [TemplateValue] {
    position += 1
    var items: [TemplateValue] = []
    if skip("]") { return items }
    repeat { items.append(try value(depth: depth + 1)) } while skip(",")
    guard skip("]") else { throw failure("no ']' after an array") }
    return items
  }

  private mutating func number() throws(ChatTemplateError) -> TemplateValue {
    let start = position
    var isWhole = true
    if current == UInt8(ascii: "-") { position += 1 }
    let firstDigit = current
    let digits = skipDigits()
    guard digits > 0, digits == 1 || firstDigit != UInt8(ascii: "0") else {
      throw failure("expected a value")
    }
    if current == UInt8(ascii: ".") {
      isWhole = false
      position += 1
      guard skipDigits() > 0 else { throw failure("no digit after '.'") }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      isWhole = false
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      guard skipDigits() > 0 else { throw failure("no digit in an exponent") }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let value = Int(text) { return .int(value) }
    guard let value = Double(text) else { throw failure("a number out of range") }
    return .double(value)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = current, (48...57).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func string() throws(ChatTemplateError) -> String {
    position += 1
    var out: [UInt8] = []
    while let byte = current, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw failure("a control character in a string") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        out += Array(String(Character(try escape())).utf8)
      } else {
        out.append(byte)
      }
    }
    guard current != nil else { throw failure("a string has no end") }
    position += 1
    return String(decoding: out, as: UTF8.self)
  }

  private mutating func escape() throws(ChatTemplateError) -> Unicode.Scalar {
    guard let byte = current else { throw failure("a string has no end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("an unknown escape")
    }
  }

  /// A lone surrogate becomes U+FFFD.
  private mutating func unicodeEscape() throws(ChatTemplateError) -> Unicode.Scalar {
    let unit = try hexadecimal()
    guard (0xD800...0xDBFF).contains(unit), position + 1 < bytes.count,
      bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
    else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
    let start = position
    position += 2
    let low = try hexadecimal()
    guard (0xDC00...0xDFFF).contains(low) else {
      position = start
      return "\u{FFFD}"
    }
    return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
  }

  private mutating func hexadecimal() throws(ChatTemplateError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Unicode.Scalar(byte).hexDigit else {
        throw failure("'\\u' wants four hexadecimal digits")
      }
      value = value << 4 | digit
      position += 1
    }
    return value
  }
}
