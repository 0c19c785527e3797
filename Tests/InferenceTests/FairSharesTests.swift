import Testing

@testable import Inference

/// Law: over time customers get work by weight, whatever they ask for; everyone's turn comes.
struct FairSharesTests {
  private func scheduler(sequences: Int = 4, budget: Int = 32) -> Scheduler {
    Scheduler(
      options: .init(maximumSequences: sequences, tokenBudget: budget),
      work: WorkEstimate(perToken: 1000, perPosition: 3, perLogitRow: 500), pages: 200,
      pageLength: 4, sharing: false)
  }

  /// Computes a step; sequences end after `answer` tokens. Gives the tokens computed by sequence.
  private func step(_ s: inout Scheduler, answer: (UInt64) -> Int) -> [UInt64: Int] {
    let plan = s.schedule()
    s.commit(plan)
    var done: [UInt64: Int] = [:]
    for entry in plan.entries {
      done[entry.sequence, default: 0] += entry.range.count
      guard entry.logitRows > 0, let sequence = s.sequences[entry.sequence] else { continue }
      s.append([7], to: entry.sequence)
      if sequence.tokens.count - sequence.promptCount >= answer(entry.sequence) {
        s.remove(entry.sequence)
      }
    }
    return done
  }

  @Test func `customers who always want more get work by their weights`() {
    var s = scheduler()
    var random = SplitMix(seed: 1)
    let weights = ["a": 1, "b": 3, "c": 2]
    var owner: [UInt64: String] = [:]
    var last: UInt64 = 0
    var got: [String: Int] = [:]
    for _ in 0..<6_000 {
      for (customer, weight) in weights.sorted(by: { $0.key < $1.key }) {
        while s.sequences.values.count(where: { $0.share.key.customer == customer }) < 8 {
          last += 1
          owner[last] = customer
          // One of them asks for longer answers than others.
          s.add(
            id: last, prompt: [Int32](repeating: 3, count: Int.random(in: 1...40, using: &random)),
            scope: customer, customer: customer, weight: weight)
        }
      }
      let done = step(&s) { owner[$0] == "a" ? 20 : 5 }
      for (id, tokens) in done { got[owner[id] ?? "", default: 0] += tokens }
    }
    let all = Double(got.values.reduce(0, +))
    for (customer, weight) in weights {
      #expect(abs(Double(got[customer] ?? 0) / all - Double(weight) / 6) < 0.03, "\(got)")
    }
  }

  @Test func `within a customer it is first come, first served`() {
    var s = scheduler(sequences: 1)
    for id in 1...5 { s.add(id: UInt64(id), prompt: [1, 2, 3], scope: "", customer: "a") }
    var order: [UInt64] = []
    while !s.isEmpty {
      for id in step(&s, answer: { _ in 2 }).keys where order.last != id { order.append(id) }
    }
    #expect(order == [1, 2, 3, 4, 5])
  }

  @Test func `a higher priority goes first`() {
    var s = scheduler(sequences: 1)
    for id in 1...3 { s.add(id: UInt64(id), prompt: [1], scope: "", customer: "a") }
    s.add(id: 4, prompt: [1], scope: "", customer: "b", priority: 1)
    #expect(s.schedule().entries.map(\.sequence) == [4])
  }

  @Test func `who was away has saved up nothing`() {
    var s = scheduler(sequences: 2, budget: 8)
    var last: UInt64 = 0
    func ask(_ customer: String, _ count: Int) {
      for _ in 0..<count {
        last += 1
        s.add(id: last, prompt: [1, 2, 3, 4], scope: customer, customer: customer)
      }
    }
    ask("late", 1)
    ask("busy", 60)
    for _ in 0..<60 { _ = step(&s, answer: { _ in 3 }) }
    ask("late", 40)
    ask("busy", 40)
    var got = [0, 0]
    for _ in 0..<40 {
      for (id, tokens) in step(&s, answer: { _ in 3 }) {
        got[id > 61 && id <= 101 ? 1 : 0] += tokens
      }
    }
    #expect(abs(got[0] - got[1]) < 30, "\(got)")
  }

  @Test(arguments: 0..<12)
  func `nobody starves, whatever the others ask for`(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    var s = scheduler(sequences: 2, budget: 16)
    var last: UInt64 = 0
    var arrival: [UInt64: Int] = [:]
    var longest = 0
    for step in 0..<8_000 {
      // A flood of requests of high priority and weight, from ever new customers too.
      while s.sequences.count < 12 {
        last += 1
        let high = Int.random(in: 0..<10, using: &random) > 0
        s.add(
          id: last, prompt: [Int32](repeating: 1, count: Int.random(in: 1...30, using: &random)),
          scope: "\(last)",
          customer: Bool.random(using: &random) ? "\(last)" : "c\(last % 4)",
          priority: high ? 1 : Int.random(in: -1...0, using: &random),
          weight: high ? 50 : 1)
        arrival[last] = step
      }
      _ = self.step(&s, answer: { _ in 3 })
      for (id, sequence) in s.sequences where sequence.cachedTokens == nil {
        longest = max(longest, step - (arrival[id] ?? step))
      }
    }
    #expect(longest < 2_000, "\(longest)")
    #expect(last > 1_000)
  }
}
