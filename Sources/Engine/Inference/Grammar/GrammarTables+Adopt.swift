extension GrammarTables {
  /// Takes over a state of another automaton of the same network, with the stacks it stands on.
  mutating func adopt(_ state: State, sets: [[UInt64]]) -> Int32 {
    var needed: Set<Int32> = []
    var work = state.configurations.map { StackSets.below($0) }
    while let set = work.popLast() {
      guard needed.insert(set).inserted else { continue }
      for top in sets[Int(set)] where top != StackSets.bottom { work.append(StackSets.below(top)) }
    }
    // A set has a higher number than those below it.
    var numbers: [Int32: Int32] = [:]
    for set in needed.sorted() {
      let tops = sets[Int(set)].map { top in
        top == StackSets.bottom
          ? top : StackSets.top(StackSets.node(top), numbers[StackSets.below(top)] ?? 0)
      }
      numbers[set] = adopt(stacks: tops)
    }
    let configurations = state.configurations.map {
      StackSets.top(StackSets.node($0), numbers[StackSets.below($0)] ?? 0)
    }
    return number(State(configurations: configurations, mayEnd: state.mayEnd))
  }

}
