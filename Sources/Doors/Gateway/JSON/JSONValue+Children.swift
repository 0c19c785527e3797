extension JSONValue {
  /// Elements of an array; empty for other kinds.
  package var elements: [JSONValue] {
    guard kind == .array else { return [] }
    var values: [JSONValue] = []
    var index = skipSpace(start + 1)
    while bytes[index] != UInt8(ascii: "]") {
      let close = skipValue(index)
      values.append(JSONValue(bytes: bytes, start: index, end: close))
      index = skipSpace(close)
      if bytes[index] == UInt8(ascii: ",") { index = skipSpace(index + 1) }
    }
    return values
  }

  /// Members of an object in order; empty for other kinds.
  package var members: [(key: String, value: JSONValue)] {
    guard kind == .object else { return [] }
    var pairs: [(key: String, value: JSONValue)] = []
    var index = skipSpace(start + 1)
    while bytes[index] != UInt8(ascii: "}") {
      let keyEnd = skipString(index)
      let key = JSONValue(bytes: bytes, start: index, end: keyEnd).string ?? ""
      let valueStart = skipSpace(skipSpace(keyEnd) + 1)
      let valueEnd = skipValue(valueStart)
      pairs.append((key, JSONValue(bytes: bytes, start: valueStart, end: valueEnd)))
      index = skipSpace(valueEnd)
      if bytes[index] == UInt8(ascii: ",") { index = skipSpace(index + 1) }
    }
    return pairs
  }

  package subscript(name: String) -> JSONValue? { members.last { $0.key == name }?.value }

  private func skipSpace(_ index: Int) -> Int {
    var index = index
    while bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x0D
      || bytes[index] == 0x09
    {
      index += 1
    }
    return index
  }

  /// The end of the string whose opening quote is at `index`.
  private func skipString(_ index: Int) -> Int {
    var index = index + 1
    while bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return index + 1
  }

  /// The end of the value at `index`. The text is checked, so brackets match.
  private func skipValue(_ start: Int) -> Int {
    var index = start
    var depth = 0
    repeat {
      switch bytes[index] {
      case UInt8(ascii: "\""): index = skipString(index)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        index += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        index += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x0A, 0x0D, 0x09: index += 1
      default: index = skipScalar(index)
      }
    } while depth > 0
    return index
  }

  /// The end of a number or a literal.
  private func skipScalar(_ index: Int) -> Int {
    var index = index
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ":"), 0x20, 0x0A,
        0x0D,
        0x09:
        return index
      default: index += 1
      }
    }
    return index
  }
}
