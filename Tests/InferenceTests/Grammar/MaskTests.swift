import Testing

@testable import Inference

/// A matcher with a list of whole stacks, one for each reading: slow and plain.
private struct PlainMatcher {
  let network: GrammarNetwork
  var stacks: Set<[Int32]>

  init(_ network: GrammarNetwork) {
    self.network = network
    stacks = Self.closure([[network.root]], network)
  }

  func stepped(_ byte: UInt8) -> PlainMatcher {
    var next: Set<[Int32]> = []
    for stack in stacks {
      guard let node = stack.last else { continue }
      for edge in network.bytes[node] where edge.low <= byte && byte <= edge.high {
        next.insert(stack.dropLast() + [edge.target])
      }
    }
    var copy = self
    copy.stacks = Self.closure(next, network)
    return copy
  }

  /// - Parameter known: what beginnings of bytes led to.
  func stepped(_ bytes: [UInt8], _ known: inout [[UInt8]: PlainMatcher]) -> PlainMatcher {
    guard let last = bytes.last, !stacks.isEmpty else { return self }
    if let result = known[bytes] { return result }
    let before = stepped(Array(bytes.dropLast()), &known)
    let result = before.stacks.isEmpty ? before : before.stepped(last)
    known[bytes] = result
    return result
  }

  var mayEnd: Bool { stacks.contains([]) }

  private static func closure(_ stacks: Set<[Int32]>, _ network: GrammarNetwork) -> Set<[Int32]> {
    var found = stacks
    var work = Array(stacks)
    while let stack = work.popLast() {
      guard let node = stack.last else { continue }
      let below = Array(stack.dropLast())
      var next = network.jumps[node].map { below + [$0] }
      // A call at a rule's end leaves nothing to come back to.
      next += network.calls[node].map { call in
        below + (network.accepts[Int(call.target)] ? [call.start] : [call.target, call.start])
      }
      if network.accepts[Int(node)] { next.append(below) }
      for stack in next where found.insert(stack).inserted { work.append(stack) }
    }
    return found
  }
}

struct MaskTests {
  static let grammars = [
    #"root ::= "a" [b-d]* ("é" | "日本" root?)"#,
    "root ::= \"[\" (item (\", \" item)*)? \"]\"\nitem ::= [0-9]+ | root",
    "root ::= s\ns ::= \"a\" s \"b\" | \"a\" s | \"ab\"",
    "root ::= [^\"\\\\]{0,5} \"\\\"\" .*",
    "root ::= (\"a\" | \"ab\" | \"abc\"){2,4} \"é\"?",
  ]

  @Test(arguments: grammars)
  func `a token is in the mask exactly when its bytes fit one by one`(text: String) throws {
    let grammar = try CompiledGrammar(gbnf: text)
    var parser = try GBNFParser(text)
    let network = try GrammarNetworkBuilder.network(try parser.rules())
    for vocabulary in [GrammarToys.bytes, try GrammarToys.pairs()] {
      try compare(grammar, network, vocabulary, steps: 12)
    }
  }

  @Test(arguments: 0..<8)
  func `so it is for schemas`(seed: Int) throws {
    var schemas = RandomSchema(seed: UInt64(seed) + 900)
    let schema = schemas.document()
    let grammar = try CompiledGrammar(schema: schema)
    var compiler = SchemaCompiler(try SchemaDocument(schema), whitespace: .flexible)
    let network = try GrammarNetworkBuilder.network(try compiler.rules())
    if grammar.keyTracking != .none { return }
    try compare(grammar, network, GrammarToys.bytes, steps: 12)
  }

  private func compare(
    _ grammar: CompiledGrammar, _ network: GrammarNetwork, _ vocabulary: GrammarVocabulary,
    steps: Int
  ) throws {
    var random = SplitMix(seed: 5)
    for _ in 0..<3 {
      var matcher = GrammarMatcher(grammar, vocabulary: vocabulary)
      var plain = PlainMatcher(network)
      for _ in 0..<steps {
        let mask = matcher.mask()
        var known: [[UInt8]: PlainMatcher] = [:]
        #expect(matcher.mayEnd == plain.mayEnd)
        for token in 0..<Int32(vocabulary.size) {
          let bytes = Array(vocabulary.bytes(of: token))
          let ends = vocabulary.endOfGeneration.contains(token)
          let fits =
            ends
            ? plain.mayEnd
            : !bytes.isEmpty && !plain.stepped(bytes, &known).stacks.isEmpty
          #expect(mask.contains(token) == fits, "token \(token) \(bytes)")
          var copy = matcher
          let fits1 = copy.advance(token) == fits
          #expect(fits1)
        }
        let allowed = (0..<Int32(vocabulary.size)).filter {
          mask.contains($0) && !vocabulary.endOfGeneration.contains($0)
        }
        guard let token = allowed.randomElement(using: &random) else { break }
        let fits2 = matcher.advance(token)
        #expect(fits2)
        plain = vocabulary.bytes(of: token).reduce(plain) { $0.stepped($1) }
      }
    }
  }

  @Test func `a mask sets what it leaves out to −∞ and nothing else`() {
    var random = SplitMix(seed: 1)
    for count in [1, 63, 64, 65, 200, 256] {
      var mask = TokenMask(count: count)
      for token in 0..<Int32(count) where Bool.random(using: &random) { mask.insert(token) }
      var row = (0..<count + 9).map { Float($0) }
      row.withUnsafeMutableBufferPointer { mask.apply(to: $0) }
      for (token, value) in row.enumerated() {
        #expect(value == (mask.contains(Int32(token)) ? Float(token) : -.infinity))
      }
    }
  }
}
