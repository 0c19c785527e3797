extension TemplateInterpreter {
  /// Kept small, with the cases in functions of their own: its frame is on the stack once for
  /// each level of nesting.
  func evaluate(
    _ expression: TemplateExpression, in scope: TemplateScope
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    try enter(line: expression.line)
    let value = try evaluateKind(expression, in: scope)
    leave()
    return value
  }

  private func evaluateKind(
    _ expression: TemplateExpression, in scope: TemplateScope
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    switch expression.kind {
    case .literal(let value): try runtimeValue(value)
    case .name(let name): lookup(name, in: scope)
    case .list(let items): try .list(try evaluate(items, in: scope))
    case .tuple(let items): try .list(try evaluate(items, in: scope), kind: .tuple)
    case .dictionary(let pairs): try dictionary(pairs, in: scope)
    case .attribute(let base, let name): try attribute(name, of: try evaluate(base, in: scope))
    case .item(let base, let key):
      try item(try evaluate(key, in: scope), of: try evaluate(base, in: scope))
    case .slice(let base, let bounds): try slice(base, bounds, in: scope)
    case .call(let callee, let arguments): try call(callee, arguments, in: scope)
    case .filter(let input, let filter):
      try apply(filter, to: try evaluate(input, in: scope), in: scope)
    case .test(let input, let test, let isNegated):
      .bool(try check(test, try evaluate(input, in: scope), in: scope) != isNegated)
    case .negative(let operand): try negated(try evaluate(operand, in: scope))
    case .positive(let operand): try number(try evaluate(operand, in: scope), for: "unary +")
    case .arithmetic(let operation, let left, let right):
      try arithmetic(
        operation, try evaluate(left, in: scope), try evaluate(right, in: scope))
    case .concatenation(let parts): try concatenation(parts, in: scope)
    case .not(let operand): .bool(!(try evaluate(operand, in: scope).isTrue))
    case .and(let left, let right): try and(left, right, in: scope)
    case .or(let left, let right): try or(left, right, in: scope)
    case .comparison(let first, let rest): try comparison(first, rest, in: scope)
    case .conditional(let then, let test, let otherwise):
      try conditional(then, test, otherwise, in: scope)
    }
  }

  private func lookup(_ name: String, in scope: TemplateScope) -> TemplateRuntimeValue {
    if let value = scope.lookup(name) { return value }
    if let function = TemplateFunction(rawValue: name) { return .function(function) }
    return .undefined("'\(name)' is undefined")
  }

  private func evaluate(
    _ expressions: [TemplateExpression], in scope: TemplateScope
  ) throws(ChatTemplateError) -> [TemplateRuntimeValue] {
    var values: [TemplateRuntimeValue] = []
    values.reserveCapacity(expressions.count)
    for expression in expressions { values.append(try evaluate(expression, in: scope)) }
    return values
  }

  private func dictionary(
    _ pairs: [(key: TemplateExpression, value: TemplateExpression)], in scope: TemplateScope
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    var values: [(TemplateRuntimeValue, TemplateRuntimeValue)] = []
    for (key, value) in pairs {
      let key = try evaluate(key, in: scope)
      try charge(key: key)
      values.append((key, try evaluate(value, in: scope)))
    }
    return try .dictionary(values)
  }

  private func concatenation(
    _ parts: [TemplateExpression], in scope: TemplateScope
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    var result = ""
    for part in parts {
      let next = try text(try evaluate(part, in: scope))
      try charge(bytes: result.utf8.count + next.utf8.count)
      result += next
    }
    return .string(result)
  }

  private func and(
    _ left: TemplateExpression, _ right: TemplateExpression, in scope: TemplateScope
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let value = try evaluate(left, in: scope)
    return value.isTrue ? try evaluate(right, in: scope) : value
  }

  private func or(
    _ left: TemplateExpression, _ right: TemplateExpression, in scope: TemplateScope
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let value = try evaluate(left, in: scope)
    return value.isTrue ? value : try evaluate(right, in: scope)
  }

  private func comparison(
    _ first: TemplateExpression, _ rest: [(TemplateComparison, TemplateExpression)],
    in scope: TemplateScope
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    var left = try evaluate(first, in: scope)
    for (operation, expression) in rest {
      let right = try evaluate(expression, in: scope)
      guard try compare(left, operation, right) else { return .bool(false) }
      left = right
    }
    return .bool(true)
  }

  private func conditional(
    _ then: TemplateExpression, _ test: TemplateExpression, _ otherwise: TemplateExpression?,
    in scope: TemplateScope
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    if try evaluate(test, in: scope).isTrue { return try evaluate(then, in: scope) }
    guard let otherwise else {
      return .undefined("the inline if evaluated to false and has no else")
    }
    return try evaluate(otherwise, in: scope)
  }

  // MARK: Calls

  func evaluate(
    _ arguments: TemplateArguments, in scope: TemplateScope
  ) throws(ChatTemplateError) -> TemplateCallArguments {
    var values = TemplateCallArguments(positional: try evaluate(arguments.positional, in: scope))
    for (name, value) in arguments.keyword {
      values.keyword.append((name, try evaluate(value, in: scope)))
    }
    return values
  }

  private func call(
    _ callee: TemplateExpression, _ arguments: TemplateArguments, in scope: TemplateScope
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    if case .attribute(let base, let name) = callee.kind {
      let receiver = try evaluate(base, in: scope)
      if hasMethod(name, receiver) {
        return try callMethod(name, of: receiver, try evaluate(arguments, in: scope))
      }
      return try call(try attribute(name, of: receiver), try evaluate(arguments, in: scope))
    }
    return try call(try evaluate(callee, in: scope), try evaluate(arguments, in: scope))
  }

  func call(
    _ callee: TemplateRuntimeValue, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    switch callee {
    case .macro(let macro): return try call(macro, arguments)
    case .function(let function): return try function.call(arguments, in: self)
    case .method(let method): return try callMethod(method.name, of: method.receiver, arguments)
    case .undefined(let what): throw ChatTemplateError(.undefined, what)
    default:
      throw ChatTemplateError(.type, "a value of type \(callee.typeName) cannot be called")
    }
  }

  func apply(
    _ filter: TemplateFilterCall, to input: TemplateRuntimeValue, in scope: TemplateScope
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let arguments = try evaluate(filter.arguments, in: scope)
    return try TemplateFilters.named(filter.name)(self, input, arguments)
  }

  func check(
    _ test: TemplateFilterCall, _ input: TemplateRuntimeValue, in scope: TemplateScope
  ) throws(ChatTemplateError) -> Bool {
    let arguments = try evaluate(test.arguments, in: scope)
    return try TemplateTests.check(test.name, input, arguments, in: self)
  }
}
