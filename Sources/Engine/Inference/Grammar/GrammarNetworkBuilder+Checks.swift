extension GrammarNetworkBuilder {
  /// Drops edges from which no rule's end can be reached: every state of a match can be completed.
  mutating func prune(root: Int32, name: String) throws(GrammarError) {
    let live = reachesEnd(readingBytes: true)
    guard live[Int(root)] else {
      throw GrammarError(
        .unsatisfiable, at: name,
        "no finite text fits; remove the contradiction, or give the recursion an end")
    }
    byteEdges.removeAll { !live[Int($0.edge.target)] }
    jumpEdges.removeAll { !live[Int($0.edge)] }
    callEdges.removeAll { !live[Int($0.edge.target)] || !live[Int($0.edge.start)] }
  }

  /// Which nodes reach the end of their rule. A fixed point, O(edges).
  private func reachesEnd(readingBytes: Bool) -> [Bool] {
    var into: [(from: Int32, edge: Int32)] = jumpEdges.map { ($0.edge, $0.from) }
    if readingBytes { into += byteEdges.map { ($0.edge.target, $0.from) } }
    let direct = GrammarNetwork.Edges(nodes: nodes, into)
    // A call is passed when both the called rule and what follows reach their ends.
    var calls: [(from: Int32, edge: Int32)] = []
    for (index, call) in callEdges.enumerated() {
      calls.append((call.edge.target, Int32(index)))
      calls.append((call.edge.start, Int32(index)))
    }
    let byEnd = GrammarNetwork.Edges(nodes: nodes, calls)
    var reaches = accepts
    var work = accepts.indices.filter { accepts[$0] }.map { Int32($0) }
    while let node = work.popLast() {
      var found = Array(direct[node])
      for index in byEnd[node] {
        let call = callEdges[Int(index)]
        if reaches[Int(call.edge.target)], reaches[Int(call.edge.start)] { found.append(call.from) }
      }
      for place in found where !reaches[Int(place)] {
        reaches[Int(place)] = true
        work.append(place)
      }
    }
    return reaches
  }

  /// A rule that may call itself before it has read a byte would never end.
  func refuseLeftRecursion() throws(GrammarError) {
    let nullable = reachesEnd(readingBytes: false)
    let jumps = GrammarNetwork.Edges(nodes: nodes, jumpEdges)
    let calls = GrammarNetwork.Edges(nodes: nodes, callEdges)
    var ruleOfStart: [Int32: Int] = [:]
    for (rule, start) in starts.enumerated() { ruleOfStart[start] = rule }
    var seen = [Int32](repeating: -1, count: nodes)
    let callees = starts.indices.map { rule -> [Int] in
      var found: Set<Int> = []
      var work = [starts[rule]]
      seen[Int(starts[rule])] = Int32(rule)
      while let node = work.popLast() {
        var next = Array(jumps[node])
        for call in calls[node] {
          if let callee = ruleOfStart[call.start] { found.insert(callee) }
          if nullable[Int(call.start)] { next.append(call.target) }
        }
        for place in next where seen[Int(place)] != Int32(rule) {
          seen[Int(place)] = Int32(rule)
          work.append(place)
        }
      }
      return found.sorted()
    }
    if let rule = Self.cycle(callees) {
      throw GrammarError(
        .unsupported, at: names[rule],
        "refers to itself before anything is matched (left recursion); put something before it, or "
          + "use a repetition")
    }
  }

  /// A member of a cycle of the graph, by depth-first search without recursion.
  private static func cycle(_ edges: [[Int]]) -> Int? {
    enum Colour { case new, open, done }
    var colours = [Colour](repeating: .new, count: edges.count)
    for start in edges.indices where colours[start] == .new {
      var path: [(node: Int, next: Int)] = [(start, 0)]
      colours[start] = .open
      while let (node, next) = path.last {
        guard next < edges[node].count else {
          colours[node] = .done
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let target = edges[node][next]
        switch colours[target] {
        case .open: return target
        case .new:
          colours[target] = .open
          path.append((target, 0))
        case .done: break
        }
      }
    }
    return nil
  }
}
