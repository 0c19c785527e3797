/// Makes a network from rules: expands expressions, drops what can never match, refuses left
/// recursion.
struct GrammarNetworkBuilder {
  private(set) var nodes = 0
  private(set) var accepts: [Bool] = []
  var byteEdges: [(from: Int32, edge: GrammarNetwork.ByteEdge)] = []
  var jumpEdges: [(from: Int32, edge: Int32)] = []
  var callEdges: [(from: Int32, edge: GrammarNetwork.CallEdge)] = []
  private(set) var starts: [Int32] = []
  private(set) var names: [String]
  /// Bodies of rules that are still to be expanded; those of repeated expressions come at the end.
  private var pending: [(rule: Int, body: GrammarExpression)] = []
  private var current = ""

  static func network(_ rules: GrammarRules) throws(GrammarError) -> GrammarNetwork {
    var builder = GrammarNetworkBuilder(names: rules.names)
    for (rule, body) in rules.bodies.enumerated() {
      guard let body else {
        throw GrammarError(.syntax, at: rules.names[rule], "the rule has no body; define it")
      }
      builder.starts.append(try builder.node())
      builder.pending.append((rule, body))
    }
    var done = 0
    while done < builder.pending.count {
      let (rule, body) = builder.pending[done]
      builder.pending[done].body = .empty
      done += 1
      builder.current = builder.names[rule]
      let end = try builder.node(accepts: true)
      try builder.expand(body, from: builder.starts[rule], to: end)
    }
    let root = builder.starts[rules.root]
    try builder.prune(root: root, name: rules.names[rules.root])
    try builder.refuseLeftRecursion()
    return GrammarNetwork(builder, root: root)
  }

  private init(names: [String]) { self.names = names }

  private mutating func node(accepts isEnd: Bool = false) throws(GrammarError) -> Int32 {
    guard nodes < GrammarLimits.nodes, byteEdges.count < GrammarLimits.edges else {
      throw GrammarError(
        .limit, at: current,
        "the grammar needs more than \(GrammarLimits.nodes) states; use fewer or shorter bounded "
          + "repetitions (maxLength, maxItems, {m,n})")
    }
    nodes += 1
    accepts.append(isEnd)
    return Int32(nodes - 1)
  }

  /// Adds edges out of `from` and into `to` only, so that expressions can share both.
  private mutating func expand(
    _ expression: GrammarExpression, from: Int32, to: Int32
  ) throws(GrammarError) {
    switch expression {
    case .literal(let bytes):
      var place = from
      for (index, byte) in bytes.enumerated() {
        let next = index == bytes.count - 1 ? to : try node()
        read(byte...byte, from: place, to: next)
        place = next
      }
      if bytes.isEmpty { jumpEdges.append((from, to)) }
    case .scalars(let set): try expand(set, from: from, to: to)
    case .bytes(let ranges):
      for range in ranges { read(range, from: from, to: to) }
    case .sequence(let parts):
      var place = from
      for (index, part) in parts.enumerated() {
        let next = index == parts.count - 1 ? to : try node()
        try expand(part, from: place, to: next)
        place = next
      }
      if parts.isEmpty { jumpEdges.append((from, to)) }
    case .choice(let alternatives):
      for alternative in alternatives { try expand(alternative, from: from, to: to) }
    case .repeated(let body, let least, let most):
      try expand(body, times: least, most, from: from, to: to)
    case .rule(let rule):
      callEdges.append((from, .init(start: starts[rule], target: to)))
    }
  }

  private mutating func expand(
    _ body: GrammarExpression, times least: Int, _ most: Int?, from: Int32, to: Int32
  ) throws(GrammarError) {
    guard max(least, most ?? 0) <= GrammarLimits.repetitions else {
      throw GrammarError(
        .limit, at: current, "a repetition of more than \(GrammarLimits.repetitions); lower it")
    }
    // What is repeated often is expanded once and called.
    let body = max(least, most ?? 0) > 2 ? try shared(body) : body
    var place = from
    for _ in 0..<least {
      let next = try node()
      try expand(body, from: place, to: next)
      place = next
    }
    guard let most else {
      let loop = try node()
      jumpEdges.append((place, loop))
      // A node of its own keeps the loop's edges from those that share `from` and `to`.
      let again = try node()
      try expand(body, from: loop, to: again)
      jumpEdges.append((again, loop))
      jumpEdges.append((loop, to))
      return
    }
    for _ in least..<max(least, most) {
      let next = try node()
      jumpEdges.append((place, to))
      try expand(body, from: place, to: next)
      place = next
    }
    jumpEdges.append((place, to))
  }

  private mutating func shared(
    _ body: GrammarExpression
  ) throws(GrammarError) -> GrammarExpression {
    switch body {
    case .rule, .bytes: return body
    case .literal(let bytes) where bytes.count <= 1: return body
    case .scalars(let set) where set.ranges.allSatisfy({ $0.upperBound < 0x80 }): return body
    default:
      starts.append(try node())
      names.append(current)
      pending.append((starts.count - 1, body))
      return .rule(starts.count - 1)
    }
  }

  private mutating func expand(
    _ set: ScalarSet, from: Int32, to: Int32
  ) throws(GrammarError) {
    // Nodes by what is left to read: ranges of scalars share their tails.
    var tails: [[ClosedRange<UInt8>]: Int32] = [:]
    for sequence in set.byteSequences {
      var target = to
      for index in stride(from: sequence.count - 1, to: 0, by: -1) {
        let tail = Array(sequence[index...])
        if let known = tails[tail] {
          target = known
          continue
        }
        let place = try node()
        read(sequence[index], from: place, to: target)
        tails[tail] = place
        target = place
      }
      read(sequence[0], from: from, to: target)
    }
  }

  private mutating func read(_ range: ClosedRange<UInt8>, from: Int32, to: Int32) {
    byteEdges.append(
      (from, .init(low: range.lowerBound, high: range.upperBound, target: to)))
  }
}
