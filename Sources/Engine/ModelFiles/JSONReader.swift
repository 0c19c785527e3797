/// A strict reader of JSON in untrusted bytes (RFC 8259), token by token, so that a header is checked
/// as it is read and nothing is built that its owner did not ask for.
struct JSONReader {
  static let maximumDepth = 64

  private let bytes: UnsafeRawBufferPointer
  private let path: String
  /// What is being read, for errors.
  private let field: String
  /// Offset of `bytes` in the file, for errors.
  private let base: Int
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer, path: String, field: String, base: Int = 0) {
    self.bytes = bytes
    self.path = path
    self.field = field
    self.base = base
  }

  func error(_ message: String, code: ModelFileError.Code = .malformed) -> ModelFileError {
    ModelFileError(code, path: path, field: field, offset: base + position, message: message)
  }

  /// The next byte that is not white space, not consumed.
  mutating func peek() -> UInt8? {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return bytes[position]
      }
    }
    return nil
  }

  /// Consumes `character` if it comes next.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(character.value) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(ModelFileError) {
    guard skip(character) else {
      throw error("is not valid JSON: '\(character)' is expected; fetch the file again")
    }
  }

  mutating func end() throws(ModelFileError) {
    guard peek() == nil else { throw error("has text after its end; fetch the file again") }
  }

  /// Reads an object; `member` must read the value of the key that it is given. Keys are unique.
  mutating func object(
    _ member: (inout JSONReader, String) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    try expect("{")
    if skip("}") { return }
    var seen: Set<String> = []
    repeat {
      let key = try string()
      guard seen.insert(key).inserted else {
        throw error("has the key \(key) twice; fetch the file again", code: .duplicate)
      }
      try expect(":")
      try member(&self, key)
    } while skip(",")
    try expect("}")
  }

  /// Reads an array of at most `limit` elements; `element` must read one.
  mutating func array(
    limit: Int, _ element: (inout JSONReader) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    try expect("[")
    if skip("]") { return }
    var count = 0
    repeat {
      guard count < limit else {
        throw error("has an array of more than \(limit) elements", code: .limit)
      }
      try element(&self)
      count += 1
    } while skip(",")
    try expect("]")
  }

  /// Reads an integer ≥ 0 without fraction or exponent.
  mutating func count(_ what: String) throws(ModelFileError) -> Int {
    guard let value = Int(try numberText()), value >= 0 else {
      throw error("has a \(what) that is not an integer from 0 to 2⁶³ − 1; fetch the file again")
    }
    return value
  }

  mutating func string() throws(ModelFileError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while true {
      let start = position
      while position < bytes.count, bytes[position] != 0x22, bytes[position] != 0x5C,
        bytes[position] >= 0x20
      { position += 1 }
      text += UnsafeRawBufferPointer(rebasing: bytes[start..<position])
      guard position < bytes.count, bytes[position] >= 0x20 else {
        throw error("is not valid JSON: a string does not end; fetch the file again")
      }
      position += 1
      if bytes[position - 1] == 0x22 { break }
      text += try escape()
    }
    guard let result = String(validating: text, as: UTF8.self) else {
      throw error("has a string that is not valid UTF-8; fetch the file again")
    }
    return result
  }

  private mutating func escape() throws(ModelFileError) -> [UInt8] {
    guard position < bytes.count else { throw error("ends inside a string") }
    position += 1
    switch bytes[position - 1] {
    case UInt8(ascii: "\""): return [0x22]
    case UInt8(ascii: "\\"): return [0x5C]
    case UInt8(ascii: "/"): return [0x2F]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var scalar = UInt32(try hexadecimal())
      if scalar >= 0xD800, scalar < 0xDC00, position + 1 < bytes.count,
        bytes[position] == 0x5C, bytes[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        let low = UInt32(try hexadecimal())
        guard low >= 0xDC00, low < 0xE000 else { throw error("has half a surrogate pair") }
        scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00)
      }
      guard let unicode = Unicode.Scalar(scalar) else { throw error("has half a surrogate pair") }
      return Array(String(Character(unicode)).utf8)
    default: throw error("is not valid JSON: an unknown escape; fetch the file again")
    }
  }

  private mutating func hexadecimal() throws(ModelFileError) -> UInt16 {
    guard bytes.count - position >= 4 else { throw error("ends inside a string") }
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
        throw error("is not valid JSON: \\u needs four hexadecimal digits")
      }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }

  /// The characters of a number, checked against JSON's grammar; at most 64.
  mutating func numberText() throws(ModelFileError) -> String {
    _ = peek()
    let start = position
    while position < bytes.count, position - start <= 64, Self.isOfNumber(bytes[position]) {
      position += 1
    }
    let text = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    guard text.count <= 64, Self.isNumber(text) else {
      throw error("is not valid JSON: a number is expected; fetch the file again")
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private static func isNumber(_ text: UnsafeRawBufferPointer) -> Bool {
    var rest = text[...]
    func digits() -> Int {
      let count = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
      rest = rest.dropFirst(count)
      return count
    }
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    let leadingZero = rest.first == 0x30
    let whole = digits()
    guard whole > 0, !(leadingZero && whole > 1) else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      guard digits() > 0 else { return false }
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
        rest = rest.dropFirst()
      }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  /// Consumes a literal such as `true`.
  mutating func literal(_ word: StaticString) throws(ModelFileError) {
    let count = word.utf8CodeUnitCount
    guard bytes.count - position >= count,
      (0..<count).allSatisfy({ bytes[position + $0] == word.utf8Start[$0] })
    else { throw error("is not valid JSON: '\(word)' is expected; fetch the file again") }
    position += count
  }
}
