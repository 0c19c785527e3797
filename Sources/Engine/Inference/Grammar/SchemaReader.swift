/// RFC 8259 by recursive descent with bounded depth; a key twice in an object is refused.
struct SchemaReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(GrammarError) -> SchemaValue {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw fault("text after the value") }
    return value
  }

  private func fault(
    _ message: String, _ code: GrammarError.Code = .syntax
  ) -> GrammarError {
    GrammarError(code, at: "#", "not valid JSON at byte \(position): \(message)")
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard current == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(GrammarError) -> SchemaValue {
    guard depth < GrammarLimits.sourceDepth else {
      throw fault("nested deeper than \(GrammarLimits.sourceDepth); flatten it", .limit)
    }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(
    _ word: StaticString, _ value: SchemaValue
  ) throws(GrammarError) -> SchemaValue {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count, word.withUTF8Buffer({ $0.elementsEqual(bytes[position..<end]) })
    else { throw fault("an unknown word") }
    position = end
    return value
  }

  private mutating func object(depth: Int) throws(GrammarError) -> SchemaObject {
    position += 1
    var object = SchemaObject()
    if skip("}") { return object }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw fault("a key is no string") }
      let key = try string()
      guard object[key] == nil else { throw fault("the key \"\(key)\" twice in an object") }
      guard skip(":") else { throw fault("no ':' after a key") }
      object[key] = try value(depth: depth + 1)
    } while skip(",")
    guard skip("}") else { throw fault("no '}' after an object") }
    return object
  }

  private mutating func array(depth: Int) throws(GrammarError) -> [SchemaValue] {
    position += 1
    var items: [SchemaValue] = []
    if skip("]") { return items }
    repeat { items.append(try value(depth: depth + 1)) } while skip(",")
    guard skip("]") else { throw fault("no ']' after an array") }
    return items
  }

  private mutating func number() throws(GrammarError) -> String {
    let start = position
    if current == UInt8(ascii: "-") { position += 1 }
    let isZero = current == UInt8(ascii: "0")
    let whole = skipDigits()
    guard whole > 0, whole == 1 || !isZero else { throw fault("expected a value") }
    if current == UInt8(ascii: ".") {
      position += 1
      guard skipDigits() > 0 else { throw fault("no digit after '.'") }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      guard skipDigits() > 0 else { throw fault("no digit in an exponent") }
    }
    guard position - start <= 64 else { throw fault("a number of more than 64 characters") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = current, (0x30...0x39).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func string() throws(GrammarError) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = current, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw fault("a control character in a string") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        text += try escape()
      } else {
        text.append(byte)
      }
    }
    guard current != nil else { throw fault("a string has no end") }
    position += 1
    guard let result = String(validating: text, as: UTF8.self) else { throw fault("not UTF-8") }
    return result
  }

  private mutating func escape() throws(GrammarError) -> [UInt8] {
    guard let byte = current else { throw fault("a string has no end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw fault("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(GrammarError) -> [UInt8] {
    var value = try hexadecimal()
    if (0xD800...0xDBFF).contains(value), position + 1 < bytes.count,
      bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
    {
      position += 2
      let low = try hexadecimal()
      guard (0xDC00...0xDFFF).contains(low) else { throw fault("half a surrogate pair") }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw fault("half a surrogate pair") }
    return Array(String(scalar).utf8)
  }

  private mutating func hexadecimal() throws(GrammarError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("'\\u' wants four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
