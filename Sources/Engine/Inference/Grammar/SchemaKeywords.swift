/// What the keywords of a schema are, and their values.
enum SchemaKeywords {
  /// Keywords that would be ignored if they were not refused: an answer might then not fit.
  private static let refused: [String: String] = [
    "not": "list what is allowed instead",
    "if": "use anyOf", "then": "use anyOf", "else": "use anyOf",
    "patternProperties": "name the properties, or use additionalProperties",
    "propertyNames": "name the properties",
    "dependentRequired": "use anyOf", "dependentSchemas": "use anyOf", "dependencies": "use anyOf",
    "unevaluatedProperties": "use additionalProperties",
    "unevaluatedItems": "use items",
    "contains": "use items or prefixItems", "minContains": "remove it", "maxContains": "remove it",
    "minProperties": "name the required properties", "maxProperties": "name the properties",
    "$dynamicRef": "use $ref", "$recursiveRef": "use $ref",
  ]

  /// Keywords that say something about a value; all others are annotations.
  private static let constraints: Set<String> = [
    "type", "enum", "const", "properties", "required", "additionalProperties", "items",
    "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "minLength",
    "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "anyOf", "oneOf", "allOf", "$ref", "nullable",
  ]

  static func check(_ schema: SchemaObject, at place: String) throws(GrammarError) {
    for (key, value) in schema.members {
      if key == "uniqueItems", value.bool == true {
        throw GrammarError(
          .unsupported, at: "\(place)/\(key)", "cannot be enforced; remove it or set it false")
      }
      if let remedy = refused[key] {
        throw GrammarError(.unsupported, at: "\(place)/\(key)", "is not supported; \(remedy)")
      }
    }
  }

  static func constrains(_ schema: SchemaObject) -> Bool {
    schema.members.contains { constraints.contains($0.key) || refused[$0.key] != nil }
  }

  /// The types to make, without one that another includes.
  static func types(_ schema: SchemaObject, at place: String) throws(GrammarError) -> [String] {
    switch schema["type"] {
    case .string(let type)?: return [type]
    case .array(let items)?:
      let types = items.compactMap(\.string)
      guard types.count == items.count else {
        throw GrammarError(.syntax, at: place + "/type", "must be a string or a list of strings")
      }
      return types.contains("number") ? types.filter { $0 != "integer" } : types
    case nil: return implied(schema)
    default: throw GrammarError(.syntax, at: place + "/type", "must be a string or a list of them")
    }
  }

  private static func implied(_ schema: SchemaObject) -> [String] {
    let owners: [(String, [String])] = [
      ("object", ["properties", "required", "additionalProperties"]),
      ("array", ["items", "prefixItems", "minItems", "maxItems"]),
      ("string", ["minLength", "maxLength", "pattern", "format"]),
      ("number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    ]
    let types = owners.filter { $0.1.contains { schema[$0] != nil } }.map { $0.0 }
    return types.isEmpty ? ["object", "array", "string", "number", "boolean", "null"] : types
  }

  /// The values of `enum` or `const` that have the schema's type; nil when it has neither.
  static func listedValues(
    _ schema: SchemaObject, at place: String
  ) throws(GrammarError) -> [SchemaValue]? {
    var values: [SchemaValue]?
    if let value = schema["enum"] {
      guard let items = value.array, !items.isEmpty else {
        throw GrammarError(.syntax, at: place + "/enum", "must be a list of values")
      }
      values = items
    }
    if let constant = schema["const"] {
      values = (values ?? [constant]).filter {
        SchemaCompiler.text(of: $0) == SchemaCompiler.text(of: constant)
      }
    }
    guard let values else { return nil }
    let alone: Set<String> = ["enum", "const", "type", "nullable"]
    for (key, _) in schema.members where constraints.contains(key) && !alone.contains(key) {
      throw GrammarError(
        .unsupported, at: "\(place)/\(key)", "beside enum or const is not supported; remove it")
    }
    guard schema["type"] != nil else { return values }
    let types = try types(schema, at: place)
    return values.filter { value in types.contains { isOf($0, value) } }
  }

  private static func isOf(_ type: String, _ value: SchemaValue) -> Bool {
    switch value {
    case .null: type == "null"
    case .bool: type == "boolean"
    case .string: type == "string"
    case .array: type == "array"
    case .object: type == "object"
    case .number(let text):
      type == "number" || (type == "integer" && DecimalDigits(text)?.fraction.isEmpty == true)
    }
  }

  static func required(_ schema: SchemaObject, at place: String) throws(GrammarError) -> [String] {
    guard let value = schema["required"] else { return [] }
    // Draft 3 wrote `"required": true` into a property.
    guard let items = value.array else {
      throw GrammarError(.syntax, at: place + "/required", "must be a list of names")
    }
    let names = items.compactMap(\.string)
    guard names.count == items.count else {
      throw GrammarError(.syntax, at: place + "/required", "must be a list of names")
    }
    return names
  }

  static func object(
    _ key: String, _ schema: SchemaObject, at place: String
  ) throws(GrammarError) -> SchemaObject? {
    guard let value = schema[key] else { return nil }
    guard let object = value.object else {
      throw GrammarError(.syntax, at: "\(place)/\(key)", "must be an object")
    }
    return object
  }

  static func count(
    _ key: String, _ schema: SchemaObject, at place: String
  ) throws(GrammarError) -> Int? {
    guard let value = schema[key] else { return nil }
    guard case .number(let text) = value, let number = Double(text), number >= 0,
      number == number.rounded()
    else {
      throw GrammarError(.syntax, at: "\(place)/\(key)", "must be an integer of at least 0")
    }
    guard number <= Double(GrammarLimits.repetitions) else {
      throw GrammarError(
        .limit, at: "\(place)/\(key)",
        "is over \(GrammarLimits.repetitions); lower it or remove it")
    }
    return Int(number)
  }
}
