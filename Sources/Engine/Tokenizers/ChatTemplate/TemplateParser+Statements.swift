/// Statements: what stands between `{%` and `%}`, and the text and output around them.
extension TemplateParser {
  static let supportedStatements =
    "if, for, set, macro, call, filter, with, generation, raw, break, continue"

  /// Statements up to a tag whose name is one of `ends`; that name is consumed and returned.
  mutating func statements(
    until ends: [String]
  ) throws(ChatTemplateError) -> (nodes: [TemplateNode], end: String) {
    var nodes: [TemplateNode] = []
    let startLine = previousLine
    while true {
      let line = self.line
      switch current.kind {
      case .data(let text):
        advance()
        nodes.append(TemplateNode(statement: .text(text), line: line))
      case .variableBegin:
        advance()
        nodes.append(TemplateNode(statement: .output(try tupleOrExpression()), line: line))
        try expect(.variableEnd)
      case .blockBegin:
        advance()
        let name = try expectName(for: "a statement")
        if ends.contains(name) { return (nodes, name) }
        nodes.append(TemplateNode(statement: try statement(name, ends: ends), line: line))
        try expect(.blockEnd)
      case .end:
        guard ends.isEmpty else {
          throw failure("a block has no '{% \(ends.last ?? "") %}'", line: startLine)
        }
        return (nodes, "")
      default:
        throw failure("unexpected \(current.kind)")
      }
    }
  }

  private mutating func statement(
    _ name: String, ends: [String]
  ) throws(ChatTemplateError) -> TemplateNode.Statement {
    try nested { (parser) throws(ChatTemplateError) in
      switch name {
      case "if": try parser.ifStatement()
      case "for": try parser.forStatement()
      case "set": try parser.setStatement()
      case "macro": try parser.macroStatement()
      case "call": try parser.callStatement()
      case "filter": .filtered(try parser.filterChain(), body: try parser.body("endfilter"))
      case "with": try parser.withStatement()
      case "generation": .scope([], body: try parser.body("endgeneration"))
      case "break", "continue": try parser.loopControl(name)
      default: throw parser.unknownStatement(name, ends: ends)
      }
    }
  }

  private func unknownStatement(_ name: String, ends: [String]) -> ChatTemplateError {
    if name.hasPrefix("end") || name == "else" || name == "elif" {
      let wanted = ends.map { "'\($0)'" }.joined(separator: ", ")
      return failure(
        "'{% \(name) %}' closes nothing here" + (ends.isEmpty ? "" : "; expected \(wanted)"))
    }
    return failure(
      "the statement '\(name.prefix(40))' is not supported; supported: "
        + Self.supportedStatements, code: .unsupported)
  }

  /// `%}`, then statements up to the tag `end`, whose `%}` the caller expects.
  private mutating func body(_ end: String) throws(ChatTemplateError) -> [TemplateNode] {
    try expect(.blockEnd)
    return try statements(until: [end]).nodes
  }

  private mutating func ifStatement() throws(ChatTemplateError) -> TemplateNode.Statement {
    var branches: [(test: TemplateExpression, body: [TemplateNode])] = []
    while true {
      let test = try tupleOrExpression(allowsConditional: false)
      try expect(.blockEnd)
      let (body, end) = try statements(until: ["elif", "else", "endif"])
      branches.append((test, body))
      switch end {
      case "elif": continue
      case "else": return .conditional(branches, otherwise: try self.body("endif"))
      default: return .conditional(branches, otherwise: [])
      }
    }
  }

  private mutating func forStatement() throws(ChatTemplateError) -> TemplateNode.Statement {
    let target = try assignmentTarget(allowsAttribute: false)
    guard skip(name: "in") else { throw failure("expected 'in', found \(current.kind)") }
    let iterable = try tupleOrExpression(allowsConditional: false)
    let filter = skip(name: "if") ? try expression() : nil
    if isName("recursive") {
      throw failure("'for … recursive' is not supported; use a macro", code: .unsupported)
    }
    try expect(.blockEnd)
    openLoops += 1
    let (body, end) = try statements(until: ["endfor", "else"])
    openLoops -= 1
    let otherwise = end == "else" ? try self.body("endfor") : []
    return .loop(
      TemplateForLoop(
        target: target, iterable: iterable, filter: filter, body: body, otherwise: otherwise))
  }

  private mutating func loopControl(
    _ name: String
  ) throws(ChatTemplateError) -> TemplateNode.Statement {
    guard openLoops > 0 else { throw failure("'{% \(name) %}' outside of a loop") }
    return name == "break" ? .break : .continue
  }

  private mutating func setStatement() throws(ChatTemplateError) -> TemplateNode.Statement {
    let target = try assignmentTarget(allowsAttribute: true)
    if skip(.assign) { return .set(target, try tupleOrExpression()) }
    let filters = isSymbol(.pipe) ? try filterChain(startsWithPipe: true) : []
    return .setBlock(target, filters: filters, body: try body("endset"))
  }

  private mutating func withStatement() throws(ChatTemplateError) -> TemplateNode.Statement {
    var assignments: [(TemplateTarget, TemplateExpression)] = []
    while current.kind != .blockEnd {
      if !assignments.isEmpty { try expect(.symbol(.comma)) }
      let target = try assignmentTarget(allowsAttribute: false, allowsTuple: false)
      try expect(.symbol(.assign))
      assignments.append((target, try expression()))
    }
    return .scope(assignments, body: try body("endwith"))
  }

  private mutating func macroStatement() throws(ChatTemplateError) -> TemplateNode.Statement {
    let name = try expectName(for: "a macro's name")
    let parameters = try parameters()
    return .macro(try macro(name, parameters, end: "endmacro"))
  }

  private mutating func callStatement() throws(ChatTemplateError) -> TemplateNode.Statement {
    let parameters = isSymbol(.leftParenthesis) ? try parameters() : []
    let call = try expression()
    guard case .call = call.kind else { throw failure("'call' wants a call of a macro") }
    return .call(call, caller: try macro("caller", parameters, end: "endcall"))
  }

  private mutating func macro(
    _ name: String, _ parameters: [TemplateParameter], end: String
  ) throws(ChatTemplateError) -> TemplateMacroDefinition {
    let outerLoops = openLoops
    openLoops = 0
    defer { openLoops = outerLoops }
    return TemplateMacroDefinition(name: name, parameters: parameters, body: try body(end))
  }

  private mutating func parameters() throws(ChatTemplateError) -> [TemplateParameter] {
    try expect(.symbol(.leftParenthesis))
    var parameters: [TemplateParameter] = []
    while !isSymbol(.rightParenthesis) {
      if !parameters.isEmpty { try expect(.symbol(.comma)) }
      let name = try expectName(for: "a parameter's name")
      let value = skip(.assign) ? try expression() : nil
      if value == nil, parameters.last?.defaultValue != nil {
        throw failure("the parameter '\(name)' without a default follows one with a default")
      }
      parameters.append(TemplateParameter(name: name, defaultValue: value))
    }
    advance()
    return parameters
  }

  /// Filters after `{% filter` or `{% set x |`.
  private mutating func filterChain(
    startsWithPipe: Bool = false
  ) throws(ChatTemplateError) -> [TemplateFilterCall] {
    if startsWithPipe { advance() }
    var filters = [try filterCall()]
    while skip(.pipe) { filters.append(try filterCall()) }
    return filters
  }

  private mutating func assignmentTarget(
    allowsAttribute: Bool, allowsTuple: Bool = true
  ) throws(ChatTemplateError) -> TemplateTarget {
    let first = try singleTarget(allowsAttribute: allowsAttribute)
    guard allowsTuple, isSymbol(.comma) else { return first }
    var targets = [first]
    while skip(.comma) {
      guard case .name(let name) = current.kind, name != "in" else {
        if isSymbol(.leftParenthesis) {
          targets.append(try singleTarget(allowsAttribute: allowsAttribute))
          continue
        }
        break
      }
      targets.append(try singleTarget(allowsAttribute: allowsAttribute))
    }
    return .tuple(targets)
  }

  private mutating func singleTarget(
    allowsAttribute: Bool
  ) throws(ChatTemplateError) -> TemplateTarget {
    if skip(.leftParenthesis) {
      let inner = try nested { (parser) throws(ChatTemplateError) in
        try parser.assignmentTarget(allowsAttribute: allowsAttribute)
      }
      try expect(.symbol(.rightParenthesis))
      return inner
    }
    let name = try expectName(for: "a variable's name")
    guard !Self.constants.keys.contains(name) else { throw failure("cannot assign to '\(name)'") }
    guard allowsAttribute, skip(.dot) else { return .name(name) }
    return .attribute(name, try expectName(for: "an attribute's name"))
  }
}
