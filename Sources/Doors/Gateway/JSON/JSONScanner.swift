/// Checks a text against RFC 8259 in one pass without building a tree, and notes the members of the
/// outermost object.
///
/// Stricter than the grammar in one place: an escaped surrogate must be one half of a pair, since
/// half a character cannot be text. Time is linear, memory is one bit a level of nesting plus the
/// outermost members.
struct JSONScanner {
  /// Deeper texts are refused.
  static let maximumDepth = 128

  private let bytes: UnsafeBufferPointer<UInt8>
  private let end: Int
  private var position = 0
  var members: [JSONMember] = []

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    end = bytes.count
  }

  /// Reads one value and the white space around it.
  mutating func scan() throws(JSONError) -> Range<Int> {
    skipSpace()
    let start = position
    if peek() == UInt8(ascii: "{") {
      try scanOutermostObject()
    } else {
      try scanValue(depth: 0)
    }
    let range = start..<position
    skipSpace()
    if position != end { throw JSONError(position, "text follows the JSON value") }
    return range
  }

  private mutating func scanOutermostObject() throws(JSONError) {
    members.reserveCapacity(12)
    position += 1
    skipSpace()
    if peek() == UInt8(ascii: "}") {
      position += 1
      return
    }
    while true {
      let key = try scanKey()
      let start = position
      try scanValue(depth: 1)
      members.append(
        JSONMember(
          keyStart: key.start, keyEnd: key.end, keyEscaped: key.escaped, start: start, end: position
        ))
      skipSpace()
      let next = peek()
      position += 1
      if next == UInt8(ascii: ",") {
        skipSpace()
      } else if next == UInt8(ascii: "}") {
        return
      } else {
        throw wrong(position - 1, "expected ',' or '}'")
      }
    }
  }

  /// A key, the colon and the space after it.
  private mutating func scanKey() throws(JSONError) -> (start: Int, end: Int, escaped: Bool) {
    guard peek() == UInt8(ascii: "\"") else {
      throw wrong(position, "expected a member's name in quotes")
    }
    let start = position + 1
    let escaped = try scanString()
    let end = position - 1
    skipSpace()
    guard peek() == UInt8(ascii: ":") else { throw wrong(position, "expected ':'") }
    position += 1
    skipSpace()
    return (start, end, escaped)
  }

  /// Nesting is followed by recursion, which `maximumDepth` bounds.
  private mutating func scanValue(depth: Int) throws(JSONError) {
    switch peek() {
    case UInt8(ascii: "\""): _ = try scanString()
    case UInt8(ascii: "{"): try scanObject(depth: depth + 1)
    case UInt8(ascii: "["): try scanArray(depth: depth + 1)
    case UInt8(ascii: "t"): try scanLiteral("true")
    case UInt8(ascii: "f"): try scanLiteral("false")
    case UInt8(ascii: "n"): try scanLiteral("null")
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
    default: throw wrong(position, "expected a value")
    }
  }

  private mutating func scanObject(depth: Int) throws(JSONError) {
    guard depth <= Self.maximumDepth else {
      throw JSONError(position, "more than \(Self.maximumDepth) levels of nesting")
    }
    position += 1
    skipSpace()
    if peek() == UInt8(ascii: "}") {
      position += 1
      return
    }
    while true {
      _ = try scanKey()
      try scanValue(depth: depth)
      skipSpace()
      let next = peek()
      position += 1
      if next == UInt8(ascii: ",") {
        skipSpace()
      } else if next == UInt8(ascii: "}") {
        return
      } else {
        throw wrong(position - 1, "expected ',' or '}'")
      }
    }
  }

  private mutating func scanArray(depth: Int) throws(JSONError) {
    guard depth <= Self.maximumDepth else {
      throw JSONError(position, "more than \(Self.maximumDepth) levels of nesting")
    }
    position += 1
    skipSpace()
    if peek() == UInt8(ascii: "]") {
      position += 1
      return
    }
    while true {
      try scanValue(depth: depth)
      skipSpace()
      let next = peek()
      position += 1
      if next == UInt8(ascii: ",") {
        skipSpace()
      } else if next == UInt8(ascii: "]") {
        return
      } else {
        throw wrong(position - 1, "expected ',' or ']'")
      }
    }
  }

  /// - Returns: whether the string has escapes.
  private mutating func scanString() throws(JSONError) -> Bool {
    let opening = position
    position += 1
    var escaped = false
    while position < end {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        return escaped
      }
      if byte == UInt8(ascii: "\\") {
        escaped = true
        try scanEscape()
      } else if byte < 0x20 {
        throw JSONError(position, "a control character must be escaped")
      } else if byte < 0x80 {
        position += 1
      } else {
        try scanCharacter(byte)
      }
    }
    throw JSONError(opening, "the string is not closed")
  }

  private mutating func scanEscape() throws(JSONError) {
    guard position + 1 < end else { throw JSONError(position, "the escape is cut short") }
    switch bytes[position + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 2
    case UInt8(ascii: "u"):
      let first = try scanUnit()
      if (0xDC00...0xDFFF).contains(first) {
        throw JSONError(position - 6, "half of a surrogate pair")
      }
      if (0xD800...0xDBFF).contains(first) {
        let start = position - 6
        guard position + 1 < end, bytes[position] == UInt8(ascii: "\\"),
          bytes[position + 1] == UInt8(ascii: "u"), try (0xDC00...0xDFFF).contains(scanUnit())
        else { throw JSONError(start, "half of a surrogate pair") }
      }
    default: throw JSONError(position, "unknown escape")
    }
  }

  /// `\uXXXX` at `position`.
  private mutating func scanUnit() throws(JSONError) -> UInt32 {
    guard position + 6 <= end else { throw JSONError(position, "the escape is cut short") }
    var unit: UInt32 = 0
    for offset in 2..<6 {
      guard let digit = hexDigit(bytes[position + offset]) else {
        throw JSONError(position + offset, "expected a hexadecimal digit")
      }
      unit = unit << 4 | digit
    }
    position += 6
    return unit
  }

  /// One character outside ASCII: well-formed UTF-8 as in table 3-7 of the Unicode Standard.
  private mutating func scanCharacter(_ first: UInt8) throws(JSONError) {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: throw JSONError(position, "not UTF-8")
    }
    guard position + length <= end, second.contains(bytes[position + 1]) else {
      throw JSONError(position, "not UTF-8")
    }
    for offset in 2..<max(2, length) where bytes[position + offset] & 0xC0 != 0x80 {
      throw JSONError(position, "not UTF-8")
    }
    position += length
  }

  private mutating func scanNumber() throws(JSONError) {
    let start = position
    if peek() == UInt8(ascii: "-") { position += 1 }
    if peek() == UInt8(ascii: "0") {
      position += 1
    } else if skipDigits() == 0 {
      throw wrong(start, "not a number")
    }
    if peek() == UInt8(ascii: ".") {
      position += 1
      if skipDigits() == 0 { throw wrong(start, "not a number") }
    }
    if peek() | 0x20 == UInt8(ascii: "e") {
      position += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
      if skipDigits() == 0 { throw wrong(start, "not a number") }
    }
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while position < end, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
    return position - start
  }

  private mutating func scanLiteral(_ literal: StaticString) throws(JSONError) {
    let count = literal.utf8CodeUnitCount
    guard position + count <= end else { throw JSONError(position, "expected a value") }
    for offset in 0..<count where bytes[position + offset] != literal.utf8Start[offset] {
      throw JSONError(position, "expected a value")
    }
    position += count
  }

  private mutating func skipSpace() {
    while position < end {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  /// The byte at `position`, or 0 at the end: no rule expects a zero byte.
  private func peek() -> UInt8 { position < end ? bytes[position] : 0 }

  private func wrong(_ position: Int, _ reason: String) -> JSONError {
    position >= end
      ? JSONError(end, "the text ends too early: \(reason)") : JSONError(position, reason)
  }
}

func hexDigit(_ byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
  default: nil
  }
}
