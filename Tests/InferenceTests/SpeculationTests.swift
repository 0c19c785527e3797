import Testing

@testable import Inference

struct SpeculationTests {
  /// Answers repeat themselves; a step costs `perStep`, and a row `perRow` more.
  private func run(
    perStep: Int64, perRow: Int64, sequences: Int = 1, memory: Int = 2,
    options: SpeculationOptions = SpeculationOptions(), draft: Bool = false
  ) async throws -> (load: EngineLoad, seconds: Double, ends: [Finished]) {
    let clock = ToyClock()
    let model = ToyModel(
      contextLength: 600, pages: 4_000, maximumTokens: 64, clock: clock, memory: memory,
      nanosecondsPerToken: perRow, nanosecondsPerStep: perStep)
    let small = ToyModel(
      contextLength: 600, pages: 4_000, maximumTokens: 64, clock: clock, memory: memory,
      nanosecondsPerToken: perRow / 10, nanosecondsPerStep: perStep / 10)
    let engine = HandEngine(
      model, draft: draft ? small : nil,
      options: .toy(sequences: sequences, budget: 64, speculation: options), clock: clock,
      texts: ToyTexts(ends: false))
    let start = clock.nanoseconds()
    let generations = try (0..<sequences).map { index in
      try engine.submit(
        GenerationRequest(
          id: "\(index)", prompt: [Int32(index + 5), 7, 8], maxTokens: 300, sampling: .greedy))
    }
    while engine.turn() { engine.core.scheduler.checkInvariants() }
    var ends: [Finished] = []
    for generation in generations { ends.append(await generation.finished()) }
    return (engine.shared.load, Double(clock.nanoseconds() - start) / 1e9, ends)
  }

  @Test func `right guesses save steps where rows are cheap`() async throws {
    let plain = try await run(perStep: 1_000_000, perRow: 10_000, options: .off)
    let fast = try await run(perStep: 1_000_000, perRow: 10_000)
    #expect(fast.load.steps * 3 < plain.load.steps)
    #expect(fast.seconds * 2.5 < plain.seconds)
    #expect(fast.ends[0].completionTokens == 300)
    #expect(fast.ends[0].acceptedTokens > 150)
    #expect(fast.ends[0].draftedTokens >= fast.ends[0].acceptedTokens)
    #expect(fast.load.acceptedTokens == fast.ends[0].acceptedTokens)
  }

  @Test func `where rows cost in proportion nothing is guessed for long`() async throws {
    let plain = try await run(perStep: 1_000, perRow: 1_000_000, options: .off)
    let measured = try await run(perStep: 1_000, perRow: 1_000_000)
    #expect(measured.seconds < plain.seconds * 1.1)
  }

  @Test func `guesses that do not come true are given up`() async throws {
    // A row is a quarter of a step: wrong guesses would be dear.
    let plain = try await run(perStep: 300_000, perRow: 100_000, memory: .max, options: .off)
    let measured = try await run(perStep: 300_000, perRow: 100_000, memory: .max)
    #expect(measured.seconds < plain.seconds * 1.08)
    let always = try await run(
      perStep: 300_000, perRow: 100_000, memory: .max,
      options: SpeculationOptions(policy: .always))
    #expect(always.load.draftedTokens > measured.load.draftedTokens * 2)
  }

  @Test func `in a batch whose steps are full of work nothing is guessed`() async throws {
    let plain = try await run(perStep: 500_000, perRow: 200_000, sequences: 16, options: .off)
    let measured = try await run(perStep: 500_000, perRow: 200_000, sequences: 16)
    #expect(measured.seconds < plain.seconds * 1.05)
  }

  @Test(arguments: [1, 5])
  func `a draft model that agrees saves steps`(sequences: Int) async throws {
    let plain = try await run(
      perStep: 1_000_000, perRow: 10_000, sequences: sequences, memory: .max, options: .off)
    let fast = try await run(
      perStep: 1_000_000, perRow: 10_000, sequences: sequences, memory: .max,
      options: SpeculationOptions(promptLookup: false), draft: true)
    #expect(fast.load.acceptedTokens > fast.load.draftedTokens * 9 / 10)
    #expect(fast.seconds * 1.8 < plain.seconds)
    #expect(fast.ends.allSatisfy { $0.completionTokens == 300 })
  }

  @Test func `a draft model that fails is used no more, and answers go on`() async throws {
    let clock = ToyClock()
    let engine = HandEngine(
      ToyModel(clock: clock), draft: ToyModel(clock: clock, fault: { $0 == 4 }),
      options: .toy(speculation: SpeculationOptions(promptLookup: false, policy: .always)),
      clock: clock, texts: ToyTexts(ends: false))
    let generation = try engine.submit(
      GenerationRequest(id: "1", prompt: [5, 6, 7], maxTokens: 30, sampling: .greedy))
    while engine.turn() {}
    #expect(await generation.finished().reason == .length)
    #expect(engine.core.speculation.model == nil)
  }

  @Test func `what followed the last tokens before is guessed to follow again`() {
    var lookup = PromptLookup()
    var tokens: [Int32] = [1, 2, 3, 4, 5, 9, 2, 3]
    // By pair: 2 3 was followed by 4 5 9.
    #expect(lookup.draft(after: tokens, limit: 3) == [4, 5, 9])
    tokens.append(8)
    #expect(lookup.draft(after: tokens, limit: 3) == [])
    tokens += [9, 2, 3]
    // By triple: 9 2 3 was followed by 8, later than 1 2 3 by 4.
    #expect(lookup.draft(after: tokens, limit: 2) == [8, 9])
    tokens += [1, 2, 3]
    #expect(lookup.draft(after: tokens, limit: 2) == [4, 5])
    #expect(lookup.draft(after: tokens, limit: 0) == [])
    var short = PromptLookup()
    #expect(short.draft(after: [1], limit: 4) == [])
  }

  @Test func `the estimate follows what came true, and forgets`() {
    var estimate = DraftAcceptance()
    for _ in 0..<20 { estimate.record(drafted: 4, accepted: 4) }
    #expect(estimate.chance > 0.9 && estimate.expected(4) > 3)
    for _ in 0..<20 { estimate.record(drafted: 4, accepted: 0) }
    #expect(estimate.chance < 0.1 && estimate.expected(4) < 0.2)
    for _ in 0..<500 { estimate.fade() }
    #expect(estimate.chance > 0.4)
  }
}
