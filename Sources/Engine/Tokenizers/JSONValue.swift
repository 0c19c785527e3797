import Foundation

/// A small JSON value, for the parts of a file that are settings rather than data.
enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(_ reader: inout JSONReader, _ field: String) throws(TokenizerError) {
    switch try reader.peek(field) {
    case UInt8(ascii: "{"):
      var members: [String: JSONValue] = [:]
      try reader.object(field) { (reader, key) throws(TokenizerError) in
        members[key] = try JSONValue(&reader, "\(field).\(key)")
      }
      self = .object(members)
    case UInt8(ascii: "["):
      var elements: [JSONValue] = []
      try reader.array(field) { (reader) throws(TokenizerError) in
        elements.append(try JSONValue(&reader, field))
      }
      self = .array(elements)
    case UInt8(ascii: "\""): self = .string(try reader.string(field))
    case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .bool(try reader.bool(field))
    case UInt8(ascii: "n"):
      guard try reader.null(field) else { throw reader.fault(field, "expected null") }
      self = .null
    default: self = .number(try reader.number(field))
    }
  }

  /// A whole file.
  init(data: Data, file: String) throws(TokenizerError) {
    let bytes = [UInt8](data)
    let result: Result<JSONValue, TokenizerError> = bytes.withUnsafeBufferPointer { bytes in
      Result { () throws(TokenizerError) in
        var reader = try JSONReader(bytes, file: file)
        let value = try JSONValue(&reader, file)
        try reader.end(file)
        return value
      }
    }
    self = try result.get()
  }

  subscript(key: String) -> JSONValue {
    if case .object(let members) = self { members[key] ?? .null } else { .null }
  }

  var string: String? { if case .string(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var array: [JSONValue] { if case .array(let value) = self { value } else { [] } }
  var integer: Int? {
    if case .number(let value) = self, value.magnitude < 1e15 { Int(exactly: value) } else { nil }
  }
  var type: String { self["type"].string ?? "null" }
}
