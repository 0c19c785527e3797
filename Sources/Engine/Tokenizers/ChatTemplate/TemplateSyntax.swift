/// The tree of a template.

/// An expression. `height` is bounded by the parser, so that walking and freeing the tree cannot
/// exhaust the stack.
final class TemplateExpression: Sendable {
  indirect enum Kind: Sendable {
    case literal(TemplateValue)
    case name(String)
    case list([TemplateExpression])
    case tuple([TemplateExpression])
    case dictionary([(key: TemplateExpression, value: TemplateExpression)])
    case attribute(TemplateExpression, String)
    case item(TemplateExpression, TemplateExpression)
    case slice(TemplateExpression, TemplateSlice)
    case call(TemplateExpression, TemplateArguments)
    case filter(TemplateExpression, TemplateFilterCall)
    case test(TemplateExpression, TemplateFilterCall, isNegated: Bool)
    case negative(TemplateExpression)
    case positive(TemplateExpression)
    case arithmetic(TemplateArithmetic, TemplateExpression, TemplateExpression)
    case concatenation([TemplateExpression])
    case not(TemplateExpression)
    case and(TemplateExpression, TemplateExpression)
    case or(TemplateExpression, TemplateExpression)
    case comparison(TemplateExpression, [(TemplateComparison, TemplateExpression)])
    case conditional(
      then: TemplateExpression, test: TemplateExpression, otherwise: TemplateExpression?)
  }

  let kind: Kind
  let line: Int
  let height: Int

  init(_ kind: Kind, line: Int, height: Int) {
    self.kind = kind
    self.line = line
    self.height = height
  }
}

struct TemplateSlice: Sendable {
  var start: TemplateExpression?
  var stop: TemplateExpression?
  var step: TemplateExpression?
}

struct TemplateArguments: Sendable {
  var positional: [TemplateExpression] = []
  var keyword: [(name: String, value: TemplateExpression)] = []
}

/// The name and arguments of a filter or a test.
struct TemplateFilterCall: Sendable {
  let name: String
  let arguments: TemplateArguments
  let line: Int
}

enum TemplateArithmetic: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case modulo = "%"
  case power = "**"
}

enum TemplateComparison: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessEqual = "<="
  case greater = ">"
  case greaterEqual = ">="
  case `in` = "in"
  case notIn = "not in"
}

/// What `set`, `for` and `with` assign to.
indirect enum TemplateTarget: Sendable {
  case name(String)
  /// `ns.attribute`, of a `namespace()`.
  case attribute(String, String)
  case tuple([TemplateTarget])
}

struct TemplateParameter: Sendable {
  let name: String
  let defaultValue: TemplateExpression?
}

/// `macro`, and the body of `call`, which is the macro `caller`.
struct TemplateMacroDefinition: Sendable {
  let name: String
  let parameters: [TemplateParameter]
  let body: [TemplateNode]
}

struct TemplateForLoop: Sendable {
  let target: TemplateTarget
  let iterable: TemplateExpression
  let filter: TemplateExpression?
  let body: [TemplateNode]
  let otherwise: [TemplateNode]
}

/// A statement with its line.
struct TemplateNode: Sendable {
  indirect enum Statement: Sendable {
    case text(String)
    case output(TemplateExpression)
    case conditional(
      [(test: TemplateExpression, body: [TemplateNode])], otherwise: [TemplateNode])
    case loop(TemplateForLoop)
    case set(TemplateTarget, TemplateExpression)
    case setBlock(TemplateTarget, filters: [TemplateFilterCall], body: [TemplateNode])
    case macro(TemplateMacroDefinition)
    case call(TemplateExpression, caller: TemplateMacroDefinition)
    case filtered([TemplateFilterCall], body: [TemplateNode])
    /// `with` (its assignments) and `generation` (none): a scope of its own.
    case scope([(TemplateTarget, TemplateExpression)], body: [TemplateNode])
    case `break`
    case `continue`
  }

  let statement: Statement
  let line: Int
}
