/// Tokens to a tree, with Jinja's precedences.
///
/// Recursion is bounded by `maximumNesting` and the height of an expression by `maximumHeight`,
/// so a hostile template ends in an error and not in a stack overflow.
struct TemplateParser {
  static let maximumNesting = 48
  static let maximumHeight = 100

  private let tokens: [TemplateToken]
  private var index = 0
  private var nesting = 0
  /// The innermost open statements, for messages and for `break`.
  var openLoops = 0

  init(_ tokens: [TemplateToken]) { self.tokens = tokens }

  /// The whole template.
  mutating func template() throws(ChatTemplateError) -> [TemplateNode] {
    let (nodes, _) = try statements(until: [])
    return nodes
  }

  // MARK: Tokens

  var current: TemplateToken { tokens[index] }
  var line: Int { current.line }
  var previousLine: Int { tokens[max(0, index - 1)].line }
  var next: TemplateToken.Kind { index + 1 < tokens.count ? tokens[index + 1].kind : .end }

  mutating func advance() { if index + 1 < tokens.count { index += 1 } }

  func isSymbol(_ symbol: TemplateToken.Symbol) -> Bool { current.kind == .symbol(symbol) }

  func isName(_ name: String) -> Bool { current.kind == .name(name) }

  mutating func skip(_ symbol: TemplateToken.Symbol) -> Bool {
    guard isSymbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func skip(name: String) -> Bool {
    guard isName(name) else { return false }
    advance()
    return true
  }

  mutating func expect(_ kind: TemplateToken.Kind) throws(ChatTemplateError) {
    guard current.kind == kind else {
      throw failure("expected \(kind), found \(current.kind)")
    }
    advance()
  }

  mutating func expectName(for purpose: String) throws(ChatTemplateError) -> String {
    guard case .name(let name) = current.kind else {
      throw failure("expected \(purpose), found \(current.kind)")
    }
    advance()
    return name
  }

  func failure(
    _ message: String, code: ChatTemplateError.Code = .syntax, line: Int? = nil
  ) -> ChatTemplateError {
    ChatTemplateError(code, message, line: line ?? self.line)
  }

  // MARK: Bounds

  /// Counts one level of recursion around `body`.
  mutating func nested<T>(
    _ body: (inout TemplateParser) throws(ChatTemplateError) -> T
  ) throws(ChatTemplateError) -> T {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.maximumNesting else {
      throw failure(
        "blocks and brackets are nested deeper than \(Self.maximumNesting)", code: .limit)
    }
    return try body(&self)
  }

  func expression(
    _ kind: TemplateExpression.Kind, line: Int, over children: [TemplateExpression]
  ) throws(ChatTemplateError) -> TemplateExpression {
    var height = 1
    for child in children { height = max(height, child.height + 1) }
    guard height <= Self.maximumHeight else {
      throw failure(
        "an expression has more than \(Self.maximumHeight) operators in a row", code: .limit,
        line: line)
    }
    return TemplateExpression(kind, line: line, height: height)
  }
}
