/// Expressions, from the loosest binding to the tightest.
extension TemplateParser {
  static let constants: [String: TemplateValue] = [
    "true": .bool(true), "True": .bool(true), "false": .bool(false), "False": .bool(false),
    "none": .none, "None": .none,
  ]

  /// `a if test else b`.
  mutating func expression() throws(ChatTemplateError) -> TemplateExpression {
    try nested { (parser) throws(ChatTemplateError) in try parser.conditional() }
  }

  private mutating func conditional() throws(ChatTemplateError) -> TemplateExpression {
    var value = try disjunction()
    while isName("if") {
      let line = self.line
      advance()
      let test = try disjunction()
      let otherwise = skip(name: "else") ? try expression() : nil
      value = try expression(
        .conditional(then: value, test: test, otherwise: otherwise), line: line,
        over: [value, test] + (otherwise.map { [$0] } ?? []))
    }
    return value
  }

  /// `a, b` without brackets makes a tuple.
  mutating func tupleOrExpression(
    allowsConditional: Bool = true
  ) throws(ChatTemplateError) -> TemplateExpression {
    let line = self.line
    let first = try allowsConditional ? expression() : unconditional()
    guard isSymbol(.comma) else { return first }
    var items = [first]
    while skip(.comma) {
      switch current.kind {
      case .variableEnd, .blockEnd, .symbol(.rightParenthesis):
        return try expression(.tuple(items), line: line, over: items)
      default: items.append(try allowsConditional ? expression() : unconditional())
      }
    }
    return try expression(.tuple(items), line: line, over: items)
  }

  private mutating func unconditional() throws(ChatTemplateError) -> TemplateExpression {
    try nested { (parser) throws(ChatTemplateError) in try parser.disjunction() }
  }

  private mutating func disjunction() throws(ChatTemplateError) -> TemplateExpression {
    var left = try conjunction()
    while isName("or") {
      let line = self.line
      advance()
      let right = try conjunction()
      left = try expression(.or(left, right), line: line, over: [left, right])
    }
    return left
  }

  private mutating func conjunction() throws(ChatTemplateError) -> TemplateExpression {
    var left = try negation()
    while isName("and") {
      let line = self.line
      advance()
      let right = try negation()
      left = try expression(.and(left, right), line: line, over: [left, right])
    }
    return left
  }

  private mutating func negation() throws(ChatTemplateError) -> TemplateExpression {
    var lines: [Int] = []
    while isName("not") {
      lines.append(line)
      advance()
    }
    var value = try comparison()
    for line in lines.reversed() { value = try expression(.not(value), line: line, over: [value]) }
    return value
  }

  private mutating func comparison() throws(ChatTemplateError) -> TemplateExpression {
    let line = self.line
    let first = try sum()
    var rest: [(TemplateComparison, TemplateExpression)] = []
    while let comparison = comparisonOperator() {
      rest.append((comparison, try sum()))
    }
    guard !rest.isEmpty else { return first }
    return try expression(.comparison(first, rest), line: line, over: [first] + rest.map(\.1))
  }

  private mutating func comparisonOperator() -> TemplateComparison? {
    switch current.kind {
    case .symbol(let symbol):
      guard let comparison = TemplateComparison(rawValue: symbol.rawValue) else { return nil }
      advance()
      return comparison
    case .name("in"):
      advance()
      return .in
    case .name("not") where next == .name("in"):
      advance()
      advance()
      return .notIn
    default: return nil
    }
  }

  private mutating func sum() throws(ChatTemplateError) -> TemplateExpression {
    var left = try concatenation()
    while let operation = arithmeticOperator([.add, .subtract]) {
      let line = self.line
      let right = try concatenation()
      left = try expression(
        .arithmetic(operation, left, right), line: line, over: [left, right])
    }
    return left
  }

  private mutating func concatenation() throws(ChatTemplateError) -> TemplateExpression {
    let line = self.line
    var parts = [try product()]
    while skip(.tilde) { parts.append(try product()) }
    if parts.count == 1 { return parts[0] }
    return try expression(.concatenation(parts), line: line, over: parts)
  }

  private mutating func product() throws(ChatTemplateError) -> TemplateExpression {
    var left = try power()
    while let operation = arithmeticOperator([.multiply, .divide, .floorDivide, .modulo]) {
      let line = self.line
      let right = try power()
      left = try expression(
        .arithmetic(operation, left, right), line: line, over: [left, right])
    }
    return left
  }

  private mutating func power() throws(ChatTemplateError) -> TemplateExpression {
    var left = try unary()
    while let operation = arithmeticOperator([.power]) {
      let line = self.line
      let right = try unary()
      left = try expression(
        .arithmetic(operation, left, right), line: line, over: [left, right])
    }
    return left
  }

  private mutating func arithmeticOperator(
    _ operations: [TemplateArithmetic]
  ) -> TemplateArithmetic? {
    guard case .symbol(let symbol) = current.kind,
      let operation = TemplateArithmetic(rawValue: symbol.rawValue), operations.contains(operation)
    else { return nil }
    advance()
    return operation
  }

  /// A sign binds tighter than filters: `-x|abs` is `(-x)|abs`.
  private mutating func unary() throws(ChatTemplateError) -> TemplateExpression {
    var signs: [(isNegative: Bool, line: Int)] = []
    while isSymbol(.subtract) || isSymbol(.add) {
      signs.append((isSymbol(.subtract), line))
      advance()
    }
    var value = try postfix(try primary())
    for sign in signs.reversed() {
      value = try expression(
        sign.isNegative ? .negative(value) : .positive(value), line: sign.line, over: [value])
    }
    return try filters(value)
  }

  mutating func primary() throws(ChatTemplateError) -> TemplateExpression {
    let line = self.line
    let kind: TemplateExpression.Kind
    switch current.kind {
    case .name(let name): kind = Self.constants[name].map { .literal($0) } ?? .name(name)
    case .int(let value): kind = .literal(.int(value))
    case .double(let value): kind = .literal(.double(value))
    case .string: return try string()
    case .symbol(.leftParenthesis): return try parenthesised()
    case .symbol(.leftBracket): return try list()
    case .symbol(.leftBrace): return try dictionary()
    default: throw failure("expected an expression, found \(current.kind)")
    }
    advance()
    return TemplateExpression(kind, line: line, height: 1)
  }

  /// Strings next to each other are one.
  private mutating func string() throws(ChatTemplateError) -> TemplateExpression {
    let line = self.line
    var text = ""
    while case .string(let part) = current.kind {
      text += part
      advance()
    }
    return TemplateExpression(.literal(.string(text)), line: line, height: 1)
  }

  private mutating func parenthesised() throws(ChatTemplateError) -> TemplateExpression {
    let line = self.line
    advance()
    if skip(.rightParenthesis) { return TemplateExpression(.tuple([]), line: line, height: 1) }
    let inner = try tupleOrExpression()
    try expect(.symbol(.rightParenthesis))
    return inner
  }

  private mutating func list() throws(ChatTemplateError) -> TemplateExpression {
    let line = self.line
    advance()
    var items: [TemplateExpression] = []
    while !isSymbol(.rightBracket) {
      if !items.isEmpty {
        try expect(.symbol(.comma))
        if isSymbol(.rightBracket) { break }
      }
      items.append(try expression())
    }
    advance()
    return try expression(.list(items), line: line, over: items)
  }

  private mutating func dictionary() throws(ChatTemplateError) -> TemplateExpression {
    let line = self.line
    advance()
    var pairs: [(key: TemplateExpression, value: TemplateExpression)] = []
    while !isSymbol(.rightBrace) {
      if !pairs.isEmpty {
        try expect(.symbol(.comma))
        if isSymbol(.rightBrace) { break }
      }
      let key = try expression()
      try expect(.symbol(.colon))
      pairs.append((key, try expression()))
    }
    advance()
    return try expression(
      .dictionary(pairs), line: line, over: pairs.map(\.key) + pairs.map(\.value))
  }
}
