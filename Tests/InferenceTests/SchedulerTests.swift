import Testing

@testable import Inference

struct SchedulerTests {
  private typealias Entry = Scheduler.Entry

  private func scheduler(
    sequences: Int = 4, budget: Int = 8, pages: Int = 16, sharing: Bool = true
  ) -> Scheduler {
    Scheduler(
      options: .init(
        maximumSequences: sequences, tokenBudget: budget,
        maximumLogitRows: max(sequences, min(budget, 12))),
      work: WorkEstimate(perToken: 1000, perPosition: 3, perLogitRow: 500), pages: pages,
      pageLength: 4, sharing: sharing)
  }

  private func tokens(_ count: Int, from first: Int32 = 1) -> [Int32] {
    (0..<Int32(count)).map { first + $0 }
  }

  /// Commits and gives each sequence that asked for logits a next token.
  private func advance(_ scheduler: inout Scheduler, _ plan: Scheduler.Plan, token: Int32 = 99) {
    scheduler.commit(plan)
    for entry in plan.entries where entry.logitRows > 0 {
      scheduler.append([token], to: entry.sequence)
    }
  }

  @Test func `a prompt is computed in chunks of the budget, logits come with its last token`() {
    var s = scheduler(budget: 8)
    s.add(id: 1, prompt: tokens(10), scope: "")
    var plan = s.schedule()
    #expect(plan.entries == [Entry(sequence: 1, range: 0..<8, logitRows: 0)])
    advance(&s, plan)
    plan = s.schedule()
    #expect(plan.entries == [Entry(sequence: 1, range: 8..<10, logitRows: 1)])
    advance(&s, plan)
    #expect(s.schedule().entries == [Entry(sequence: 1, range: 10..<11, logitRows: 1)])
  }

  @Test func `running sequences take one token each before prompts take the rest`() {
    var s = scheduler(budget: 8)
    s.add(id: 1, prompt: tokens(2), scope: "")
    advance(&s, s.schedule())
    s.add(id: 2, prompt: tokens(20, from: 40), scope: "")
    s.add(id: 3, prompt: tokens(5, from: 70), scope: "")
    let plan = s.schedule()
    #expect(
      plan.entries == [
        Entry(sequence: 1, range: 2..<3, logitRows: 1),
        Entry(sequence: 2, range: 0..<7, logitRows: 0),
      ])
  }

  @Test func `prompts go first come, first served`() {
    var s = scheduler(sequences: 2, budget: 8)
    for id in 1...3 { s.add(id: UInt64(id), prompt: tokens(3, from: Int32(id * 10)), scope: "") }
    let plan = s.schedule()
    #expect(plan.entries.map(\.sequence) == [1, 2])
    #expect(s.waiting == [3])
  }

  @Test func `out of pages, the newest gives up its own and loses nothing`() {
    var s = scheduler(sequences: 2, budget: 8, pages: 3, sharing: false)
    s.add(id: 1, prompt: tokens(4), scope: "")
    s.add(id: 2, prompt: tokens(4, from: 50), scope: "")
    advance(&s, s.schedule())
    // The first takes the last page; the second finds none and makes room itself.
    let plan = s.schedule()
    #expect(plan.entries.map(\.sequence) == [1])
    #expect(plan.preempted == [2])
    #expect(s.sequences[2]?.tokens == tokens(4, from: 50) + [99])
    #expect(s.waiting == [2] && s.running == [1])
    advance(&s, plan)
    s.remove(1)
    let again = s.schedule()
    #expect(again.entries == [Entry(sequence: 2, range: 0..<5, logitRows: 1)])
  }

  @Test func `out of pages, the lowest priority gives way, whoever came first`() {
    var s = scheduler(sequences: 2, budget: 8, pages: 3, sharing: false)
    s.add(id: 1, prompt: tokens(4), scope: "", priority: -1)
    s.add(id: 2, prompt: tokens(4, from: 50), scope: "", customer: "b")
    advance(&s, s.schedule())
    let plan = s.schedule()
    #expect(plan.entries.map(\.sequence) == [2])
    #expect(plan.preempted == [1])
  }

  @Test func `who gave way goes on with what is still cached`() {
    var s = scheduler(sequences: 2, budget: 16, pages: 4)
    s.add(id: 1, prompt: tokens(4), scope: "a")
    s.add(id: 2, prompt: tokens(7, from: 50), scope: "b")
    advance(&s, s.schedule())
    var plan = s.schedule()
    advance(&s, plan)
    // The second has a page of its own to go on with, then there is none.
    while plan.preempted.isEmpty {
      plan = s.schedule()
      advance(&s, plan)
      s.checkInvariants()
    }
    #expect(plan.preempted == [2])
    s.remove(1)
    let again = s.schedule()
    #expect(again.entries.map(\.sequence) == [2])
    #expect((again.entries.first?.range.lowerBound ?? 0) >= 4)
    #expect(s.sequences[2]?.recomputedTokens == 8 - (again.entries.first?.range.lowerBound ?? 0))
  }

  @Test func `an older sequence is never preempted for a newer one`() {
    var s = scheduler(sequences: 2, budget: 8, pages: 4, sharing: false)
    s.add(id: 1, prompt: tokens(7), scope: "")
    advance(&s, s.schedule())
    s.add(id: 2, prompt: tokens(8, from: 50), scope: "")
    for _ in 0..<6 {
      let plan = s.schedule()
      #expect(!plan.preempted.contains(1))
      advance(&s, plan)
      s.checkInvariants()
    }
  }

  @Test func `what is cached serves the next prompt, but its last token is always computed`() {
    var s = scheduler(budget: 16)
    s.add(id: 1, prompt: tokens(9), scope: "")
    advance(&s, s.schedule())
    s.remove(1)
    s.add(id: 2, prompt: tokens(8), scope: "")
    let plan = s.schedule()
    #expect(plan.entries == [Entry(sequence: 2, range: 7..<8, logitRows: 1)])
    #expect(s.sequences[2]?.cachedTokens == 7)
    // Four tokens on a page of the first, three on a copy of its second.
    #expect(plan.copies.map(\.tokens) == [3])
    #expect(plan.copies.first?.to == s.sequences[2]?.pages[1])
  }

  @Test func `sequences share the pages of a common beginning while they run`() throws {
    var s = scheduler(budget: 16)
    s.add(id: 1, prompt: tokens(9), scope: "")
    advance(&s, s.schedule())
    s.add(id: 2, prompt: tokens(10), scope: "")
    advance(&s, s.schedule())
    let (first, second) = (try #require(s.sequences[1]), try #require(s.sequences[2]))
    #expect(first.pages.prefix(2) == second.pages.prefix(2))
    #expect(s.pool.holders(first.pages[0]) == 2)
    s.remove(1)
    s.checkInvariants()
    #expect(s.pool.holders(second.pages[0]) == 1)
  }

  @Test(arguments: 0..<30)
  func `any operations keep the pages' counts right, and every sequence ends`(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let pages = Int.random(in: 6...20, using: &random)
    var s = scheduler(
      sequences: Int.random(in: 1...6, using: &random),
      budget: Int.random(in: 6...24, using: &random), pages: pages,
      sharing: Bool.random(using: &random))
    var left: [UInt64: Int] = [:]
    var lastId: UInt64 = 0
    var steps = 0
    while lastId < 60 || !s.isEmpty {
      steps += 1
      guard steps < 20_000 else {
        Issue.record("sequences do not end")
        return
      }
      if lastId < 60, Int.random(in: 0..<3, using: &random) == 0 {
        lastId += 1
        let answer = Int.random(in: 1...8, using: &random)
        let count = Int.random(in: 1...(s.capacity - answer), using: &random)
        // Few different prompts, so that beginnings are shared.
        s.add(
          id: lastId, prompt: tokens(count, from: Int32.random(in: 0...2, using: &random)),
          scope: "\(lastId % 2)", customer: "\(lastId % 3)",
          priority: Int.random(in: -1...1, using: &random),
          weight: Int.random(in: 1...9, using: &random))
        left[lastId] = answer
      }
      if Int.random(in: 0..<25, using: &random) == 0,
        let id = left.keys.randomElement(using: &random)
      {
        s.remove(id)
        left[id] = nil
      }
      var plan = s.schedule()
      s.checkInvariants()
      for index in 0..<plan.nextEntries where Bool.random(using: &random) {
        let most = min(
          s.draftRoom(index, in: plan), left[plan.entries[index].sequence, default: 1] - 1)
        s.extend(index, by: Int.random(in: 0...max(0, most), using: &random), in: &plan)
        s.checkInvariants()
      }
      #expect(plan.tokens <= s.options.tokenBudget)
      #expect(plan.tokens == plan.entries.reduce(0) { $0 + $1.range.count })
      #expect(plan.logitRows == plan.entries.reduce(0) { $0 + $1.logitRows })
      #expect(plan.logitRows <= s.options.maximumLogitRows)
      #expect(Set(plan.entries.map(\.sequence)).count == plan.entries.count)
      #expect(plan.isEmpty == s.isEmpty)
      for entry in plan.entries {
        #expect((s.sequences[entry.sequence]?.pages.count ?? 0) * 4 >= entry.range.upperBound)
      }
      s.commit(plan)
      for entry in plan.entries where entry.logitRows > 0 {
        // Any number of the guesses is right.
        let right = Int.random(in: 1...entry.logitRows, using: &random)
        s.append(
          (0..<right).map { _ in Int32.random(in: 0...3, using: &random) }, to: entry.sequence)
        left[entry.sequence, default: 1] -= right
        if left[entry.sequence] == 0 {
          s.remove(entry.sequence)
          left[entry.sequence] = nil
        }
      }
      s.checkInvariants()
    }
    #expect(s.pool.free == s.pool.count)
  }
}
