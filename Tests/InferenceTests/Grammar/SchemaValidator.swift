import Foundation

/// Says whether a value fits a schema, by JSON Schema's own rules and not by the engine's: what
/// `properties` does not name is allowed, keywords bind only the types they are for. Compared with
/// Python's `jsonschema` in `SchemaValidatorTests`.
struct SchemaValidator {
  let root: TestJSON

  init(_ schema: String) throws { root = try TestJSON(schema) }

  func fits(_ value: TestJSON) -> Bool { fits(value, root) }

  private func fits(_ value: TestJSON, _ schema: TestJSON) -> Bool {
    if case .bool(let allowed) = schema { return allowed }
    guard case .object(let keywords) = schema else { return false }
    return keywords.allSatisfy { fits(value, $0.key, $0.value, schema) }
  }

  private func fits(
    _ value: TestJSON, _ keyword: String, _ argument: TestJSON, _ schema: TestJSON
  ) -> Bool {
    switch (keyword, argument) {
    case ("type", .string(let type)): return isOf(type, value)
    case ("type", .array(let types)):
      return types.contains { if case .string(let type) = $0 { isOf(type, value) } else { false } }
    case ("enum", .array(let values)): return values.contains(value)
    case ("const", _): return value == argument
    case ("allOf", .array(let parts)): return parts.allSatisfy { fits(value, $0) }
    case ("anyOf", .array(let parts)): return parts.contains { fits(value, $0) }
    case ("oneOf", .array(let parts)): return parts.count { fits(value, $0) } == 1
    case ("$ref", .string(let pointer)): return resolve(pointer).map { fits(value, $0) } ?? false
    default: break
    }
    switch value {
    case .object(let members): return fits(members, keyword, argument, schema)
    case .array(let items): return fits(items, keyword, argument, schema)
    case .string(let text): return fits(text, keyword, argument)
    case .number(let number): return fits(number, keyword, argument)
    default: return true
    }
  }

  private func isOf(_ type: String, _ value: TestJSON) -> Bool {
    switch value {
    case .null: type == "null"
    case .bool: type == "boolean"
    case .number(let number):
      type == "number" || (type == "integer" && number == number.rounded())
    case .string: type == "string"
    case .array: type == "array"
    case .object: type == "object"
    }
  }

  private func resolve(_ pointer: String) -> TestJSON? {
    pointer.split(separator: "/").dropFirst().reduce(.some(root)) { $0?[String($1)] }
  }

  private func fits(
    _ members: [(key: String, value: TestJSON)], _ keyword: String, _ argument: TestJSON,
    _ schema: TestJSON
  ) -> Bool {
    switch (keyword, argument) {
    case ("properties", .object(let properties)):
      return members.allSatisfy { member in
        properties.first { $0.key == member.key }.map { fits(member.value, $0.value) } ?? true
      }
    case ("required", .array(let names)):
      return names.allSatisfy { name in members.contains { .string($0.key) == name } }
    case ("additionalProperties", _):
      return members.allSatisfy { member in
        schema["properties"]?[member.key] != nil || fits(member.value, argument)
      }
    default: return true
    }
  }

  private func fits(
    _ items: [TestJSON], _ keyword: String, _ argument: TestJSON, _ schema: TestJSON
  ) -> Bool {
    switch (keyword, argument) {
    case ("prefixItems", .array(let parts)): return zip(items, parts).allSatisfy { fits($0, $1) }
    case ("items", _):
      var count = 0
      if case .array(let prefix)? = schema["prefixItems"] { count = prefix.count }
      return items.dropFirst(count).allSatisfy { fits($0, argument) }
    case ("minItems", .number(let bound)): return Double(items.count) >= bound
    case ("maxItems", .number(let bound)): return Double(items.count) <= bound
    default: return true
    }
  }

  private func fits(_ text: String, _ keyword: String, _ argument: TestJSON) -> Bool {
    let length = Double(text.unicodeScalars.count)
    switch (keyword, argument) {
    case ("minLength", .number(let bound)): return length >= bound
    case ("maxLength", .number(let bound)): return length <= bound
    case ("pattern", .string(let pattern)):
      guard let expression = try? NSRegularExpression(pattern: pattern) else { return false }
      let range = NSRange(text.startIndex..., in: text)
      return expression.firstMatch(in: text, range: range) != nil
    default: return true
    }
  }

  private func fits(_ number: Double, _ keyword: String, _ argument: TestJSON) -> Bool {
    guard case .number(let bound) = argument else { return true }
    switch keyword {
    case "minimum": return number >= bound
    case "maximum": return number <= bound
    case "exclusiveMinimum": return number > bound
    case "exclusiveMaximum": return number < bound
    default: return true
    }
  }
}
