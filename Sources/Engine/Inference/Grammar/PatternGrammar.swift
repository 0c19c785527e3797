/// A pattern as a JSON string. As JSON Schema has it, a pattern without anchors may match anywhere.
enum PatternGrammar {
  static func string(_ pattern: Pattern, at place: String) throws(GrammarError) -> GrammarExpression
  {
    .sequence([.text("\""), try whole(pattern, at: place), .text("\"")])
  }

  /// The pattern without the anchors at its ends, and which were there.
  private static func trimmed(_ pattern: Pattern) -> (parts: [Pattern], start: Bool, end: Bool) {
    guard case .sequence(var parts) = pattern else { return ([pattern], false, false) }
    var (start, end) = (false, false)
    while case .start? = parts.first {
      parts.removeFirst()
      start = true
    }
    while case .end? = parts.last {
      parts.removeLast()
      end = true
    }
    // `^(a|b$)$` and the like are left to the refusal of anchors within.
    return (parts, start, end)
  }

  private static func whole(
    _ pattern: Pattern, at place: String
  ) throws(GrammarError) -> GrammarExpression {
    if case .choice(let alternatives) = pattern {
      var expressions: [GrammarExpression] = []
      for alternative in alternatives { expressions.append(try whole(alternative, at: place)) }
      return .choice(expressions)
    }
    let (parts, start, end) = trimmed(pattern)
    // An unanchored group of alternatives may hold anchored ones.
    if !start, !end, parts.count == 1, case .choice = parts[0] {
      return try whole(parts[0], at: place)
    }
    let body = try expression(.sequence(parts), at: place)
    let anything = GrammarExpression.repeated(
      JSONGrammar.character(of: .all), atLeast: 0, atMost: nil)
    return .sequence([start ? .empty : anything, body, end ? .empty : anything])
  }

  /// The fewest and most characters of a string that fits; nil without end.
  static func lengths(_ pattern: Pattern) -> (least: Int, most: Int?) {
    if case .choice(let alternatives) = pattern {
      let lengths = alternatives.map(lengths)
      let most = lengths.reduce(.some(0)) { most, part -> Int? in
        guard let most, let length = part.most else { return nil }
        return max(most, length)
      }
      return (lengths.map { $0.least }.min() ?? 0, most)
    }
    let (parts, start, end) = trimmed(pattern)
    let body = Pattern.sequence(parts)
    return (body.shortest, start && end ? body.longest : nil)
  }

  private static func expression(
    _ pattern: Pattern, at place: String
  ) throws(GrammarError) -> GrammarExpression {
    switch pattern {
    case .set(let set): return JSONGrammar.character(of: set)
    case .sequence(let parts):
      var expressions: [GrammarExpression] = []
      for part in parts { expressions.append(try expression(part, at: place)) }
      return .sequence(expressions)
    case .choice(let parts):
      var expressions: [GrammarExpression] = []
      for part in parts { expressions.append(try expression(part, at: place)) }
      return .choice(expressions)
    case .repeated(let part, let least, let most):
      return .repeated(try expression(part, at: place), atLeast: least, atMost: most)
    case .start, .end:
      throw GrammarError(
        .unsupported, at: place,
        "the pattern has an anchor inside; only ^ at the beginning and $ at the end are supported")
    }
  }
}
