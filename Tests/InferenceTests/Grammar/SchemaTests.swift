import Testing

@testable import Inference

struct SchemaTests {
  private func compact(_ schema: String) throws -> CompiledGrammar {
    try CompiledGrammar(schema: schema, whitespace: .compact)
  }

  @Test func `optional members come in any subset, in the schema's order`() throws {
    let grammar = try compact(
      #"{"type":"object","properties":{"a":{"const":1},"b":{"const":2},"c":{"const":3},"#
        + #""d":{"const":4}},"#
        + #""required":["c"],"additionalProperties":false}"#)
    for text in [
      #"{"c":3}"#, #"{"a":1,"c":3}"#, #"{"b":2,"c":3}"#, #"{"a":1,"b":2,"c":3,"d":4}"#,
      #"{"c":3,"d":4}"#,
    ] { #expect(grammar.accepts(text), "\(text)") }
    for text in [
      "{}", #"{"a":1}"#, #"{"c":3,"a":1}"#, #"{"a":1,"a":1,"c":3}"#, #"{,"c":3}"#, #"{"c":3,}"#,
      #"{"c":3,"e":5}"#,
    ] { #expect(!grammar.accepts(text), "\(text)") }
  }

  @Test func `no key comes twice, free or named, however it is spelled`() throws {
    let named = try compact(
      #"{"type":"object","properties":{"ab":{"const":1}},"#
        + #""additionalProperties":{"type":"integer"}}"#
    )
    for text in [#"{"ab":1,"a":2,"abc":3,"":4}"#, #"{"b":1}"#, #"{"a\n":1}"#] {
      #expect(named.accepts(text), "\(text)")
    }
    for text in [
      #"{"ab":1,"ab":2}"#, #"{"ab":2}"#, #"{"\u0061b":2}"#, #"{"x":1,"x":2}"#,
      #"{"a":1,"b":2,"a":3}"#,
    ] { #expect(!named.accepts(text), "\(text)") }
    let free = try CompiledGrammar.json
    #expect(free.accepts(#"{"a": {"a": 1, "b": [{"a": 2}, {"a": 3}]}, "b": "\"a\":"}"#))
    #expect(!free.accepts(#"{"a": {"b": 1, "b": 2}}"#))
    #expect(!free.accepts(#"{"a": 1, "b": {}, "a": 1}"#))
    #expect(!free.accepts("[]"))
  }

  @Test func `a token with which a key would repeat is not in the mask`() throws {
    var matcher = GrammarMatcher(try CompiledGrammar.json)
    let fits10 = matcher.advance(bytes: Array(#"{"a":1,"#.utf8)[...])
    #expect(fits10)
    let whole = Int32(257 + (ByteTexts.pieces.firstIndex(of: "\"a\":") ?? 0))
    let quote = Int32(1 + 0x22)
    #expect(!matcher.mask().contains(whole))
    let fits11 = !matcher.advance(whole)
    #expect(fits11)
    let fits12 = matcher.advance(bytes: Array(#""a"#.utf8)[...])
    #expect(fits12)
    #expect(!matcher.mask().contains(quote) && matcher.mask().contains(Int32(1 + 0x62)))
    let fits13 = matcher.advance(bytes: [0x62]) && matcher.mask().contains(quote)
    #expect(fits13)
  }

  @Test func `white space is bounded`() throws {
    let grammar = try CompiledGrammar(schema: #"{"type":"array","items":{"type":"integer"}}"#)
    for text in ["[1,2]", "[ 1, 2 ]", "[\n  1,\n  2\n]", "[]", "[ ]"] {
      #expect(grammar.accepts(text), "\(text)")
    }
    for text in [
      "[  1]", "[1 ,2]", "[\n\n1]", " [1]", "[1] ",
      "[\n" + String(repeating: " ", count: 17) + "1]",
    ] {
      #expect(!grammar.accepts(text), "\(text)")
    }
    let dense = try compact(#"{"type":"array"}"#)
    #expect(!dense.accepts("[ ]"))
  }

  @Test func `references may recurse`() throws {
    let grammar = try compact(
      ##"{"$ref":"#/$defs/tree","$defs":{"tree":{"type":"object","required":["v"],"properties":{"##
        + ##""v":{"type":"integer"},"kids":{"type":"array","items":{"$ref":"#/$defs/tree"}}}}}}"##)
    #expect(grammar.accepts(#"{"v":1,"kids":[{"v":2},{"v":3,"kids":[]}]}"#))
    #expect(!grammar.accepts(#"{"v":1,"kids":[{"kids":[]}]}"#))
    let root = try compact(##"{"anyOf":[{"type":"null"},{"type":"array","items":{"$ref":"#"}}]}"##)
    #expect(root.accepts("[[],[null,[[]]]]") && !root.accepts("[1]"))
    let escaped = try compact(
      ##"{"$ref":"#/definitions/a~1b%20c","definitions":{"a/b c":{"const":1}}}"##)
    #expect(escaped.accepts("1"))
  }

  @Test func `allOf joins, and what stands beside anyOf binds each alternative`() throws {
    let joined = try compact(
      #"{"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},"#
        + #"{"properties":{"a":{"minimum":5},"b":{"const":"x"}},"required":["b"]}]}"#)
    #expect(joined.accepts(#"{"a":5,"b":"x"}"#))
    #expect(!joined.accepts(#"{"a":4,"b":"x"}"#) && !joined.accepts(#"{"a":5}"#))
    let beside = try compact(
      #"{"type":"object","properties":{"a":{"const":1},"b":{"const":2}},"#
        + #""anyOf":[{"required":["a"]},{"required":["b"]}]}"#)
    #expect(beside.accepts(#"{"a":1}"#) && beside.accepts(#"{"b":2}"#) && !beside.accepts("{}"))
    let closed = try compact(
      #"{"allOf":[{"properties":{"a":{}},"additionalProperties":false},"#
        + #"{"properties":{"a":{"const":1},"#
        + #""b":{"const":2}}}]}"#)
    #expect(closed.accepts(#"{"a":1}"#) && !closed.accepts(#"{"a":1,"b":2}"#))
    let referred = try compact(
      ##"{"$ref":"#/$defs/n","maximum":9,"$defs":{"n":{"type":"integer","minimum":3}}}"##)
    #expect(referred.accepts("3") && referred.accepts("9") && !referred.accepts("10"))
  }

  @Test func `tuples`() throws {
    let tuple = try compact(
      #"{"prefixItems":[{"const":1},{"const":2}],"items":{"const":3},"maxItems":4}"#)
    #expect(["[1,2]", "[1,2,3]", "[1,2,3,3]"].allSatisfy(tuple.accepts))
    #expect(!["[1]", "[]", "[2,1]", "[1,2,3,3,3]"].contains(where: tuple.accepts))
    let short = try compact(
      #"{"prefixItems":[{"const":1},{"const":2}],"items":false,"minItems":1}"#)
    #expect(["[1]", "[1,2]"].allSatisfy(short.accepts))
    #expect(!["[]", "[1,2,3]"].contains(where: short.accepts))
    let old = try compact(#"{"items":[{"const":1}],"additionalItems":false}"#)
    #expect(old.accepts("[1]") && !old.accepts("[1,1]"))
  }

  @Test func `null where nullable, and annotations say nothing`() throws {
    let grammar = try compact(
      #"{"type":"string","nullable":true,"title":"t","description":"d","default":1,"x-mine":{}}"#)
    #expect(grammar.accepts("null") && grammar.accepts(#""x""#) && !grammar.accepts("1"))
  }

  @Test func `a length counts characters, not bytes`() throws {
    let grammar = try compact(#"{"type":"string","minLength":2,"maxLength":3}"#)
    #expect(grammar.accepts(#""é☃""#) && grammar.accepts(#""😀\ud83d\ude00""#))
    #expect(grammar.accepts(#""\n\u00e9x""#))
    #expect(!grammar.accepts(#""é""#) && !grammar.accepts(#""abcd""#))
    #expect(!grammar.accepts(#""\ud83d""#) && !grammar.accepts(#""a\udc00""#))
  }

  @Test(arguments: [
    (#"{"type":"object","properties":{"a":{"type":"strin"}}}"#, "#/properties/a/type"),
    (#"{"items":{"not":{}}}"#, "#/items/not"),
    (#"{"patternProperties":{}}"#, "#/patternProperties"),
    (#"{"uniqueItems":true}"#, "#/uniqueItems"),
    (#"{"type":"number","multipleOf":0.5}"#, "#/multipleOf"),
    (#"{"type":"string","pattern":"(?=a)"}"#, "#/pattern"),
    (#"{"type":"string","pattern":"a\\b"}"#, "#/pattern"),
    (#"{"type":"string","pattern":"a+","maxLength":3}"#, "#/pattern"),
    (#"{"type":"string","format":"iri"}"#, "#/format"),
    (##"{"$ref":"#/$defs/none"}"##, "#"),
    (#"{"$ref":"https://example.com/x"}"#, "#"),
    (#"{"if":{},"then":{}}"#, "#/if"),
    (#"{"anyOf":[{"type":"string","minLength":-1}]}"#, "#/anyOf/0/minLength"),
    (#"{"required":"a"}"#, "#/required"),
    (#"{"unevaluatedProperties":false}"#, "#/unevaluatedProperties"),
    ("[]", "#"), ("{", "#"), ("{} x", "#"), (#"{"a":1,"a":2}"#, "#"),
    ("false", "#"), (#"{"type":"integer","minimum":3,"maximum":2}"#, "#"),
    (#"{"type":"object","required":["a"],"additionalProperties":false}"#, "#"),
  ])
  func `what cannot be enforced is refused with its place`(schema: String, place: String) {
    let error = #expect(throws: GrammarError.self) { try compact(schema) }
    #expect(error?.place == place, "\(String(describing: error))")
  }
}
