/// A JSON document, for the small configuration files beside a model.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Reads a file of at most 16 MiB.
  package init(path: String) throws(ModelFileError) {
    let file = try MappedFile(path: path)
    guard file.bytes.count <= ModelFileLimits.jsonBytes else {
      throw ModelFileError(
        .limit, path: path, field: "file",
        message: "is \(file.bytes.count) bytes, over the limit of \(ModelFileLimits.jsonBytes)")
    }
    self = try Self.parse(file.bytes, path: path)
  }

  static func parse(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(ModelFileError)
    -> JSONValue
  {
    var reader = JSONReader(bytes, path: path, field: "JSON")
    let value = try read(&reader, depth: 1)
    try reader.end()
    return value
  }

  private static func read(
    _ reader: inout JSONReader, depth: Int
  ) throws(ModelFileError) -> JSONValue {
    guard depth <= JSONReader.maximumDepth else {
      throw reader.error("nests deeper than \(JSONReader.maximumDepth)", code: .limit)
    }
    switch reader.peek() {
    case UInt8(ascii: "{"):
      var members: [String: JSONValue] = [:]
      try reader.object { (inner: inout JSONReader, key: String) throws(ModelFileError) in
        members[key] = try read(&inner, depth: depth + 1)
      }
      return .object(members)
    case UInt8(ascii: "["):
      var elements: [JSONValue] = []
      try reader.array(limit: .max) { (inner: inout JSONReader) throws(ModelFileError) in
        elements.append(try read(&inner, depth: depth + 1))
      }
      return .array(elements)
    case UInt8(ascii: "\""): return .string(try reader.string())
    case UInt8(ascii: "t"):
      try reader.literal("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try reader.literal("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try reader.literal("null")
      return .null
    default:
      let text = try reader.numberText()
      if let integer = Int(text) { return .int(integer) }
      return .double(Double(text) ?? .nan)
    }
  }

  package subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  package var asInt: Int? {
    if case .int(let v) = self { v } else { nil }
  }

  package var asDouble: Double? {
    switch self {
    case .int(let v): Double(v)
    case .double(let v): v
    default: nil
    }
  }

  package var asBool: Bool? {
    if case .bool(let v) = self { v } else { nil }
  }

  package var asString: String? {
    if case .string(let v) = self { v } else { nil }
  }

  package var asArray: [JSONValue]? {
    if case .array(let v) = self { v } else { nil }
  }

  package var asObject: [String: JSONValue]? {
    if case .object(let v) = self { v } else { nil }
  }
}
