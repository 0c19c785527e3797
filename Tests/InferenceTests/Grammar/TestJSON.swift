/// A strict reader of JSON for tests, written apart from the engine's: it refuses a key that comes
/// twice.
indirect enum TestJSON: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([TestJSON])
  case object([(key: String, value: TestJSON)])

  struct Fault: Error { let message: String }

  init(_ text: String) throws { try self.init(Array(text.utf8)) }

  init(_ bytes: [UInt8]) throws {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Fault(message: "UTF-8") }
    var rest = Substring(text).unicodeScalars
    self = try Self.value(&rest)
    Self.space(&rest)
    guard rest.isEmpty else { throw Fault(message: "text after the end") }
  }

  subscript(key: String) -> TestJSON? {
    if case .object(let members) = self { members.first { $0.key == key }?.value } else { nil }
  }

  static func == (a: TestJSON, b: TestJSON) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let x), .bool(let y)): x == y
    case (.number(let x), .number(let y)): x == y
    case (.string(let x), .string(let y)): x.unicodeScalars.elementsEqual(y.unicodeScalars)
    case (.array(let x), .array(let y)): x == y
    case (.object(let x), .object(let y)):
      x.count == y.count && x.allSatisfy { member in b[member.key] == member.value }
    default: false
    }
  }

  private typealias Rest = Substring.UnicodeScalarView

  private static func space(_ rest: inout Rest) {
    rest = rest.drop { $0 == " " || $0 == "\n" || $0 == "\r" || $0 == "\t" }
  }

  private static func take(_ rest: inout Rest, _ wanted: String) -> Bool {
    guard rest.starts(with: wanted.unicodeScalars) else { return false }
    rest = rest.dropFirst(wanted.unicodeScalars.count)
    return true
  }

  private static func value(_ rest: inout Rest) throws -> TestJSON {
    space(&rest)
    if take(&rest, "null") { return .null }
    if take(&rest, "true") { return .bool(true) }
    if take(&rest, "false") { return .bool(false) }
    if rest.first == "\"" { return .string(try string(&rest)) }
    if take(&rest, "[") { return .array(try list(&rest, "]", value)) }
    if take(&rest, "{") {
      let members = try list(&rest, "}") { rest in
        space(&rest)
        let key = try string(&rest)
        space(&rest)
        guard take(&rest, ":") else { throw Fault(message: "no colon") }
        return (key: key, value: try value(&rest))
      }
      let keys = Set(members.map { Array($0.key.utf8) })
      guard keys.count == members.count else { throw Fault(message: "a key twice") }
      return .object(members)
    }
    return .number(try number(&rest))
  }

  private static func list<T>(
    _ rest: inout Rest, _ close: String, _ item: (inout Rest) throws -> T
  ) throws -> [T] {
    var items: [T] = []
    space(&rest)
    if take(&rest, close) { return items }
    while true {
      items.append(try item(&rest))
      space(&rest)
      if take(&rest, close) { return items }
      guard take(&rest, ",") else { throw Fault(message: "no comma") }
    }
  }

  private static func number(_ rest: inout Rest) throws -> Double {
    let text = String(
      String.UnicodeScalarView(rest.prefix { "+-.eE0123456789".unicodeScalars.contains($0) }))
    let pattern = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/
    guard text.wholeMatch(of: pattern) != nil, let value = Double(text), value.isFinite else {
      throw Fault(message: "no number: \(text)")
    }
    rest = rest.dropFirst(text.unicodeScalars.count)
    return value
  }

  private static func string(_ rest: inout Rest) throws -> String {
    guard take(&rest, "\"") else { throw Fault(message: "no string") }
    var units: [UInt16] = []
    while let scalar = rest.popFirst() {
      if scalar == "\"" {
        guard let text = String(validating: units, as: UTF16.self) else {
          throw Fault(message: "half a surrogate pair")
        }
        return text
      }
      guard scalar.value >= 0x20 else { throw Fault(message: "a control character") }
      guard scalar == "\\" else {
        units += Array(String(scalar).utf16)
        continue
      }
      guard let kind = rest.popFirst() else { break }
      if kind == "u" {
        let digits = String(String.UnicodeScalarView(rest.prefix(4)))
        guard digits.count == 4, let unit = UInt16(digits, radix: 16) else {
          throw Fault(message: "\\u")
        }
        units.append(unit)
        rest = rest.dropFirst(4)
      } else {
        let map: [Unicode.Scalar: UInt16] = [
          "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
        ]
        guard let unit = map[kind] else { throw Fault(message: "an escape") }
        units.append(unit)
      }
    }
    throw Fault(message: "a string without end")
  }
}
