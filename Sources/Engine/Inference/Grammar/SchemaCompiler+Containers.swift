extension SchemaCompiler {
  // MARK: Objects

  mutating func object(
    _ schema: SchemaObject, at place: String, depth: Int
  ) throws(GrammarError) -> GrammarExpression {
    let required = try SchemaKeywords.required(schema, at: place)
    let properties = try SchemaKeywords.object("properties", schema, at: place)
    let additional = schema["additionalProperties"]
    if properties == nil, required.isEmpty, additional == nil || additional?.bool == true {
      hasFreeKeys = true
      return try json.object()
    }
    var members = properties?.members.map { (key: $0.key, value: $0.value) } ?? []
    let named = Set(members.map { Array($0.key.utf8) })
    for key in required where !named.contains(Array(key.utf8)) {
      // Allowed unless other properties are forbidden, and then nothing fits.
      members.append((key, additional ?? .bool(true)))
    }
    let space = try json.space()
    let extra = try additionalMember(additional, members.map { $0.key }, at: place, depth: depth)
    let comma = GrammarExpression.sequence([.text(","), space])
    // What may follow when a member stands before, and when none does; from the last one back.
    var more = space
    var first = GrammarExpression.empty
    if let extra {
      let rest = GrammarExpression.repeated(.sequence([comma, extra]), atLeast: 0, atMost: nil)
      more = try json.rules.add(place, .sequence([rest, space]))
      first = .optional(.sequence([extra, more]))
    }
    let needed = Set(required.map { Array($0.utf8) })
    for (key, value) in members.reversed() {
      let path = "\(place)/properties/\(key)"
      let value = try expression(value, at: path, depth: depth + 1)
      let member = try json.rules.add(
        path, try json.member(key: .literal(JSONGrammar.literal(key)), value: value))
      let (next, with) = (more, GrammarExpression.sequence([comma, member]))
      if needed.contains(Array(key.utf8)) {
        first = try json.rules.add(path, .sequence([member, next]))
        more = try json.rules.add(path, .sequence([with, next]))
      } else {
        first = try json.rules.add(path, .choice([.sequence([member, next]), first]))
        more = try json.rules.add(path, .sequence([.optional(with), next]))
      }
    }
    return .sequence([.text("{"), space, first, .text("}")])
  }

  private mutating func additionalMember(
    _ schema: SchemaValue?, _ names: [String], at place: String, depth: Int
  ) throws(GrammarError) -> GrammarExpression? {
    guard let schema, schema.bool != false else { return nil }
    let path = place + "/additionalProperties"
    guard names.allSatisfy({ $0.utf8.count <= 256 }) else {
      throw GrammarError(
        .limit, at: path, "names of more than 256 bytes beside additionalProperties; set it false")
    }
    hasFreeKeys = true
    let value = try expression(schema, at: path, depth: depth + 1)
    return try json.rules.add(path, try json.member(key: try json.key(except: names), value: value))
  }

  // MARK: Arrays

  mutating func array(
    _ schema: SchemaObject, at place: String, depth: Int
  ) throws(GrammarError) -> GrammarExpression {
    let least = try SchemaKeywords.count("minItems", schema, at: place)
    let most = try SchemaKeywords.count("maxItems", schema, at: place)
    if let most, most < least ?? 0 { return .never }
    // Draft 7 wrote a list under `items`, and the others under `additionalItems`.
    let isOld = schema["items"]?.array != nil
    let prefixKeyword = isOld ? "items" : "prefixItems"
    let restKeyword = isOld ? "additionalItems" : "items"
    var prefix: [GrammarExpression] = []
    if let value = schema[prefixKeyword] {
      guard let parts = value.array else {
        throw GrammarError(.syntax, at: "\(place)/\(prefixKeyword)", "must be a list of schemas")
      }
      for (index, part) in parts.prefix(most ?? .max).enumerated() {
        let path = "\(place)/\(prefixKeyword)/\(index)"
        prefix.append(try json.rules.add(path, try expression(part, at: path, depth: depth + 1)))
      }
    }
    let path = "\(place)/\(restKeyword)"
    let rest =
      prefix.count >= most ?? .max
      ? GrammarExpression.never
      : try json.rules.add(
        path, try expression(schema[restKeyword] ?? .bool(true), at: path, depth: depth + 1))
    if prefix.isEmpty { return try json.list("[", rest, atLeast: least ?? 0, atMost: most, "]") }
    return try tuple(prefix, rest, least: least, most: most, at: place)
  }

  private mutating func tuple(
    _ prefix: [GrammarExpression], _ rest: GrammarExpression, least: Int?, most: Int?,
    at place: String
  ) throws(GrammarError) -> GrammarExpression {
    let space = try json.space()
    let comma = GrammarExpression.sequence([.text(","), space])
    let required = min(least ?? prefix.count, prefix.count)
    // From the last item back: what may follow the items before.
    var tail = try json.rules.add(
      place,
      .sequence([
        .repeated(
          .sequence([comma, rest]), atLeast: max(0, (least ?? 0) - prefix.count),
          atMost: most.map { max(0, $0 - prefix.count) }),
        space,
      ]))
    for index in prefix.indices.reversed() {
      let item = GrammarExpression.sequence([index == 0 ? .empty : comma, prefix[index], tail])
      tail = try json.rules.add(
        "\(place)/prefixItems/\(index)",
        index < required ? item : .choice([item, index == 0 ? .empty : space]))
    }
    return .sequence([.text("["), space, tail, .text("]")])
  }
}
