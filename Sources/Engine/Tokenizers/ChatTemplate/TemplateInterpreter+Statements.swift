extension TemplateInterpreter {
  /// What a statement asks of the loop around it.
  enum Flow {
    case next
    case `break`
    case `continue`
  }

  func execute(
    _ nodes: [TemplateNode], in scope: TemplateScope
  ) throws(ChatTemplateError) -> Flow {
    for node in nodes {
      try enter(line: node.line)
      let flow = try execute(node, in: scope)
      leave()
      if flow != .next { return flow }
    }
    return .next
  }

  private func execute(
    _ node: TemplateNode, in scope: TemplateScope
  ) throws(ChatTemplateError) -> Flow {
    switch node.statement {
    case .text(let text): try write(text)
    case .output(let expression): try write(try text(try evaluate(expression, in: scope)))
    case .conditional(let branches, let otherwise):
      return try conditional(branches, otherwise, in: scope)
    case .loop(let loop): try run(loop, in: scope)
    case .set(let target, let expression):
      try assign(target, try evaluate(expression, in: scope), in: scope)
    case .setBlock(let target, let filters, let body):
      try assign(target, try filtered(filters, body, in: scope), in: scope)
    case .macro(let definition):
      track(scope)
      scope.set(definition.name, .macro(TemplateMacro(definition, scope: scope)))
    case .call(let call, let caller): try run(call, caller: caller, in: scope)
    case .filtered(let filters, let body):
      try write(try text(try filtered(filters, body, in: scope)))
    case .scope(let assignments, let body):
      let inner = TemplateScope(parent: scope)
      for (target, expression) in assignments {
        try assign(target, try evaluate(expression, in: scope), in: inner)
      }
      return try execute(body, in: inner)
    case .break: return .break
    case .continue: return .continue
    }
    return .next
  }

  private func conditional(
    _ branches: [(test: TemplateExpression, body: [TemplateNode])], _ otherwise: [TemplateNode],
    in scope: TemplateScope
  ) throws(ChatTemplateError) -> Flow {
    for branch in branches where try evaluate(branch.test, in: scope).isTrue {
      return try execute(branch.body, in: scope)
    }
    return try execute(otherwise, in: scope)
  }

  private func filtered(
    _ filters: [TemplateFilterCall], _ body: [TemplateNode], in scope: TemplateScope
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    var value = TemplateRuntimeValue.string(
      try capture(body, in: TemplateScope(parent: scope)))
    for filter in filters { value = try apply(filter, to: value, in: scope) }
    return value
  }

  private func run(_ loop: TemplateForLoop, in scope: TemplateScope) throws(ChatTemplateError) {
    var items = try iterate(try evaluate(loop.iterable, in: scope))
    if let filter = loop.filter {
      var kept: [TemplateRuntimeValue] = []
      for item in items {
        try charge()
        let inner = TemplateScope(parent: scope)
        try assign(loop.target, item, in: inner)
        if try evaluate(filter, in: inner).isTrue { kept.append(item) }
      }
      items = kept
    }
    let state = TemplateLoop(items)
    for (index, item) in items.enumerated() {
      try charge()
      state.index0 = index
      let inner = TemplateScope(parent: scope)
      inner.set("loop", .loop(state))
      try assign(loop.target, item, in: inner)
      if try execute(loop.body, in: inner) == .break { break }
    }
    if items.isEmpty { _ = try execute(loop.otherwise, in: TemplateScope(parent: scope)) }
  }

  func assign(
    _ target: TemplateTarget, _ value: TemplateRuntimeValue, in scope: TemplateScope
  ) throws(ChatTemplateError) {
    switch target {
    case .name(let name): scope.set(name, value)
    case .attribute(let name, let attribute):
      guard case .namespace(let namespace)? = scope.lookup(name) else {
        throw ChatTemplateError(
          .type, "cannot set '\(name).\(attribute)': only a namespace() has attributes to set")
      }
      namespace.attributes[ByteKey(text: attribute)] = value
    case .tuple(let targets):
      let items = try iterate(value)
      guard items.count == targets.count else {
        throw ChatTemplateError(
          .type, "cannot unpack \(items.count) values into \(targets.count) variables")
      }
      for (target, item) in zip(targets, items) { try assign(target, item, in: scope) }
    }
  }

  // MARK: Macros

  private func run(
    _ expression: TemplateExpression, caller: TemplateMacroDefinition, in scope: TemplateScope
  ) throws(ChatTemplateError) {
    guard case .call(let callee, let arguments) = expression.kind else { return }
    track(scope)
    var values = try evaluate(arguments, in: scope)
    values.caller = TemplateMacro(caller, scope: scope)
    let result = try call(try evaluate(callee, in: scope), values)
    try write(try text(result))
  }

  func call(
    _ macro: TemplateMacro, _ arguments: TemplateCallArguments
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    let definition = macro.definition
    let scope = TemplateScope(parent: macro.scope)
    var positional = arguments.positional[...]
    var keyword = arguments.keyword
    for parameter in definition.parameters {
      if let value = positional.popFirst() {
        scope.set(parameter.name, value)
      } else if let place = keyword.firstIndex(where: { $0.name == parameter.name }) {
        scope.set(parameter.name, keyword.remove(at: place).value)
      } else if let value = parameter.defaultValue {
        scope.set(parameter.name, try evaluate(value, in: scope))
      } else {
        scope.set(
          parameter.name,
          .undefined("parameter '\(parameter.name)' of '\(definition.name)' was not provided"))
      }
    }
    scope.set("varargs", try .list(Array(positional), kind: .tuple))
    scope.set("kwargs", try .dictionary(keyword.map { (.string($0.name), $0.value) }))
    if let caller = arguments.caller {
      track(scope)
      scope.set("caller", .macro(caller))
    }
    return .string(try capture(definition.body, in: scope))
  }
}
