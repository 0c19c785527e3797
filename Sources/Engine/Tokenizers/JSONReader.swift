/// Reads JSON in one pass over bytes, value by value as the caller asks for them.
///
/// A `tokenizer.json` holds hundreds of thousands of small strings; a general decoder that builds a
/// tree of them takes seconds. Errors name the path to the value.
struct JSONReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var index = 0
  private var depth = 0
  private static let maximumDepth = 64

  /// - Throws: `malformed` when the file is not UTF-8: checked here once, not string by string.
  init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) throws(TokenizerError) {
    self.bytes = bytes
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw TokenizerError(.malformed, field: file, "the file is not UTF-8")
    }
  }

  /// The first byte of the next value: `{`, `[`, `"`, or one of a number, true, false or null.
  mutating func peek(_ field: String) throws(TokenizerError) -> UInt8 {
    skipSpace()
    guard index < bytes.count else { throw fault(field, "the file ends in the middle of a value") }
    return bytes[index]
  }

  /// Calls `body` with each key of an object; it must read the value.
  mutating func object(
    _ field: String, _ body: (inout JSONReader, String) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    try open(field, "{", "an object")
    defer { depth -= 1 }
    if try peek(field) == UInt8(ascii: "}") { return index += 1 }
    while true {
      let key = try string(field)
      try expect(field, ":")
      try body(&self, key)
      if try separator(field, "}") { return }
    }
  }

  /// Calls `body` at each element of an array; it must read the element.
  mutating func array(
    _ field: String, _ body: (inout JSONReader) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    try open(field, "[", "an array")
    defer { depth -= 1 }
    if try peek(field) == UInt8(ascii: "]") { return index += 1 }
    while true {
      try body(&self)
      if try separator(field, "]") { return }
    }
  }

  mutating func string(_ field: String) throws(TokenizerError) -> String {
    guard try peek(field) == UInt8(ascii: "\"") else { throw fault(field, "expected a string") }
    index += 1
    let start = index
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      if bytes[index] == UInt8(ascii: "\\") { return try escapedString(field, start) }
      if bytes[index] < 0x20 { throw fault(field, "a control character in a string") }
      index += 1
    }
    guard index < bytes.count else { throw fault(field, "a string has no end") }
    index += 1
    let content = UnsafeBufferPointer(rebasing: bytes[start..<index - 1])
    return String(decoding: content, as: UTF8.self)
  }

  mutating func number(_ field: String) throws(TokenizerError) -> Double {
    _ = try peek(field)
    let start = index
    while index < bytes.count, Self.isNumber(bytes[index]) { index += 1 }
    guard let value = Double(String(decoding: bytes[start..<index], as: UTF8.self)) else {
      throw fault(field, "expected a number")
    }
    return value
  }

  mutating func integer(_ field: String) throws(TokenizerError) -> Int {
    _ = try peek(field)
    var value = 0
    let start = index
    while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
      value = value &* 10 &+ Int(bytes[index] - 0x30)
      index += 1
    }
    let terminated = index == bytes.count || !Self.isNumber(bytes[index])
    guard index > start, index - start <= 18, terminated else {
      throw fault(field, "expected an integer that is not negative")
    }
    return value
  }

  mutating func bool(_ field: String) throws(TokenizerError) -> Bool {
    if try literal(field, "true") { return true }
    if try literal(field, "false") { return false }
    throw fault(field, "expected true or false")
  }

  /// True, having read it, when the next value is null.
  mutating func null(_ field: String) throws(TokenizerError) -> Bool { try literal(field, "null") }

  /// Reads a value of any kind and forgets it.
  mutating func skip(_ field: String) throws(TokenizerError) {
    switch try peek(field) {
    case UInt8(ascii: "{"):
      try object(field) { (reader, _) throws(TokenizerError) in try reader.skip(field) }
    case UInt8(ascii: "["):
      try array(field) { (reader) throws(TokenizerError) in try reader.skip(field) }
    case UInt8(ascii: "\""): _ = try string(field)
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool(field)
    case UInt8(ascii: "n"):
      guard try null(field) else { throw fault(field, "expected null") }
    default: _ = try number(field)
    }
  }

  /// Only space may follow the last value.
  mutating func end(_ field: String) throws(TokenizerError) {
    skipSpace()
    guard index == bytes.count else { throw fault(field, "something follows the JSON value") }
  }

  // MARK: Bytes

  func fault(_ field: String, _ message: String) -> TokenizerError {
    TokenizerError(.malformed, field: field, "\(message) (byte \(index))")
  }

  private static func isNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
      UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private mutating func skipSpace() {
    while index < bytes.count, bytes[index] <= 0x20, Self.isSpace(bytes[index]) { index += 1 }
  }

  private mutating func open(
    _ field: String, _ bracket: Unicode.Scalar, _ kind: String
  ) throws(TokenizerError) {
    guard try peek(field) == UInt8(ascii: bracket) else { throw fault(field, "expected \(kind)") }
    guard depth < Self.maximumDepth else { throw fault(field, "nested too deeply") }
    index += 1
    depth += 1
  }

  private mutating func expect(
    _ field: String, _ byte: Unicode.Scalar
  ) throws(TokenizerError) {
    guard try peek(field) == UInt8(ascii: byte) else { throw fault(field, "expected '\(byte)'") }
    index += 1
  }

  /// Reads a comma (false) or the closing bracket (true).
  private mutating func separator(
    _ field: String, _ close: Unicode.Scalar
  ) throws(TokenizerError) -> Bool {
    let byte = try peek(field)
    guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: close) else {
      throw fault(field, "expected ',' or '\(close)'")
    }
    index += 1
    return byte != UInt8(ascii: ",")
  }

  private mutating func literal(
    _ field: String, _ text: StaticString
  ) throws(TokenizerError) -> Bool {
    _ = try peek(field)
    let length = text.utf8CodeUnitCount
    guard index + length <= bytes.count else { return false }
    for offset in 0..<length where bytes[index + offset] != text.utf8Start[offset] { return false }
    index += length
    return true
  }

  private mutating func escapedString(
    _ field: String, _ start: Int
  ) throws(TokenizerError) -> String {
    var content = Array(bytes[start..<index])
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\\") {
        try appendEscape(field, &content)
      } else if byte < 0x20 {
        throw fault(field, "a control character in a string")
      } else {
        content.append(byte)
      }
    }
    guard index < bytes.count else { throw fault(field, "a string has no end") }
    index += 1
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func appendEscape(
    _ field: String, _ content: inout [UInt8]
  ) throws(TokenizerError) {
    guard index < bytes.count else { throw fault(field, "a string has no end") }
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "u"):
      let unit = try hexUnit(field)
      var value = UInt32(unit)
      if UTF16.isLeadSurrogate(unit), index + 1 < bytes.count,
        bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
      {
        index += 2
        value = 0x10000 &+ (value &- 0xD800) << 10 &+ (UInt32(try hexUnit(field)) &- 0xDC00)
      }
      guard let scalar = Unicode.Scalar(value) else { throw fault(field, "half a surrogate pair") }
      content.append(contentsOf: Character(scalar).utf8)
    default: throw fault(field, "an unknown escape")
    }
  }

  private mutating func hexUnit(_ field: String) throws(TokenizerError) -> UInt16 {
    guard index + 4 <= bytes.count else { throw fault(field, "a string has no end") }
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[index])).hexDigitValue else {
        throw fault(field, "an escape without four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
      index += 1
    }
    return unit
  }
}
