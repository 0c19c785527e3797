import Testing

@testable import Inference

/// Law: whatever a stranger sends is compiled or refused in bounded time and memory.
struct HostileGrammarTests {
  private static func nested(
    _ open: String, _ inner: String, _ close: String, _ depth: Int
  ) -> String {
    String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
  }

  private static let schemas: [String] = [
    nested("[", "", "]", 100_000),
    nested(#"{"items":"#, "{}", "}", 500),
    #"{"type":"string","maxLength":1000000000}"#,
    #"{"type":"array","minItems":99999999999999999999}"#,
    nested(#"{"type":"array","minItems":60000,"items":"#, "true", "}", 20),
    ##"{"$ref":"#"}"##,
    ##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}"##,
    ##"{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"}]}}}"##,
    ##"{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}"##,
    ##"{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}"##,
    "{"
      + (0..<40).map {
        let next = ##"{"$ref":"#/d\##($0 + 1)"}"##
        return #""d\#($0)":{"allOf":[\#(next),\#(next)]}"#
      }
      .joined(separator: ",") + ##","d40":{},"$ref":"#/d0"}"##,
    #"{"description":""# + String(repeating: "x", count: 1 << 20) + #""}"#,
    #"{"pattern":""# + nested("(", "a", ")", 2_000) + #""}"#,
    #"{"pattern":"^((((a{1000}){1000}){1000}){1000})$"}"#,
    #"{"pattern":"^(.{0,60000}.{0,60000}){0,60000}x{0,60000}$"}"#,
  ]

  @Test(arguments: schemas.indices)
  func `hostile schemas`(index: Int) {
    let clock = ContinuousClock()
    let time = clock.measure {
      _ = try? CompiledGrammar(schema: Self.schemas[index]).automaton
    }
    // Some hundreds of milliseconds at most when the machine is its own.
    #expect(time < .seconds(20), "\(index)")
  }

  @Test(arguments: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  func `most are refused`(index: Int) {
    #expect(throws: GrammarError.self) { try CompiledGrammar(schema: Self.schemas[index]) }
  }

  @Test func `hostile GBNF is refused`() {
    for text in [
      "root ::= " + Self.nested("(", "\"a\"", ")", 100_000),
      "root ::= \"a\"{1000000000}",
      "root ::= ((((\"ab\"{60000}){60000} [a-z]){60000} \"x\"){60000}) r {60000}",
      (0..<100_000).map { "r\($0) ::= \"a\"\n" }.joined() + "root ::= r1",
      String(repeating: "#", count: 1 << 20),
    ] {
      #expect(throws: GrammarError.self) { try CompiledGrammar(gbnf: text) }
    }
  }

  @Test func `an ambiguous grammar costs no more for a longer text`() throws {
    // Every split of the text is a reading: there are exponentially many.
    let grammar = try CompiledGrammar(gbnf: "root ::= s\ns ::= \"a\" | \"a\" s | \"a\" s s\n")
    var matcher = GrammarMatcher(grammar)
    for _ in 0..<300 {
      let fits17 = matcher.advance(bytes: [0x61])
      #expect(fits17)
      #expect(matcher.mayEnd)
    }
  }

  @Test func `nesting ends where parsers stop`() throws {
    var matcher = GrammarMatcher(try CompiledGrammar(schema: #"{"type":"array"}"#))
    var depth = 0
    while matcher.advance(bytes: [0x5B]) { depth += 1 }
    #expect((400...500).contains(depth), "\(depth)")
    for _ in 0..<depth {
      let fits = matcher.advance(bytes: [0x5D])
      #expect(fits)
    }
    #expect(matcher.mustEnd)
  }

  @Test func `a long text moves to a new automaton and goes on`() throws {
    let grammar = try CompiledGrammar(
      gbnf: "root ::= [a-z]{40000} (\"(\" root \")\" | \".\")")
    var matcher = GrammarMatcher(grammar)
    let first = grammar.automaton
    let text = Array(repeating: UInt8(0x61), count: 100)[...]
    for _ in 0..<400 {
      let fits = matcher.advance(bytes: text)
      #expect(fits)
    }
    #expect(grammar.automaton !== first)
    let fits20 = !matcher.advance(bytes: [0x61])
    #expect(fits20)
    let fits21 = matcher.advance(bytes: [0x2E]) && matcher.mustEnd
    #expect(fits21)
  }
}
