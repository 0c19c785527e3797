/// What a rule matches.
indirect enum GrammarExpression: Sendable {
  case literal([UInt8])
  case scalars(ScalarSet)
  case bytes([ClosedRange<UInt8>])
  case sequence([GrammarExpression])
  case choice([GrammarExpression])
  /// At most nil: without end.
  case repeated(GrammarExpression, atLeast: Int, atMost: Int?)
  case rule(Int)

  static func text(_ text: String) -> GrammarExpression { .literal(Array(text.utf8)) }
  static func optional(_ expression: GrammarExpression) -> GrammarExpression {
    .repeated(expression, atLeast: 0, atMost: 1)
  }
  static let empty = GrammarExpression.sequence([])
  /// Matches nothing, not even the empty text.
  static let never = GrammarExpression.choice([])
}

/// Named rules; the root is one of them. Rules may call each other and themselves, but not before
/// they have matched a byte.
struct GrammarRules: Sendable {
  private(set) var names: [String] = []
  private(set) var bodies: [GrammarExpression?] = []
  var root = 0

  /// Names a rule whose body follows.
  mutating func declare(_ name: String) throws(GrammarError) -> Int {
    guard names.count < GrammarLimits.rules else {
      throw GrammarError(
        .limit, at: name, "the grammar has more than \(GrammarLimits.rules) rules; simplify it")
    }
    names.append(name)
    bodies.append(nil)
    return names.count - 1
  }

  mutating func define(_ rule: Int, _ body: GrammarExpression) { bodies[rule] = body }

  mutating func add(
    _ name: String, _ body: GrammarExpression
  ) throws(GrammarError) -> GrammarExpression {
    let rule = try declare(name)
    define(rule, body)
    return .rule(rule)
  }
}
