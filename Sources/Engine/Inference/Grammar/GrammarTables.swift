/// A network's states as they are met: a table from state and byte to state, filled on demand.
///
/// A state is a set of (node, set of stacks), closed under jumps, calls and returns, of which the
/// nodes that read a byte are kept. It stands for every reading of the text so far.
struct GrammarTables: ~Copyable {
  static let dead: Int32 = 1
  private static let unknown: Int32 = 0

  struct State: Hashable {
    /// Sorted `StackSets.top(node, stacks)`.
    var configurations: [UInt64]
    /// The text may end here.
    var mayEnd: Bool
  }

  let network: GrammarNetwork
  let classes: Int
  private(set) var stacks = StackSets()
  private(set) var states: [State]
  private var numbers: [State: Int32]
  /// [states][classes]
  private var next: UnsafeMutablePointer<Int32>
  private var capacity: Int
  /// What `plainStep` found, plus 3; 0 is unknown.
  private var plainSteps: [Int32]
  private(set) var start: Int32 = 1
  /// Configurations visited since the last `beginWork`.
  private var work = 0
  private var stackWork = 0
  /// Configurations in all states.
  private var configurations = 0

  // Scratch of one closure: the stacks of each node, valid where the mark is the current one.
  private var marks: [Int32]
  private var stacksOf: [Int32]
  private var mark: Int32 = 0
  private var worklist: [Int32] = []
  private var visited: [Int32] = []
  private var mayEnd = false

  init(_ network: GrammarNetwork) {
    self.network = network
    classes = network.classes
    let nothing = State(configurations: [], mayEnd: false)
    states = [nothing, nothing]
    numbers = [nothing: Self.dead]
    plainSteps = [0, 0]
    capacity = 64
    next = .allocate(capacity: capacity * classes)
    next.initialize(repeating: Self.unknown, count: capacity * classes)
    marks = Array(repeating: 0, count: network.nodes)
    stacksOf = Array(repeating: 0, count: network.nodes)
    for index in 0..<classes { next[Int(Self.dead) * classes + index] = Self.dead }
    beginClosure()
    visit(network.root, StackSets.empty)
    start = finishClosure()
  }

  deinit { next.deallocate() }

  var isFull: Bool {
    states.count > GrammarLimits.states || stacks.size + configurations > GrammarLimits.stacks
  }
  /// The grammar is so ambiguous that its states cannot be told in reasonable time.
  var isExhausted: Bool { work + stacks.work - stackWork > GrammarLimits.work }

  mutating func beginWork() {
    work = 0
    stackWork = stacks.work
  }

  /// The state after a byte; `dead` when it does not fit. O(1) once known.
  @inline(__always)
  mutating func step(_ state: Int32, _ byte: UInt8) -> Int32 {
    step(state, class: Int(network.classOfByte[Int(byte)]))
  }

  @inline(__always)
  mutating func step(_ state: Int32, class index: Int) -> Int32 {
    let known = next[Int(state) * classes + index]
    return known != Self.unknown ? known : compute(state, index)
  }

  @inline(never)
  private mutating func compute(_ state: Int32, _ index: Int) -> Int32 {
    let byte = network.bytesOfClass[index]
    beginClosure()
    for configuration in states[Int(state)].configurations {
      let below = StackSets.below(configuration)
      for place in network.bytes.range(StackSets.node(configuration)) {
        let edge = network.bytes.edges[place]
        if edge.low <= byte, byte <= edge.high { visit(edge.target, below) }
      }
    }
    let result = finishClosure()
    if !isExhausted { next[Int(state) * classes + index] = result }
    return result
  }

  /// The number of a state given by its parts.
  mutating func number(_ state: State) -> Int32 {
    if let known = numbers[state] { return known }
    let number = Int32(states.count)
    states.append(state)
    configurations += state.configurations.count
    plainSteps.append(0)
    numbers[state] = number
    if states.count > capacity { grow() }
    return number
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Int32>.allocate(capacity: 2 * capacity * classes)
    larger.moveInitialize(from: next, count: capacity * classes)
    (larger + capacity * classes).initialize(
      repeating: Self.unknown, count: capacity * classes)
    next.deallocate()
    next = larger
    capacity *= 2
  }

  mutating func adopt(stacks tops: [UInt64]) -> Int32 { stacks.number(tops) }

  // MARK: Closure

  private mutating func beginClosure() {
    mark &+= 1
    if mark == .max {
      marks = Array(repeating: 0, count: network.nodes)
      mark = 1
    }
    visited.removeAll(keepingCapacity: true)
    mayEnd = false
  }

  private mutating func visit(_ node: Int32, _ set: Int32) {
    work += 1
    let place = Int(node)
    if marks[place] == mark {
      let merged = stacks.union(stacksOf[place], set)
      guard merged != stacksOf[place] else { return }
      stacksOf[place] = merged
    } else {
      marks[place] = mark
      stacksOf[place] = set
      visited.append(node)
    }
    worklist.append(node)
  }

  private mutating func finishClosure() -> Int32 {
    while let node = worklist.popLast() {
      if isExhausted {
        worklist.removeAll()
        return Self.dead
      }
      let set = stacksOf[Int(node)]
      if network.accepts[Int(node)] {
        for top in stacks[set] {
          if top == StackSets.bottom {
            mayEnd = true
          } else {
            visit(StackSets.node(top), StackSets.below(top))
          }
        }
      }
      for place in network.jumps.range(node) { visit(network.jumps.edges[place], set) }
      for place in network.calls.range(node) {
        let call = network.calls.edges[place]
        // Nothing follows a call at a rule's end: the caller's stacks serve the called rule.
        if network.accepts[Int(call.target)] {
          visit(call.start, set)
        } else if let pushed = stacks.push(call.target, on: set) {
          visit(call.start, pushed)
        }
      }
    }
    var configurations: [UInt64] = []
    for node in visited where !network.bytes.range(node).isEmpty {
      configurations.append(StackSets.top(node, stacksOf[Int(node)]))
    }
    configurations.sort()
    return number(State(configurations: configurations, mayEnd: mayEnd))
  }
}

extension GrammarTables {
  /// One more character of plain text (see `PlainText`).
  enum PlainStep: Equatable {
    /// All of them lead to one state.
    case to(Int32)
    /// None fits.
    case none
    /// Some fit, or they lead to different states.
    case mixed
  }

  mutating func plainStep(_ state: Int32) -> PlainStep {
    if plainSteps[Int(state)] == 0 {
      let code: Int32 =
        switch findPlainStep(state) {
        case .none: 1
        case .mixed: 2
        case .to(let target): target + 3
        }
      plainSteps[Int(state)] = code
    }
    return switch plainSteps[Int(state)] {
    case 1: .none
    case 2: .mixed
    case let code: .to(code - 3)
    }
  }

  private mutating func findPlainStep(_ state: Int32) -> PlainStep {
    var found: Int32?
    for sequence in PlainText.byteSequences {
      var place = state
      for range in sequence {
        guard let target = uniformStep(place, range) else { return .mixed }
        place = target
        if place == Self.dead { break }
      }
      if let found, found != place { return .mixed }
      found = place
    }
    guard let found, found != Self.dead else { return .none }
    return .to(found)
  }

  /// The state that every byte of a range leads to, if there is one.
  private mutating func uniformStep(_ state: Int32, _ range: ClosedRange<UInt8>) -> Int32? {
    let first = Int(network.classOfByte[Int(range.lowerBound)])
    let last = Int(network.classOfByte[Int(range.upperBound)])
    let target = step(state, class: first)
    for index in first...last where step(state, class: index) != target { return nil }
    return target
  }
}
