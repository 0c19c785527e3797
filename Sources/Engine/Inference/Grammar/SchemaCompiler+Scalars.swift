extension SchemaCompiler {
  // MARK: Strings

  mutating func string(
    _ schema: SchemaObject, at place: String
  ) throws(GrammarError) -> GrammarExpression {
    let least = try SchemaKeywords.count("minLength", schema, at: place) ?? 0
    let most = try SchemaKeywords.count("maxLength", schema, at: place)
    if let most, most < least { return .never }
    var patterns: [(Pattern, place: String)] = []
    if let value = schema["pattern"] {
      let path = place + "/pattern"
      guard let text = value.string else {
        throw GrammarError(.syntax, at: path, "must be a string")
      }
      patterns.append((try PatternParser.pattern(text, at: path), path))
    }
    if let value = schema["format"] {
      let path = place + "/format"
      guard let name = value.string else {
        throw GrammarError(.syntax, at: path, "must be a string")
      }
      guard let text = StringFormat.patterns[name] else {
        throw GrammarError(
          .unsupported, at: path,
          "the format \"\(name)\" is not supported; remove it, write a pattern, or use one of "
            + StringFormat.patterns.keys.sorted().joined(separator: ", "))
      }
      patterns.append((try PatternParser.pattern(text, at: path), path))
    }
    guard let (pattern, path) = patterns.first else {
      if least == 0, most == nil { return try json.string() }
      return try json.string(atLeast: least, atMost: most)
    }
    guard patterns.count == 1 else {
      throw GrammarError(.unsupported, at: path, "pattern beside format; keep one of them")
    }
    let lengths = PatternGrammar.lengths(pattern)
    guard lengths.least >= least, most.map({ lengths.most ?? .max <= $0 }) ?? true else {
      throw GrammarError(
        .unsupported, at: path,
        "beside minLength or maxLength the pattern must keep to them itself: use ^ and $ and "
          + "repetitions such as {1,20}")
    }
    return try PatternGrammar.string(pattern, at: path)
  }

  // MARK: Numbers

  mutating func integer(
    _ schema: SchemaObject, at place: String
  ) throws(GrammarError) -> GrammarExpression {
    try checkMultiple(schema, at: place)
    let (least, most) = try bounds(schema, at: place)
    if least == nil, most == nil { return try json.integer() }
    let low = least.flatMap { bound -> Int? in
      let whole = Self.whole(bound, up: true)
      return bound.isInclusive || !bound.value.fraction.isEmpty ? whole : whole.map { $0 + 1 }
    }
    let high = most.flatMap { bound -> Int? in
      let whole = Self.whole(bound, up: false)
      return bound.isInclusive || !bound.value.fraction.isEmpty ? whole : whole.map { $0 - 1 }
    }
    return NumberRange.integers(low, high)
  }

  /// The next integer at or above, or at or below, a bound.
  private static func whole(_ bound: NumberBound, up: Bool) -> Int? {
    guard let magnitude = bound.value.magnitude else { return nil }
    let value = bound.value.isNegative ? -Int(magnitude) : Int(magnitude)
    guard !bound.value.fraction.isEmpty else { return value }
    if up { return bound.value.isNegative ? value : value + 1 }
    return bound.value.isNegative ? value - 1 : value
  }

  mutating func number(
    _ schema: SchemaObject, at place: String
  ) throws(GrammarError) -> GrammarExpression {
    if schema["multipleOf"] != nil { return try integer(schema, at: place) }
    let (least, most) = try bounds(schema, at: place)
    if least == nil, most == nil { return try json.number() }
    for bound in [least, most] {
      guard let value = bound?.value else { continue }
      guard value.whole.count + value.fraction.count <= 14 else {
        throw GrammarError(
          .unsupported, at: place, "a bound of more than 14 digits; use fewer digits")
      }
    }
    return NumberRange.numbers(least, most)
  }

  private func checkMultiple(_ schema: SchemaObject, at place: String) throws(GrammarError) {
    guard let value = schema["multipleOf"] else { return }
    guard case .number(let text) = value, Double(text) == 1 else {
      throw GrammarError(
        .unsupported, at: place + "/multipleOf",
        "is supported only as 1; remove it, or list the values with enum")
    }
  }

  /// The tighter of each pair of bounds; draft 4's Boolean exclusives are understood.
  private func bounds(
    _ schema: SchemaObject, at place: String
  ) throws(GrammarError) -> (least: NumberBound?, most: NumberBound?) {
    func bound(_ keyword: String, _ exclusive: String) throws(GrammarError) -> [NumberBound] {
      var found: [NumberBound] = []
      let isExclusive = schema[exclusive]?.bool
      if let value = try decimal(keyword, schema, at: place) {
        found.append(NumberBound(value: value, isInclusive: isExclusive != true))
      }
      if isExclusive == nil, let value = try decimal(exclusive, schema, at: place) {
        found.append(NumberBound(value: value, isInclusive: false))
      }
      return found
    }
    let least = try bound("minimum", "exclusiveMinimum").reduce(nil as NumberBound?) { best, next in
      guard let best else { return next }
      return next.value < best.value || (next.value == best.value && next.isInclusive) ? best : next
    }
    let most = try bound("maximum", "exclusiveMaximum").reduce(nil as NumberBound?) { best, next in
      guard let best else { return next }
      return best.value < next.value || (next.value == best.value && next.isInclusive) ? best : next
    }
    return (least, most)
  }

  private func decimal(
    _ keyword: String, _ schema: SchemaObject, at place: String
  ) throws(GrammarError) -> DecimalDigits? {
    guard let value = schema[keyword] else { return nil }
    guard case .number(let text) = value else {
      throw GrammarError(.syntax, at: "\(place)/\(keyword)", "must be a number")
    }
    guard let digits = DecimalDigits(text) else {
      throw GrammarError(
        .unsupported, at: "\(place)/\(keyword)",
        "has more than 18 digits on a side of the point; remove it or bring it nearer to 0")
    }
    return digits
  }
}
