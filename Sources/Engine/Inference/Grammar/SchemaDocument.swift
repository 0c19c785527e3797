/// A schema's JSON: objects keep their order, numbers their digits.
indirect enum SchemaValue: Sendable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([SchemaValue])
  case object(SchemaObject)

  var object: SchemaObject? { if case .object(let object) = self { object } else { nil } }
  var array: [SchemaValue]? { if case .array(let items) = self { items } else { nil } }
  var string: String? { if case .string(let text) = self { text } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
}

/// Members in their order. Keys are the same when their bytes are.
struct SchemaObject: Sendable {
  private(set) var members: [(key: String, value: SchemaValue)] = []
  private var index: [[UInt8]: Int] = [:]

  subscript(key: String) -> SchemaValue? {
    get { index[Array(key.utf8)].map { members[$0].value } }
    set {
      let bytes = Array(key.utf8)
      switch (index[bytes], newValue) {
      case (let place?, let value?): members[place].value = value
      case (nil, let value?):
        index[bytes] = members.count
        members.append((key, value))
      case (let place?, nil):
        members.remove(at: place)
        index = [:]
        for (place, member) in members.enumerated() { index[Array(member.key.utf8)] = place }
      case (nil, nil): break
      }
    }
  }
}

struct SchemaDocument: Sendable {
  let root: SchemaValue

  init(_ text: String) throws(GrammarError) {
    guard text.utf8.count <= GrammarLimits.sourceBytes else {
      throw GrammarError(
        .limit, at: "#",
        "the schema has \(text.utf8.count) bytes; at most \(GrammarLimits.sourceBytes) are read")
    }
    var reader = SchemaReader(Array(text.utf8))
    root = try reader.document()
  }

  /// The value at a JSON pointer in a URI fragment (`#/$defs/item`, RFC 6901).
  func value(at reference: String, from place: String) throws(GrammarError) -> SchemaValue {
    guard reference.first == "#" else {
      throw GrammarError(
        .unsupported, at: place,
        "$ref \"\(reference)\" leaves the schema; copy what it means into $defs")
    }
    let pointer = reference.dropFirst()
    guard pointer.isEmpty || pointer.first == "/" else {
      throw GrammarError(
        .unsupported, at: place, "$ref \"\(reference)\": anchors are not supported; use #/$defs/…")
    }
    var value = root
    for part in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      let key = Self.percentDecoded(part)
        .split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
        .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
      var next: SchemaValue?
      switch value {
      case .object(let object): next = object[key]
      case .array(let items):
        next = Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil }
      default: break
      }
      guard let next else {
        throw GrammarError(.syntax, at: place, "$ref \"\(reference)\" leads to nothing; define it")
      }
      value = next
    }
    return value
  }

  private static func percentDecoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
