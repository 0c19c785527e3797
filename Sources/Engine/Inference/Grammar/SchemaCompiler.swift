/// Turns a JSON Schema (drafts 7 to 2020-12, and the dialect of OpenAI's strict mode) into the
/// rules of the JSON texts that fit it.
///
/// What is made always fits; where a schema leaves freedom that models misuse, less is made than it
/// allows:
/// - Members come in the schema's order. An object with `properties` has no others unless
///   `additionalProperties` says so. `properties` means an object, `items` an array, and so on,
///   where `type` is absent. All of `prefixItems` are made unless `minItems` asks for fewer.
/// - `oneOf` is read as `anyOf`: its alternatives must not overlap.
/// - A number has at most 16 digits on a side of the point and an exponent of two digits; one with
///   bounds has no exponent.
///
/// Keywords that cannot be enforced are refused with their place; annotations are ignored.
struct SchemaCompiler {
  let document: SchemaDocument
  var json: JSONGrammar
  /// Some object has keys that the schema does not name.
  var hasFreeKeys = false
  /// The rules of what `$ref` leads to.
  private var references: [String: GrammarExpression] = [:]
  private var pending: [(rule: Int, value: SchemaValue, place: String)] = []
  private var work = 0
  /// What errors call the schema's root.
  private let place: String

  init(_ document: SchemaDocument, json: JSONGrammar, place: String = "#") {
    self.document = document
    self.json = json
    self.place = place
  }

  init(_ document: SchemaDocument, whitespace: CompiledGrammar.Whitespace) {
    self.init(document, json: JSONGrammar(whitespace: whitespace))
  }

  mutating func rules() throws(GrammarError) -> GrammarRules {
    if case .rule(let root) = try root() { json.rules.root = root }
    return json.rules
  }

  /// The rule of the whole schema, with all that it refers to.
  mutating func root() throws(GrammarError) -> GrammarExpression {
    let root = try json.rules.declare(place)
    references["#"] = .rule(root)
    pending.append((root, document.root, place))
    while let next = pending.popLast() {
      json.rules.define(next.rule, try expression(next.value, at: next.place, depth: 0))
    }
    return .rule(root)
  }

  /// What fits a schema.
  mutating func expression(
    _ value: SchemaValue, at place: String, depth: Int
  ) throws(GrammarError) -> GrammarExpression {
    switch value {
    case .bool(true): return try anything()
    case .bool(false): return .never
    case .object(let schema): return try expression(schema, at: place, depth: depth)
    default:
      throw GrammarError(.syntax, at: place, "a schema must be an object, true or false")
    }
  }

  mutating func anything() throws(GrammarError) -> GrammarExpression {
    hasFreeKeys = true
    return try json.value()
  }

  private mutating func expression(
    _ schema: SchemaObject, at place: String, depth: Int
  ) throws(GrammarError) -> GrammarExpression {
    try spend(schema, at: place, depth: depth)
    try SchemaKeywords.check(schema, at: place)
    if let expression = try reference(schema, at: place, depth: depth) { return expression }
    if let expression = try combination(schema, at: place, depth: depth) { return expression }
    var alternatives: [GrammarExpression] = []
    if let values = try SchemaKeywords.listedValues(schema, at: place) {
      alternatives = values.map { .literal(Self.text(of: $0)) }
    } else {
      for type in try SchemaKeywords.types(schema, at: place) {
        alternatives.append(try expression(type, schema, at: place, depth: depth))
      }
    }
    if schema["nullable"]?.bool == true { alternatives.append(.text("null")) }
    return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
  }

  /// Merged schemas could grow without end; what they may cost is bounded.
  mutating func spend(
    _ schema: SchemaObject, at place: String, depth: Int
  ) throws(GrammarError) {
    work += 1 + schema.members.count + (schema["properties"]?.object?.members.count ?? 0)
    for keyword in ["allOf", "anyOf", "oneOf"] { work += schema[keyword]?.array?.count ?? 0 }
    guard work <= 500_000, depth < GrammarLimits.sourceDepth else {
      throw GrammarError(
        .limit, at: place,
        "the schema unfolds without end, or to too much; simplify $ref within allOf and anyOf")
    }
  }

  // MARK: References and combinations

  private func place(of pointer: String) -> String { place + pointer.dropFirst() }

  private mutating func reference(
    _ schema: SchemaObject, at place: String, depth: Int
  ) throws(GrammarError) -> GrammarExpression? {
    guard let value = schema["$ref"] else { return nil }
    guard let pointer = value.string else {
      throw GrammarError(.syntax, at: place + "/$ref", "must be a string")
    }
    let target = try document.value(at: pointer, from: place)
    var rest = schema
    rest["$ref"] = nil
    if SchemaKeywords.constrains(rest) {
      let merged = try SchemaMerge.merge(target, .object(rest), at: place)
      return try expression(merged, at: place, depth: depth + 1)
    }
    if let known = references[pointer] { return known }
    let path = self.place(of: pointer)
    let rule = try json.rules.declare(path)
    references[pointer] = .rule(rule)
    pending.append((rule, target, path))
    return .rule(rule)
  }

  private mutating func combination(
    _ schema: SchemaObject, at place: String, depth: Int
  ) throws(GrammarError) -> GrammarExpression? {
    for keyword in ["allOf", "anyOf", "oneOf"] {
      guard let value = schema[keyword] else { continue }
      guard let parts = value.array, !parts.isEmpty else {
        throw GrammarError(.syntax, at: "\(place)/\(keyword)", "must be a list of schemas")
      }
      var rest = schema
      rest[keyword] = nil
      let isAlone = !SchemaKeywords.constrains(rest)
      if keyword == "allOf" {
        var merged = isAlone ? SchemaValue.bool(true) : .object(rest)
        for (index, part) in parts.enumerated() {
          merged = try SchemaMerge.merge(
            merged, try resolved(part, at: place), at: "\(place)/allOf/\(index)")
        }
        return try expression(merged, at: place, depth: depth + 1)
      }
      var alternatives: [GrammarExpression] = []
      for (index, part) in parts.enumerated() {
        let place = "\(place)/\(keyword)/\(index)"
        let branch =
          isAlone
          ? part : try SchemaMerge.merge(.object(rest), try resolved(part, at: place), at: place)
        alternatives.append(try expression(branch, at: place, depth: depth + 1))
      }
      return .choice(alternatives)
    }
    return nil
  }

  /// Follows `$ref` as far as it stands alone.
  private func resolved(_ value: SchemaValue, at place: String) throws(GrammarError) -> SchemaValue
  {
    var value = value
    for _ in 0..<GrammarLimits.sourceDepth {
      guard let schema = value.object, let pointer = schema["$ref"]?.string else { return value }
      let target = try document.value(at: pointer, from: place)
      var rest = schema
      rest["$ref"] = nil
      value =
        SchemaKeywords.constrains(rest)
        ? try SchemaMerge.merge(target, .object(rest), at: place) : target
    }
    throw GrammarError(.unsatisfiable, at: place, "$ref leads round in a circle")
  }

  // MARK: Types

  private mutating func expression(
    _ type: String, _ schema: SchemaObject, at place: String, depth: Int
  ) throws(GrammarError) -> GrammarExpression {
    switch type {
    case "object": return try object(schema, at: place, depth: depth)
    case "array": return try array(schema, at: place, depth: depth)
    case "string": return try string(schema, at: place)
    case "integer": return try integer(schema, at: place)
    case "number": return try number(schema, at: place)
    case "boolean": return .choice([.text("true"), .text("false")])
    case "null": return .text("null")
    default:
      throw GrammarError(
        .syntax, at: place + "/type",
        "\"\(type)\" is no type; use object, array, string, integer, number, boolean or null")
    }
  }

  /// A value as compact JSON.
  static func text(of value: SchemaValue) -> [UInt8] {
    switch value {
    case .null: return Array("null".utf8)
    case .bool(let value): return Array((value ? "true" : "false").utf8)
    case .number(let text): return Array(text.utf8)
    case .string(let text): return JSONGrammar.literal(text)
    case .array(let items):
      return [0x5B] + items.map(text(of:)).joined(separator: [0x2C]) + [0x5D]
    case .object(let object):
      let members = object.members.map { JSONGrammar.literal($0.key) + [0x3A] + text(of: $0.value) }
      return [0x7B] + members.joined(separator: [0x2C]) + [0x7D]
    }
  }
}
