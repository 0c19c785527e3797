/// What follows a value: attributes, items, calls, filters, tests.
extension TemplateParser {
  mutating func postfix(
    _ start: TemplateExpression
  ) throws(ChatTemplateError) -> TemplateExpression {
    var value = start
    while true {
      switch current.kind {
      case .symbol(.dot): value = try attribute(of: value)
      case .symbol(.leftBracket): value = try subscripted(value)
      case .symbol(.leftParenthesis): value = try call(value)
      default: return value
      }
    }
  }

  mutating func filters(
    _ start: TemplateExpression
  ) throws(ChatTemplateError) -> TemplateExpression {
    var value = start
    while true {
      switch current.kind {
      case .symbol(.pipe):
        let line = self.line
        advance()
        let filter = try filterCall()
        value = try expression(
          .filter(value, filter), line: line, over: [value] + filter.arguments.all)
      case .name("is"): value = try test(of: value)
      case .symbol(.leftParenthesis): value = try call(value)
      default: return value
      }
    }
  }

  /// `name` or `name(arguments)`.
  mutating func filterCall() throws(ChatTemplateError) -> TemplateFilterCall {
    let line = self.line
    let name = try expectName(for: "a filter's name")
    let arguments = isSymbol(.leftParenthesis) ? try arguments() : TemplateArguments()
    return TemplateFilterCall(name: name, arguments: arguments, line: line)
  }

  private mutating func attribute(
    of value: TemplateExpression
  ) throws(ChatTemplateError) -> TemplateExpression {
    let line = self.line
    advance()
    if case .int(let position) = current.kind {
      advance()
      let key = TemplateExpression(.literal(.int(position)), line: line, height: 1)
      return try expression(.item(value, key), line: line, over: [value])
    }
    let name = try expectName(for: "an attribute's name")
    return try expression(.attribute(value, name), line: line, over: [value])
  }

  private mutating func call(
    _ value: TemplateExpression
  ) throws(ChatTemplateError) -> TemplateExpression {
    let line = self.line
    let arguments = try arguments()
    return try expression(.call(value, arguments), line: line, over: [value] + arguments.all)
  }

  private mutating func subscripted(
    _ value: TemplateExpression
  ) throws(ChatTemplateError) -> TemplateExpression {
    let line = self.line
    advance()
    var parts: [TemplateExpression?] = [nil]
    while !isSymbol(.rightBracket) {
      if skip(.colon) {
        parts.append(nil)
      } else if parts[parts.count - 1] == nil {
        parts[parts.count - 1] = try expression()
      } else {
        break
      }
      if parts.count > 3 { break }
    }
    try expect(.symbol(.rightBracket))
    let children = [value] + parts.compactMap { $0 }
    if parts.count > 1 {
      let slice = TemplateSlice(
        start: parts[0], stop: parts[1], step: parts.count > 2 ? parts[2] : nil)
      return try expression(.slice(value, slice), line: line, over: children)
    }
    guard let key = parts[0] else { throw failure("expected an index between '[' and ']'") }
    return try expression(.item(value, key), line: line, over: children)
  }

  private mutating func test(
    of value: TemplateExpression
  ) throws(ChatTemplateError) -> TemplateExpression {
    let line = self.line
    advance()
    let isNegated = skip(name: "not")
    let name = try expectName(for: "a test's name")
    var arguments = TemplateArguments()
    if isSymbol(.leftParenthesis) {
      arguments = try self.arguments()
    } else if startsTestArgument {
      let argument = try nested { (parser) throws(ChatTemplateError) in
        try parser.postfix(try parser.primary())
      }
      arguments.positional = [argument]
    }
    let call = TemplateFilterCall(name: name, arguments: arguments, line: line)
    return try expression(
      .test(value, call, isNegated: isNegated), line: line, over: [value] + arguments.all)
  }

  /// `is divisibleby 3`: a test takes one argument without brackets.
  private var startsTestArgument: Bool {
    switch current.kind {
    case .name(let name): !["else", "or", "and", "if", "is", "in", "not"].contains(name)
    case .string, .int, .double, .symbol(.leftBracket), .symbol(.leftBrace): true
    default: false
    }
  }

  mutating func arguments() throws(ChatTemplateError) -> TemplateArguments {
    try expect(.symbol(.leftParenthesis))
    var arguments = TemplateArguments()
    var isFirst = true
    while !isSymbol(.rightParenthesis) {
      if !isFirst {
        try expect(.symbol(.comma))
        if isSymbol(.rightParenthesis) { break }
      }
      isFirst = false
      if isSymbol(.multiply) || isSymbol(.power) {
        throw failure("'*' and '**' in a call are not supported", code: .unsupported)
      }
      if case .name(let name) = current.kind, next == .symbol(.assign) {
        advance()
        advance()
        arguments.keyword.append((name, try expression()))
      } else {
        guard arguments.keyword.isEmpty else {
          throw failure("a positional argument follows a named one")
        }
        arguments.positional.append(try expression())
      }
    }
    advance()
    return arguments
  }
}

extension TemplateArguments {
  var all: [TemplateExpression] { positional + keyword.map(\.value) }
}
