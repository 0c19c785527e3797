/// Reads GBNF, llama.cpp's notation: rules `name ::= …` of literals, character classes, `.`,
/// groups, alternatives and the repetitions `* + ? {m} {m,} {m,n}`; `#` begins a comment.
///
/// A rule ends at the end of its line, except within a group or after `|` or `::=`.
struct GBNFParser {
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var numbers: [String: Int] = [:]
  /// Where each rule is first used, for those that are never defined.
  private var uses: [(name: String, position: Int)] = []
  private var grammar = GrammarRules()

  init(_ text: String) throws(GrammarError) {
    guard text.utf8.count <= GrammarLimits.sourceBytes else {
      throw GrammarError(
        .limit, at: "line 1, column 1",
        "the grammar has \(text.utf8.count) bytes; at most \(GrammarLimits.sourceBytes) are read")
    }
    scalars = Array(text.unicodeScalars)
  }

  mutating func rules() throws(GrammarError) -> GrammarRules {
    skipSpace(newLines: true)
    while current != nil {
      try rule()
      skipSpace(newLines: true)
    }
    for use in uses where grammar.bodies[numbers[use.name] ?? 0] == nil {
      position = use.position
      throw fault("the rule \(use.name) is not defined")
    }
    guard let root = numbers["root"], grammar.bodies[root] != nil else {
      throw fault("there is no rule named root; define it")
    }
    grammar.root = root
    return grammar
  }

  // MARK: Rules

  private mutating func rule() throws(GrammarError) {
    let start = position
    let name = try self.name()
    skipSpace(newLines: false)
    guard skip(":"), skip(":"), skip("=") else { throw fault("expected ::= after the rule's name") }
    skipSpace(newLines: true)
    let number = try self.number(of: name)
    guard grammar.bodies[number] == nil else {
      position = start
      throw fault("the rule \(name) is defined twice")
    }
    grammar.define(number, try alternatives(depth: 0))
    guard current == nil || current == "\n" || current == "\r" else {
      throw fault("expected the end of the line, or a part of the rule")
    }
  }

  private mutating func number(of name: String) throws(GrammarError) -> Int {
    if let number = numbers[name] { return number }
    let number = try grammar.declare(name)
    numbers[name] = number
    return number
  }

  private mutating func alternatives(depth: Int) throws(GrammarError) -> GrammarExpression {
    guard depth < GrammarLimits.sourceDepth else {
      throw fault("groups nest deeper than \(GrammarLimits.sourceDepth)", .limit)
    }
    var alternatives = [try sequence(depth: depth)]
    while skip("|") {
      skipSpace(newLines: true)
      alternatives.append(try sequence(depth: depth))
    }
    return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
  }

  private mutating func sequence(depth: Int) throws(GrammarError) -> GrammarExpression {
    var parts: [GrammarExpression] = []
    while let next = current {
      switch next {
      case "\"": parts.append(.literal(try literal()))
      case "[": parts.append(.scalars(try characterClass()))
      case ".":
        position += 1
        parts.append(.scalars(.all))
      case "(":
        position += 1
        skipSpace(newLines: true)
        parts.append(try alternatives(depth: depth + 1))
        skipSpace(newLines: true)
        guard skip(")") else { throw fault("expected ) at the end of a group") }
      case "*", "+", "?", "{":
        guard let last = parts.popLast() else { throw fault("nothing stands before \(next)") }
        parts.append(try repetition(of: last))
      case _ where Self.isOfName(next):
        let place = position
        let name = try self.name()
        uses.append((name, place))
        parts.append(.rule(try number(of: name)))
      default: return .sequence(parts)
      }
      skipSpace(newLines: depth > 0)
    }
    return .sequence(parts)
  }

  private mutating func repetition(
    of part: GrammarExpression
  ) throws(GrammarError) -> GrammarExpression {
    if skip("*") { return .repeated(part, atLeast: 0, atMost: nil) }
    if skip("+") { return .repeated(part, atLeast: 1, atMost: nil) }
    if skip("?") { return .optional(part) }
    position += 1
    let least = try count()
    var most: Int? = least
    if skip(",") {
      skipSpace(newLines: false)
      most = current == "}" ? nil : try count()
    }
    guard skip("}") else { throw fault("expected } at the end of a repetition") }
    if let most, most < least { throw fault("a repetition's bounds are the wrong way round") }
    return .repeated(part, atLeast: least, atMost: most)
  }

  private mutating func count() throws(GrammarError) -> Int {
    skipSpace(newLines: false)
    var value = 0
    let start = position
    while let digit = current?.decimalDigit {
      value = value * 10 + digit
      position += 1
      guard value <= GrammarLimits.repetitions else {
        throw fault("a repetition of more than \(GrammarLimits.repetitions); lower it", .limit)
      }
    }
    guard position > start else { throw fault("expected a number") }
    skipSpace(newLines: false)
    return value
  }

  // MARK: Characters

  private mutating func name() throws(GrammarError) -> String {
    let start = position
    while let next = current, Self.isOfName(next) { position += 1 }
    guard position > start else { throw fault("expected the name of a rule") }
    return scalars[start..<position].reduce(into: "") { $0.unicodeScalars.append($1) }
  }

  private static func isOfName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
    default: false
    }
  }

  private mutating func literal() throws(GrammarError) -> [UInt8] {
    position += 1
    var text = ""
    while current != "\"" { text.unicodeScalars.append(try character()) }
    position += 1
    return Array(text.utf8)
  }

  private mutating func characterClass() throws(GrammarError) -> ScalarSet {
    position += 1
    let isNegated = skip("^")
    var ranges: [ClosedRange<UInt32>] = []
    while current != "]" {
      let low = try character().value
      var high = low
      if current == "-", position + 1 < scalars.count, scalars[position + 1] != "]" {
        position += 1
        high = try character().value
      }
      guard low <= high else { throw fault("a range's ends are the wrong way round") }
      ranges.append(low...high)
    }
    position += 1
    let set = ScalarSet(ranges)
    return isNegated ? set.complement : set
  }

  private mutating func character() throws(GrammarError) -> Unicode.Scalar {
    guard let next = current, next != "\n", next != "\r" else {
      throw fault("a literal or a class has no end on its line")
    }
    position += 1
    guard next == "\\" else { return next }
    guard let kind = current else { throw fault("an escape has no end") }
    position += 1
    switch kind {
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "x": return try hexadecimal(digits: 2)
    case "u": return try hexadecimal(digits: 4)
    case "U": return try hexadecimal(digits: 8)
    case "\\", "\"", "[", "]", "^", "-": return kind
    default:
      position -= 1
      throw fault("the escape \\\(kind) is not known; known are n r t x u U \\ \" [ ] ^ -")
    }
  }

  private mutating func hexadecimal(digits: Int) throws(GrammarError) -> Unicode.Scalar {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = current.flatMap({ Character($0).hexDigitValue }) else {
        throw fault("an escape needs \(digits) hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    guard let scalar = Unicode.Scalar(value) else { throw fault("an escape is no character") }
    return scalar
  }

  // MARK: Text

  private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace(newLines: Bool) {
    while let next = current {
      if next == "#" {
        while position < scalars.count, scalars[position] != "\n", scalars[position] != "\r" {
          position += 1
        }
      } else if next == " " || next == "\t" || (newLines && (next == "\n" || next == "\r")) {
        position += 1
      } else {
        return
      }
    }
  }

  private var place: String {
    let before = scalars[..<position]
    let line = before.count { $0 == "\n" } + 1
    let column = position - (before.lastIndex(of: "\n").map { $0 + 1 } ?? 0) + 1
    return "line \(line), column \(column)"
  }

  private func fault(_ message: String, _ code: GrammarError.Code = .syntax) -> GrammarError {
    GrammarError(code, at: place, message)
  }
}

extension Unicode.Scalar {
  var decimalDigit: Int? { ("0"..."9").contains(self) ? Int(value - 48) : nil }
}
