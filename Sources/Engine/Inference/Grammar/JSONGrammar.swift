/// The rules of JSON (RFC 8259), added to a grammar as they are needed.
///
/// Output must end: white space is bounded, and so are the digits of a number, to what a Double
/// tells apart. A free key is spelled in one way only (no `\u`, no `\/`), so that keys that are the same
/// have the same bytes.
struct JSONGrammar {
  let whitespace: CompiledGrammar.Whitespace
  var rules = GrammarRules()
  private var known: [String: GrammarExpression] = [:]

  init(whitespace: CompiledGrammar.Whitespace) { self.whitespace = whitespace }

  /// A rule that is made once.
  private mutating func shared(
    _ name: String, _ make: (inout JSONGrammar) throws(GrammarError) -> GrammarExpression
  ) throws(GrammarError) -> GrammarExpression {
    if let rule = known[name] { return rule }
    let number = try rules.declare(name)
    known[name] = .rule(number)
    rules.define(number, try make(&self))
    return .rule(number)
  }

  // MARK: White space

  /// Between any two parts, except after a colon.
  mutating func space() throws(GrammarError) -> GrammarExpression {
    guard whitespace == .flexible else { return .empty }
    return try shared("white space") { (_) throws(GrammarError) in
      .choice([
        .empty, .text(" "),
        .sequence([.text("\n"), .repeated(.text(" "), atLeast: 0, atMost: 16)]),
      ])
    }
  }

  var spaceAfterColon: GrammarExpression {
    whitespace == .flexible ? .optional(.text(" ")) : .empty
  }

  // MARK: Values

  /// Any value.
  mutating func value() throws(GrammarError) -> GrammarExpression {
    try shared("value") { (json) throws(GrammarError) in
      .choice([
        try json.string(), try json.number(), try json.object(), try json.array(),
        .text("true"), .text("false"), .text("null"),
      ])
    }
  }

  /// An object with any keys.
  mutating func object() throws(GrammarError) -> GrammarExpression {
    try shared("object") { (json) throws(GrammarError) in
      let member = try json.member(key: try json.key(except: []), value: try json.value())
      return try json.list("{", member, atLeast: 0, atMost: nil, "}")
    }
  }

  mutating func array() throws(GrammarError) -> GrammarExpression {
    try shared("array") { (json) throws(GrammarError) in
      try json.list("[", try json.value(), atLeast: 0, atMost: nil, "]")
    }
  }

  /// `"key": value`.
  mutating func member(
    key: GrammarExpression, value: GrammarExpression
  ) throws(GrammarError) -> GrammarExpression {
    .sequence([key, .text(":"), spaceAfterColon, value])
  }

  /// Items with commas between brackets.
  mutating func list(
    _ open: String, _ item: GrammarExpression, atLeast least: Int, atMost most: Int?,
    _ close: String
  ) throws(GrammarError) -> GrammarExpression {
    let space = try space()
    if most == 0 { return .sequence([.text(open), space, .text(close)]) }
    let more = GrammarExpression.sequence([.text(","), space, item])
    let items = GrammarExpression.sequence([
      item, .repeated(more, atLeast: max(0, least - 1), atMost: most.map { $0 - 1 }), space,
    ])
    return .sequence([.text(open), space, least > 0 ? items : .optional(items), .text(close)])
  }

  mutating func number() throws(GrammarError) -> GrammarExpression {
    try shared("number") { (json) throws(GrammarError) in
      let sign = GrammarExpression.optional(.bytes([0x2B...0x2B, 0x2D...0x2D]))
      return .sequence([
        .optional(.text("-")), Self.whole,
        .optional(.sequence([.text("."), Self.digits(1, 16)])),
        .optional(.sequence([.bytes([0x45...0x45, 0x65...0x65]), sign, Self.digits(1, 2)])),
      ])
    }
  }

  mutating func integer() throws(GrammarError) -> GrammarExpression {
    try shared("integer") { (_) throws(GrammarError) in
      .choice([
        .text("0"),
        .sequence([.optional(.text("-")), .bytes([0x31...0x39]), Self.digits(0, 15)]),
      ])
    }
  }

  /// At most 16 digits without a leading zero.
  private static let whole = GrammarExpression.choice([
    .text("0"), .sequence([.bytes([0x31...0x39]), digits(0, 15)]),
  ])

  static func digits(_ least: Int, _ most: Int) -> GrammarExpression {
    .repeated(.bytes([0x30...0x39]), atLeast: least, atMost: most)
  }

  // MARK: Strings

  mutating func string() throws(GrammarError) -> GrammarExpression {
    try shared("string") { (json) throws(GrammarError) in
      try json.string(atLeast: 0, atMost: nil)
    }
  }

  /// A string of so many characters, a pair of `\u` escapes counted as the one it means.
  mutating func string(
    atLeast least: Int, atMost most: Int?
  ) throws(GrammarError) -> GrammarExpression {
    .sequence([
      .text("\""), .repeated(try character(), atLeast: least, atMost: most), .text("\""),
    ])
  }

  private mutating func character() throws(GrammarError) -> GrammarExpression {
    try shared("character") { (_) throws(GrammarError) in
      func hex(_ ranges: ClosedRange<UInt8>...) -> GrammarExpression { .bytes(ranges) }
      let any = hex(0x30...0x39, 0x41...0x46, 0x61...0x66)
      let d = hex(0x44...0x44, 0x64...0x64)
      let notD = hex(0x30...0x39, 0x41...0x43, 0x45...0x46, 0x61...0x63, 0x65...0x66)
      let high = hex(0x38...0x39, 0x41...0x42, 0x61...0x62)
      let low = hex(0x43...0x46, 0x63...0x66)
      return .choice([
        .scalars(PlainText.scalars),
        .sequence([.text("\\"), .scalars(ScalarSet("\"\\/bfnrt"))]),
        .sequence([.text("\\u"), notD, any, any, any]),
        .sequence([.text("\\u"), d, hex(0x30...0x37), any, any]),
        .sequence([.text("\\u"), d, high, any, any, .text("\\u"), d, low, any, any]),
      ])
    }
  }

  /// One character of a set, spelled as `escaped` spells it.
  static func character(of set: ScalarSet) -> GrammarExpression {
    var spellings: [GrammarExpression] = [.scalars(set.intersection(PlainText.scalars))]
    for range in set.subtracting(PlainText.scalars).ranges {
      for value in range {
        if let scalar = Unicode.Scalar(value) { spellings.append(.literal(escaped(scalar))) }
      }
    }
    return .choice(spellings)
  }

  static func literal(_ text: String) -> [UInt8] {
    [0x22] + text.unicodeScalars.flatMap(escaped) + [0x22]
  }

  /// The shortest spelling in a JSON string.
  static func escaped(_ scalar: Unicode.Scalar) -> [UInt8] {
    switch scalar {
    case "\"": Array(#"\""#.utf8)
    case "\\": Array(#"\\"#.utf8)
    case "\u{08}": Array(#"\b"#.utf8)
    case "\u{0C}": Array(#"\f"#.utf8)
    case "\n": Array(#"\n"#.utf8)
    case "\r": Array(#"\r"#.utf8)
    case "\t": Array(#"\t"#.utf8)
    case _ where scalar.value < 0x20:
      Array((scalar.value < 0x10 ? #"\u000"# : #"\u00"#).utf8)
        + Array(String(scalar.value, radix: 16).utf8)
    default: Array(String(scalar).utf8)
    }
  }

  // MARK: Keys

  /// A key that is none of `names`.
  mutating func key(except names: [String]) throws(GrammarError) -> GrammarExpression {
    let label = names.isEmpty ? "key" : "key except \(names.sorted().joined(separator: ", "))"
    return try shared(label) { (json) throws(GrammarError) in
      let any = try json.shared("key character") { (_) throws(GrammarError) in
        Self.character(of: ScalarSet([0x08...0x0A, 0x0C...0x0D, 0x20...ScalarSet.last]))
      }
      let rest = GrammarExpression.repeated(any, atLeast: 0, atMost: nil)
      guard !names.isEmpty else { return .sequence([.text("\""), rest, .text("\"")]) }
      let spelled = names.map { name in name.unicodeScalars.map { $0 } }
      return .sequence([
        .text("\""), try json.key(except: spelled, after: 0, rest: rest), .text("\""),
      ])
    }
  }

  /// What may follow a common beginning of `names`, `depth` characters long.
  private mutating func key(
    except names: [[Unicode.Scalar]], after depth: Int, rest: GrammarExpression
  ) throws(GrammarError) -> GrammarExpression {
    let next = Dictionary(grouping: names.filter { $0.count > depth }) { $0[depth] }
    let free = ScalarSet([0x08...0x0A, 0x0C...0x0D, 0x20...ScalarSet.last])
      .subtracting(ScalarSet(next.keys.map { $0.value...$0.value }))
    var alternatives: [GrammarExpression] = [.sequence([Self.character(of: free), rest])]
    if !names.contains(where: { $0.count == depth }) { alternatives.append(.empty) }
    for (scalar, longer) in next.sorted(by: { $0.key < $1.key }) {
      let name = longer.first.map { String(String.UnicodeScalarView($0)) } ?? ""
      let tail = try key(except: longer, after: depth + 1, rest: rest)
      alternatives.append(
        .sequence([
          .literal(Self.escaped(scalar)), try rules.add("key other than \(name)", tail),
        ]))
    }
    return .choice(alternatives)
  }
}
