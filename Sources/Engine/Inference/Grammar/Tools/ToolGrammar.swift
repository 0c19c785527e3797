/// The grammar of answers that call tools: only tools that exist, with arguments that fit.
package enum ToolGrammar {
  /// - Parameter parallel: more than one call in an answer, where the format allows it.
  /// - Returns: nil when the answer is free: no tools, or `.none`.
  /// - Throws: `GrammarError` that names the tool and the place in its parameters.
  package static func grammar(
    tools: [ToolDefinition], choice: ToolChoice, parallel: Bool = true, format: ToolCallFormat,
    whitespace: CompiledGrammar.Whitespace = .flexible
  ) throws(GrammarError) -> CompiledGrammar? {
    var offered = tools
    switch choice {
    case .none: return nil
    case .auto: if tools.isEmpty { return nil }
    case .required: break
    case .named(let name): offered = tools.filter { $0.name == name }
    }
    guard !offered.isEmpty else {
      throw GrammarError(
        .unsatisfiable, at: "tool_choice", "asks for a tool that is not in tools; add it")
    }
    var builder = ToolGrammarBuilder(format: format, whitespace: whitespace)
    let answer = try builder.answer(
      offered, isOptional: choice == .auto,
      isParallel: parallel && choice.isOpen)
    return try CompiledGrammar(
      rules: builder.rules(answer), keyTracking: builder.keyTracking(isOptional: choice == .auto))
  }
}

extension ToolChoice {
  /// A named tool is called once.
  fileprivate var isOpen: Bool { if case .named = self { false } else { true } }
}

private struct ToolGrammarBuilder {
  let format: ToolCallFormat
  private var json: JSONGrammar
  private var hasFreeKeys = false

  init(format: ToolCallFormat, whitespace: CompiledGrammar.Whitespace) {
    self.format = format
    json = JSONGrammar(whitespace: whitespace)
  }

  mutating func rules(_ answer: GrammarExpression) throws(GrammarError) -> GrammarRules {
    let root = try json.rules.declare("tools")
    json.rules.define(root, answer)
    json.rules.root = root
    return json.rules
  }

  /// Text before a call may hold anything.
  func keyTracking(isOptional: Bool) -> KeyTracking {
    guard hasFreeKeys else { return .none }
    guard isOptional else { return .everywhere }
    return format.opening.isEmpty ? .ifObject : .after(Array(format.opening.utf8))
  }

  mutating func answer(
    _ tools: [ToolDefinition], isOptional: Bool, isParallel: Bool
  ) throws(GrammarError) -> GrammarExpression {
    var alternatives: [GrammarExpression] = []
    for tool in tools { alternatives.append(try call(tool)) }
    let call = try json.rules.add("call", .choice(alternatives))
    let calls = try json.rules.add("calls", try calls(call, isParallel: isParallel))
    guard isOptional else { return .sequence([opening, calls]) }
    return try text(then: calls)
  }

  /// `{"name": "…", "arguments": {…}}`.
  private mutating func call(_ tool: ToolDefinition) throws(GrammarError) -> GrammarExpression {
    let schema = tool.parameters ?? #"{"type":"object","properties":{}}"#
    let place = "tool \(tool.name): #"
    let document: SchemaDocument
    do {
      document = try SchemaDocument(schema)
    } catch {
      throw GrammarError(error.code, at: place, error.message)
    }
    var compiler = SchemaCompiler(document, json: json, place: place)
    let arguments = try compiler.root()
    json = compiler.json
    hasFreeKeys = hasFreeKeys || compiler.hasFreeKeys
    let space = try json.space()
    return .sequence([
      .text("{"), space,
      try json.member(
        key: .text(#""name""#), value: .literal(JSONGrammar.literal(tool.name))),
      .text(","), space,
      try json.member(key: .text("\"\(format.argumentsKey)\""), value: arguments), space,
      .text("}"),
    ])
  }

  /// What follows the opening.
  private mutating func calls(
    _ call: GrammarExpression, isParallel: Bool
  ) throws(GrammarError) -> GrammarExpression {
    let line = GrammarExpression.optional(.text("\n"))
    if format.isList {
      return .sequence([
        .optional(.text(" ")),
        try json.list("[", call, atLeast: 1, atMost: isParallel ? nil : 1, "]"),
      ])
    }
    guard !format.opening.isEmpty else { return call }
    let block = GrammarExpression.sequence([line, call, line, Self.tag(format.closing)])
    guard isParallel else { return block }
    let more = GrammarExpression.sequence([line, opening, block])
    return .sequence([block, .repeated(more, atLeast: 0, atMost: nil)])
  }

  /// A tag is text in some vocabularies and a control token in others.
  private static func tag(_ text: String) -> GrammarExpression {
    .choice([.text(text), .literal([GrammarVocabulary.controlMark] + Array(text.utf8))])
  }

  private var opening: GrammarExpression {
    format.opening.isEmpty ? .empty : Self.tag(format.opening)
  }

  // MARK: Text before calls

  /// Any text, and calls once the opening has come.
  private mutating func text(
    then calls: GrammarExpression
  ) throws(GrammarError) -> GrammarExpression {
    let anything = GrammarExpression.bytes([0...GrammarVocabulary.controlMark - 1])
    let free = GrammarExpression.repeated(anything, atLeast: 0, atMost: nil)
    let tag = Array(format.opening.utf8)
    guard !tag.isEmpty else {
      // The first character tells: a call begins with a brace.
      let brace = UInt8(ascii: "{")
      let other = GrammarExpression.bytes([
        0...brace - 1, brace + 1...GrammarVocabulary.controlMark - 1,
      ])
      return .choice([calls, .optional(.sequence([other, free]))])
    }
    // One rule for each length of the opening's beginning that the text ends with (the automaton of
    // Knuth, Morris and Pratt).
    var rules: [Int] = []
    for length in tag.indices {
      rules.append(try json.rules.declare("text ending with \(length) bytes of the opening"))
    }
    let control = GrammarExpression.sequence([
      .literal([GrammarVocabulary.controlMark] + tag), calls,
    ])
    for length in tag.indices {
      var byNext: [Int: [ClosedRange<UInt8>]] = [:]
      for byte in 0..<GrammarVocabulary.controlMark {
        byNext[Self.matched(tag, length, byte), default: []].append(byte...byte)
      }
      let steps = byNext.sorted { $0.key < $1.key }.map { next, bytes in
        GrammarExpression.sequence([
          .bytes(Self.joined(bytes)), next == tag.count ? calls : .rule(rules[next]),
        ])
      }
      json.rules.define(rules[length], .choice(steps + [control, .empty]))
    }
    return .rule(rules[0])
  }

  /// How much of the opening a text ends with after one more byte.
  private static func matched(_ tag: [UInt8], _ length: Int, _ byte: UInt8) -> Int {
    let end = tag[..<length] + [byte]
    return (0...min(end.count, tag.count)).last { end.suffix($0) == tag.prefix($0) } ?? 0
  }

  private static func joined(_ bytes: [ClosedRange<UInt8>]) -> [ClosedRange<UInt8>] {
    bytes.reduce(into: []) { ranges, next in
      if let last = ranges.last, last.upperBound &+ 1 == next.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound...next.upperBound
      } else {
        ranges.append(next)
      }
    }
  }
}
