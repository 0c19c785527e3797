/// Decides what each step computes. A synchronous state machine: sequences in, step plans out.
///
/// One token budget a step. Every running sequence that waits for its next token takes one; the
/// rest goes to the uncomputed parts of prompts, first come first served, in chunks. KV pages are
/// taken when needed. When none is left, the newest running sequence gives up its pages and waits
/// again; its tokens are kept and computed anew, so nothing is lost.
struct Scheduler {
  struct Options: Sendable {
    var maximumSequences: Int
    var tokenBudget: Int
  }

  /// What a step computes for one sequence: tokens `range` of it, on `pages`.
  struct Entry: Equatable {
    let sequence: UInt64
    let range: Range<Int>
    /// The range ends at the sequence's last token, so its logits give the next one.
    let wantsLogits: Bool
  }

  struct Plan: Equatable {
    var entries: [Entry] = []
    /// Sequences that gave up their pages.
    var preempted: [UInt64] = []

    var tokens: Int { entries.reduce(0) { $0 + $1.range.count } }
    var isEmpty: Bool { entries.isEmpty }
  }

  struct Sequence {
    let id: UInt64
    let scope: String
    let promptCount: Int
    /// Prompt and answer so far.
    var tokens: [Int32]
    /// How many leading tokens have keys and values in `pages`.
    var computed = 0
    var pages: [Int32] = []
    /// How many leading pages are published, and where in the tree they end.
    var publishedPages = 0
    var prefix: PagePool.Prefix
    /// Prompt tokens that the prefix cache served when the sequence first ran; nil before that.
    var cachedTokens: Int?

    var pending: Int { tokens.count - computed }
  }

  let options: Options
  private(set) var pool: PagePool
  /// In order of arrival.
  private(set) var running: [UInt64] = []
  /// In order of arrival: those that gave up their pages stand before those that never ran.
  private(set) var waiting: [UInt64] = []
  private(set) var sequences: [UInt64: Sequence] = [:]

  /// - Precondition: the budget gives each sequence of a full batch its token.
  init(options: Options, pages: Int, pageLength: Int, sharing: Bool) {
    precondition(options.maximumSequences >= 1)
    precondition(options.tokenBudget >= options.maximumSequences)
    self.options = options
    pool = PagePool(pages: pages, pageLength: pageLength, sharing: sharing)
  }

  var isEmpty: Bool { running.isEmpty && waiting.isEmpty }
  /// The longest sequence, prompt and answer, that the pages can hold.
  var capacity: Int { pool.count * pool.pageLength }

  /// Takes a sequence in. Ids must increase: they are the order of arrival.
  /// - Precondition: the caller keeps prompt and answer within ``capacity``.
  mutating func add(id: UInt64, prompt: [Int32], scope: String) {
    precondition(!prompt.isEmpty && prompt.count <= capacity && sequences[id] == nil)
    sequences[id] = Sequence(
      id: id, scope: scope, promptCount: prompt.count, tokens: prompt,
      prefix: .root(scope: scope))
    waiting.append(id)
  }

  /// The next step. Empty only when there is no sequence.
  mutating func schedule() -> Plan {
    var plan = Plan()
    planNextTokens(&plan)
    planPrompts(&plan)
    if plan.preempted.isEmpty { admit(&plan) }
    while plan.isEmpty, running.count > 1 {
      // Prompts share all pages among them and none can go on: the newest makes room.
      preempt(running[running.count - 1], &plan)
      planPrompts(&plan)
    }
    if plan.isEmpty, !waiting.isEmpty, running.isEmpty { admit(&plan) }
    precondition(!plan.isEmpty || isEmpty, "no sequence can go on")
    return plan
  }

  /// Records that a plan's step was computed; full pages become findable.
  mutating func commit(_ plan: Plan) {
    for entry in plan.entries {
      guard var sequence = sequences[entry.sequence] else { continue }
      precondition(sequence.computed == entry.range.lowerBound)
      sequence.computed = entry.range.upperBound
      while (sequence.publishedPages + 1) * pool.pageLength <= sequence.computed {
        let start = sequence.publishedPages * pool.pageLength
        sequence.prefix = pool.publish(
          sequence.pages[sequence.publishedPages],
          tokens: sequence.tokens[start..<start + pool.pageLength], after: sequence.prefix)
        sequence.publishedPages += 1
      }
      sequences[entry.sequence] = sequence
    }
  }

  /// Adds a sequence's next token.
  mutating func append(_ token: Int32, to id: UInt64) {
    precondition(sequences[id] != nil)
    sequences[id]?.tokens.append(token)
  }

  /// Takes a sequence out, wherever it is.
  mutating func remove(_ id: UInt64) {
    guard sequences[id] != nil else { return }
    releasePages(of: id)
    sequences[id] = nil
    running.removeAll { $0 == id }
    waiting.removeAll { $0 == id }
  }

  // MARK: - Planning

  /// One token for every sequence that only waits for its next one, oldest first.
  private mutating func planNextTokens(_ plan: inout Plan) {
    for id in running {
      // One that was preempted by an older one is no longer running.
      guard let sequence = sequences[id], sequence.pending == 1, isRunning(id, plan) else {
        continue
      }
      while !grow(id, to: sequence.tokens.count) {
        let victim = running[running.count - 1]
        preempt(victim, &plan)
        if victim == id { break }
      }
      guard isRunning(id, plan) else { continue }
      enter(id, count: 1, &plan)
    }
  }

  /// Chunks of prompts, oldest first, as far as budget and pages go; never at others' cost.
  private mutating func planPrompts(_ plan: inout Plan) {
    for id in running {
      let budget = options.tokenBudget - plan.tokens
      guard budget > 0 else { return }
      guard let sequence = sequences[id], sequence.pending > 1 else { continue }
      let room = (sequence.pages.count + pool.free) * pool.pageLength - sequence.computed
      let count = min(sequence.pending, budget, room)
      guard count > 0, grow(id, to: sequence.computed + count) else { continue }
      enter(id, count: count, &plan)
    }
  }

  /// Lets waiting sequences in, first come first served, while all of their tokens find pages.
  private mutating func admit(_ plan: inout Plan) {
    while let id = waiting.first, running.count < options.maximumSequences {
      let budget = options.tokenBudget - plan.tokens
      guard budget > 0, var sequence = sequences[id] else { return }
      // The last token is always computed: its logits are wanted.
      let limit = (sequence.tokens.count - 1) / pool.pageLength
      let match = pool.matchLength(sequence.tokens, scope: sequence.scope, limit: limit)
      let needed = pageCount(sequence.tokens.count) - match.pages + match.unheld
      guard needed <= pool.free else { return }
      let matched = pool.match(sequence.tokens, scope: sequence.scope, limit: limit)
      sequence.pages = matched.pages
      sequence.prefix = matched.prefix
      sequence.publishedPages = matched.pages.count
      sequence.computed = matched.pages.count * pool.pageLength
      if sequence.cachedTokens == nil { sequence.cachedTokens = sequence.computed }
      sequences[id] = sequence
      waiting.removeFirst()
      let place = running.firstIndex { $0 > id } ?? running.count
      running.insert(id, at: place)
      let count = min(sequence.pending, budget)
      let grown = grow(id, to: sequence.computed + count)
      precondition(grown)
      enter(id, count: count, &plan)
    }
  }

  private mutating func enter(_ id: UInt64, count: Int, _ plan: inout Plan) {
    guard let sequence = sequences[id] else { return }
    let end = sequence.computed + count
    plan.entries.append(
      Entry(
        sequence: id, range: sequence.computed..<end, wantsLogits: end == sequence.tokens.count))
  }

  private func isRunning(_ id: UInt64, _ plan: Plan) -> Bool { !plan.preempted.contains(id) }

  /// Takes pages until the sequence has room for `tokens`; if there are too few, takes none.
  private mutating func grow(_ id: UInt64, to tokens: Int) -> Bool {
    guard let held = sequences[id]?.pages.count else { return false }
    let needed = pageCount(tokens) - held
    guard needed <= pool.free else { return false }
    for _ in 0..<max(0, needed) {
      if let page = pool.take() { sequences[id]?.pages.append(page) }
    }
    return true
  }

  private func pageCount(_ tokens: Int) -> Int { (tokens + pool.pageLength - 1) / pool.pageLength }

  private mutating func preempt(_ id: UInt64, _ plan: inout Plan) {
    releasePages(of: id)
    running.removeAll { $0 == id }
    let place = waiting.firstIndex { $0 > id } ?? waiting.count
    waiting.insert(id, at: place)
    plan.preempted.append(id)
  }

  /// The last page first, so that the end of a prefix is given up before its beginning.
  private mutating func releasePages(of id: UInt64) {
    guard var sequence = sequences[id] else { return }
    for page in sequence.pages.reversed() { pool.release(page) }
    sequence.pages = []
    sequence.computed = 0
    sequence.publishedPages = 0
    sequence.prefix = .root(scope: sequence.scope)
    sequences[id] = sequence
  }
}

extension Scheduler {
  /// For tests: every page is held exactly as often as sequences list it, and who waits holds none.
  func checkInvariants() {
    pool.checkInvariants()
    var held: [Int32: Int] = [:]
    for sequence in sequences.values {
      for page in sequence.pages { held[page, default: 0] += 1 }
      precondition(sequence.computed <= sequence.tokens.count)
      precondition(sequence.computed <= sequence.pages.count * pool.pageLength)
    }
    for page in 0..<Int32(pool.count) { precondition(pool.holders(page) == held[page, default: 0]) }
    precondition(Set(running).isDisjoint(with: waiting))
    precondition(Set(running).union(waiting) == Set(sequences.keys))
    precondition(running == running.sorted() && waiting == waiting.sorted())
    precondition(running.count <= options.maximumSequences)
    for id in waiting { precondition(sequences[id]?.pages.isEmpty == true) }
  }
}
