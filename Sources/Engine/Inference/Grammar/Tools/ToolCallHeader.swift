/// The beginning of a call: `{"name": "…", "arguments":`.
enum ToolCallHeader {
  /// The tool's name, once the header is complete.
  static func name(_ bytes: [UInt8], argumentsKey: String) -> String? {
    var rest = bytes[...]
    guard skip(&rest, "{"), skip(&rest, "\"name\""), skip(&rest, ":") else { return nil }
    skipSpace(&rest)
    guard let name = string(&rest) else { return nil }
    guard skip(&rest, ","), skip(&rest, "\"\(argumentsKey)\""), skip(&rest, ":") else { return nil }
    skipSpace(&rest)
    return rest.isEmpty ? name : nil
  }

  private static func skipSpace(_ rest: inout ArraySlice<UInt8>) { rest = rest.drop { $0 <= 0x20 } }

  private static func skip(_ rest: inout ArraySlice<UInt8>, _ text: String) -> Bool {
    skipSpace(&rest)
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }

  private static func string(_ rest: inout ArraySlice<UInt8>) -> String? {
    guard rest.first == 0x22 else { return nil }
    var end = JSONValueEnd()
    guard let last = rest.indices.first(where: { end.take(rest[$0]) == .last }),
      case .string(let text)? = try? SchemaDocument(
        String(decoding: rest[...last], as: UTF8.self)
      ).root
    else { return nil }
    rest = rest[(last + 1)...]
    return text
  }
}

/// Finds the end of a JSON value, byte by byte. It does not check the value.
struct JSONValueEnd: Sendable {
  enum Place: Equatable { case inside, last, after }

  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var hasBegun = false

  mutating func take(_ byte: UInt8) -> Place {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
        if depth == 0 { return .last }
      }
      return .inside
    }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      if depth == 0 { return .after }
      depth -= 1
      if depth == 0 { return .last }
    case UInt8(ascii: ","): if depth == 0 { return .after }
    case 0...0x20: if depth == 0, hasBegun { return .after }
    default: break
    }
    hasBegun = true
    return .inside
  }
}
