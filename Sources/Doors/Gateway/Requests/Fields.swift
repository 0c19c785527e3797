/// Reads a body's members by name and kind. Null counts as absent; unknown members are ignored.
/// Each reader throws a 400 that names the member.
struct Fields: Sendable {
  let document: JSONDocument

  /// - Throws: `duplicate_parameter`: two members of one name would be read differently by an upstream.
  func value(_ name: StaticString) throws(GatewayError) -> JSONValue? {
    var found: JSONValue?
    for member in document.members where document.has(member, name) {
      if found != nil {
        throw .invalid("\(name)", "\(name): given twice; send it once", code: "duplicate_parameter")
      }
      found = document.value(member)
    }
    guard let found, !found.isNull else { return nil }
    return found
  }

  func string(_ name: StaticString) throws(GatewayError) -> String? {
    guard let value = try value(name) else { return nil }
    guard let text = value.string else {
      throw .wrongType("\(name)", expected: "a string", got: value)
    }
    return text
  }

  func bool(_ name: StaticString) throws(GatewayError) -> Bool? {
    guard let value = try value(name) else { return nil }
    guard let flag = value.bool else {
      throw .wrongType("\(name)", expected: "true or false", got: value)
    }
    return flag
  }

  func int(_ name: StaticString, _ range: ClosedRange<Int>) throws(GatewayError) -> Int? {
    guard let value = try value(name) else { return nil }
    guard value.kind == .number else {
      throw .wrongType("\(name)", expected: "a whole number", got: value)
    }
    guard let number = value.int, range.contains(number) else {
      throw .invalid(
        "\(name)", "\(name): must be a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return number
  }

  func double(_ name: StaticString, _ range: ClosedRange<Double>) throws(GatewayError) -> Double? {
    guard let value = try value(name) else { return nil }
    guard let number = value.double else {
      throw .wrongType("\(name)", expected: "a number", got: value)
    }
    guard range.contains(number) else {
      throw .invalid("\(name)", "\(name): must be from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func array(_ name: StaticString) throws(GatewayError) -> JSONValue? {
    guard let value = try value(name) else { return nil }
    guard value.kind == .array else {
      throw .wrongType("\(name)", expected: "an array", got: value)
    }
    return value
  }

  func object(_ name: StaticString) throws(GatewayError) -> JSONValue? {
    guard let value = try value(name) else { return nil }
    guard value.kind == .object else {
      throw .wrongType("\(name)", expected: "an object", got: value)
    }
    return value
  }
}
