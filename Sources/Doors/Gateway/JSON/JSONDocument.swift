/// A checked JSON text with an index of its outermost members. Values are read in place, on demand.
package struct JSONDocument: Sendable {
  package let bytes: [UInt8]
  package let root: JSONValue
  /// Members of the outermost object in order; empty when the text is no object.
  package let members: [JSONMember]

  /// - Throws: where and why `bytes` is not JSON.
  package init(_ bytes: [UInt8]) throws(JSONError) {
    var result: Result<(Range<Int>, [JSONMember]), JSONError>!
    bytes.withUnsafeBufferPointer { pointer in
      var scanner = JSONScanner(pointer)
      do throws(JSONError) {
        let range = try scanner.scan()
        result = .success((range, scanner.members))
      } catch {
        result = .failure(error)
      }
    }
    let (range, members) = try result.get()
    self.bytes = bytes
    self.members = members
    root = JSONValue(bytes: bytes, start: range.lowerBound, end: range.upperBound)
  }

  /// A caller's request in another form.
  /// - Throws: 400 when that form is nested too deeply.
  static func rewritten(_ bytes: [UInt8]) throws(GatewayError) -> JSONDocument {
    do throws(JSONError) {
      return try JSONDocument(bytes)
    } catch {
      throw .invalidJSON(error)
    }
  }

  package var isObject: Bool { root.kind == .object }

  /// The last member called `name`, as most readers take it.
  package subscript(name: StaticString) -> JSONValue? {
    guard let member = members.last(where: { has($0, name) }) else { return nil }
    return value(member)
  }

  package func value(_ member: JSONMember) -> JSONValue {
    JSONValue(bytes: bytes, start: member.start, end: member.end)
  }

  package func has(_ member: JSONMember, _ name: StaticString) -> Bool {
    if member.keyEscaped {
      return JSONValue(bytes: bytes, start: member.keyStart - 1, end: member.keyEnd + 1).string
        == name.description
    }
    let count = name.utf8CodeUnitCount
    guard member.keyEnd - member.keyStart == count else { return false }
    for offset in 0..<count where bytes[member.keyStart + offset] != name.utf8Start[offset] {
      return false
    }
    return true
  }
}

/// A member of an object: where its name (without quotes) and its value are.
package struct JSONMember: Sendable, Hashable {
  package let keyStart: Int
  package let keyEnd: Int
  let keyEscaped: Bool
  package let start: Int
  package let end: Int
}
