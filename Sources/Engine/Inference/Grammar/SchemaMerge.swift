/// The schema of what fits two schemas: for `allOf`, and for `anyOf` or `$ref` beside other
/// keywords.
enum SchemaMerge {
  static func merge(
    _ a: SchemaValue, _ b: SchemaValue, at place: String
  ) throws(GrammarError) -> SchemaValue {
    switch (a, b) {
    case (.bool(true), _): return b
    case (_, .bool(true)): return a
    case (.bool(false), _), (_, .bool(false)): return .bool(false)
    case (.object(let x), .object(let y)): return .object(try merge(x, y, at: place))
    default: throw GrammarError(.syntax, at: place, "a schema must be an object, true or false")
    }
  }

  private static func merge(
    _ a: SchemaObject, _ b: SchemaObject, at place: String
  ) throws(GrammarError) -> SchemaObject {
    // A reference is merged when it is read: what it leads to may refer to itself.
    if a["$ref"] != nil || b["$ref"] != nil { return all([.object(a), .object(b)]) }
    var merged = a
    if let properties = properties(a, b) { merged["properties"] = .object(properties) }
    for (key, value) in b.members where key != "properties" {
      guard let own = a[key] else {
        merged[key] = value
        continue
      }
      merged[key] = try merge(key, own, value, at: place) ?? merged[key]
      if key == "anyOf" || key == "oneOf" {
        merged["allOf"] = .array((merged["allOf"]?.array ?? []) + [.object(one(key, value))])
      }
    }
    return merged
  }

  private static func all(_ parts: [SchemaValue]) -> SchemaObject { one("allOf", .array(parts)) }

  private static func one(_ key: String, _ value: SchemaValue) -> SchemaObject {
    var object = SchemaObject()
    object[key] = value
    return object
  }

  /// Both sides' properties; what one side does not name is as it says of others.
  private static func properties(_ a: SchemaObject, _ b: SchemaObject) -> SchemaObject? {
    let (x, y) = (a["properties"]?.object, b["properties"]?.object)
    guard x != nil || y != nil else { return nil }
    var merged = SchemaObject()
    for (key, value) in x?.members ?? [] {
      merged[key] = both(value, y?[key] ?? b["additionalProperties"])
    }
    for (key, value) in y?.members ?? [] where x?[key] == nil {
      merged[key] = both(value, a["additionalProperties"])
    }
    return merged
  }

  private static func both(_ a: SchemaValue, _ b: SchemaValue?) -> SchemaValue {
    guard let b, b.bool != true else { return a }
    if a.bool == true { return b }
    return b.bool == false ? b : .object(all([a, b]))
  }

  /// Two values of a keyword; nil to keep the first.
  private static func merge(
    _ key: String, _ a: SchemaValue, _ b: SchemaValue, at place: String
  ) throws(GrammarError) -> SchemaValue? {
    switch key {
    case "required", "allOf": return .array((a.array ?? []) + (b.array ?? []))
    case "type": return types(a, b)
    case "enum":
      let texts = Set((b.array ?? []).map { SchemaCompiler.text(of: $0) })
      let common = (a.array ?? []).filter { texts.contains(SchemaCompiler.text(of: $0)) }
      guard !common.isEmpty else { throw nothing(key, at: place) }
      return .array(common)
    case "const":
      guard SchemaCompiler.text(of: a) == SchemaCompiler.text(of: b) else {
        throw nothing(key, at: place)
      }
      return a
    case "minimum", "exclusiveMinimum", "minLength", "minItems": return larger(a, b)
    case "maximum", "exclusiveMaximum", "maxLength", "maxItems": return larger(a, b, not: true)
    case "additionalProperties", "items": return both(a, b)
    case "nullable": return .bool(a.bool == true && b.bool == true)
    case "pattern", "format", "multipleOf", "prefixItems", "additionalItems":
      guard SchemaCompiler.text(of: a) != SchemaCompiler.text(of: b) else { return a }
      throw GrammarError(
        .unsupported, at: place, "two different \(key) cannot be joined; keep one of them")
    default: return nil
    }
  }

  private static func nothing(_ key: String, at place: String) -> GrammarError {
    GrammarError(.unsatisfiable, at: place, "no value fits both \(key)")
  }

  private static func types(_ a: SchemaValue, _ b: SchemaValue) -> SchemaValue {
    func names(_ value: SchemaValue) -> [String] {
      value.string.map { [$0] } ?? (value.array ?? []).compactMap(\.string)
    }
    let (x, y) = (names(a), names(b))
    let common = x.compactMap { type -> String? in
      if y.contains(type) { return type }
      if type == "integer", y.contains("number") { return type }
      return type == "number" && y.contains("integer") ? "integer" : nil
    }
    return .array(common.map { .string($0) })
  }

  private static func larger(_ a: SchemaValue, _ b: SchemaValue, not: Bool = false) -> SchemaValue {
    guard case .number(let x) = a, case .number(let y) = b, let left = Double(x),
      let right = Double(y)
    else { return a }
    return (left >= right) != not ? a : b
  }
}
