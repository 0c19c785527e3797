import Testing

@testable import Inference

struct GBNFTests {
  private func grammar(_ text: String) throws -> CompiledGrammar { try CompiledGrammar(gbnf: text) }

  private static let json = #"""
    # As llama.cpp's json.gbnf.
    root   ::= object
    value  ::= object | array | string | number | ("true" | "false" | "null") ws

    object ::=
      "{" ws (
                string ":" ws value
        ("," ws string ":" ws value)*
      )? "}" ws

    array  ::= "[" ws ( value ("," ws value)* )? "]" ws
    string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt] | "u" [0-9a-fA-F]{4}) )* "\"" ws
    number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9] [1-9]{0,15})? ws
    ws ::= | " " | "\n" [ \t]{0,20}
    """#

  @Test func `JSON as llama.cpp writes it`() throws {
    let json = try grammar(Self.json)
    for text in [#"{}"#, #"{"a": [1, -2.5e+1, "x\n\u00e9", true, null, {}]}"#, "{ \"é\":\n  []}"] {
      #expect(json.accepts(text), "\(text)")
    }
    for text in [
      "", "[]", "{", #"{"a"}"#, #"{"a":01}"#, #"{"a":"\x"}"#, "{}x", "{\"a\":\"\u{1}\"}",
    ] {
      #expect(!json.accepts(text), "\(text)")
    }
  }

  @Test func `arithmetic`() throws {
    let arithmetic = try grammar(
      """
      root  ::= (expr "=" ws term "\\n")+
      expr  ::= term ([-+*/] term)*
      term  ::= ident | num | "(" ws expr ")" ws
      ident ::= [a-z] [a-z0-9_]* ws
      num   ::= [0-9]+ ws
      ws    ::= [ \\t\\n]*
      """)
    #expect(arithmetic.accepts("(a +12)*b_2 = x\n1=2\n"))
    #expect(!arithmetic.accepts("(a +12*b_2 = x\n"))
    #expect(!arithmetic.accepts("1+=2\n"))
  }

  @Test func `chess`() throws {
    let chess = try grammar(
      """
      root ::= "1. " move " " move "\\n" ([1-9] [0-9]? ". " move " " move "\\n")+
      move ::= (pawn | nonpawn | castle) [+#]?
      nonpawn ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]
      pawn ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])?
      castle ::= "O-O" "-O"?
      """)
    #expect(chess.accepts("1. e4 e5\n2. Nf3 Nc6\n3. O-O bxc6+\n"))
    #expect(!chess.accepts("1. e4 e5\n"))
    #expect(!chess.accepts("1. e9 e5\n2. Nf3 Nc6\n"))
  }

  @Test func `classes, escapes, repetitions`() throws {
    let cases: [(String, fits: [String], not: [String])] = [
      (#"root ::= [^a-c\]]+"#, ["d", "é☃", "["], ["a", "]", ""]),
      (#"root ::= "\x41\u00e9\U0001F600\t\"\\\\""#, ["Aé😀\t\"\\\\"], ["A"]),
      (#"root ::= [\u4e00-\u9fff]{2}"#, ["日本"], ["日", "日本語", "ab"]),
      ("root ::= \"a\"{2,3} \"b\"{2} \"c\"{1,} .", ["aabbc☃", "aaabbccx"], ["abbcx", "aaaabbcx"]),
      ("root ::= \"a\"*\"b\"+ \"c\"?", ["b", "aabbc"], ["a", "abcc"]),
      ("root ::= [a-]", ["a", "-"], ["b"]),
      ("root ::= x | # c\n  y\nx ::= \"1\"\ny ::= (\n \"2\"\n | \"3\" )", ["1", "2", "3"], ["4"]),
      ("root ::= \"\" | \"é\" root", ["", "éé"], ["e"]),
    ]
    for (text, fits, not) in cases {
      let grammar = try grammar(text)
      for text in fits { #expect(grammar.accepts(text), "\(text)") }
      for text in not { #expect(!grammar.accepts(text), "\(text)") }
    }
  }

  @Test func `part of a character is allowed only as the beginning of one that fits`() throws {
    var matcher = GrammarMatcher(try grammar("root ::= [é-ö☃]"))
    let fits6 = !matcher.advance(bytes: [0xC2])
    #expect(fits6)
    let fits7 = !matcher.advance(bytes: [0xE2, 0x98, 0x84])
    #expect(fits7)
    let fits8 = matcher.advance(bytes: [0xE2]) && !matcher.mayEnd
    #expect(fits8)
    let fits9 = matcher.advance(bytes: [0x98, 0x83]) && matcher.mustEnd
    #expect(fits9)
  }

  @Test(arguments: [
    ("root ::= \"a", "line 1, column 12", "no end"),
    ("root ::= x", "line 1, column 10", "x is not defined"),
    ("a ::= \"x\"", "line 1, column 10", "root"),
    ("root ::= \"a\"\n  b ::= [z-a]", "line 2, column 13", "wrong way"),
    ("root ::= \"a\"\nroot ::= \"b\"", "line 2, column 1", "twice"),
    ("root ::= (\"a\"", "line 1, column 14", "expected )"),
    ("root ::= *", "line 1, column 10", "nothing stands before"),
    ("root ::= \"a\"{3,2}", "line 1, column 18", "wrong way"),
    ("root ::= \"\\q\"", "line 1, column 12", "not known"),
    ("root = \"a\"", "line 1, column 6", "::="),
    ("root ::= root \"a\" | \"b\"", "root", "left recursion"),
    ("root ::= a\na ::= b? c\nb ::= \"x\"\nc ::= a \"y\" | \"z\"", "a", "left recursion"),
    ("root ::= \"a\" root", "root", "no finite text"),
  ])
  func `a fault is told with its place`(text: String, place: String, message: String) {
    let error = #expect(throws: GrammarError.self) { try grammar(text) }
    #expect(
      error?.place == place && error?.message.contains(message) == true,
      "\(String(describing: error))")
  }
}
