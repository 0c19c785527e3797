import Testing

@testable import Inference

struct EngineCoreTests {
  private func request(
    _ id: String = "r", prompt: Int = 5, max: Int = 4, stop: [String] = [], logprobs: Int? = nil
  ) -> GenerationRequest {
    GenerationRequest(
      id: id, prompt: (0..<Int32(prompt)).map { $0 % 30 + 5 }, maxTokens: max, sampling: .greedy,
      stop: stop, logprobs: logprobs)
  }

  @Test(arguments: 0..<10)
  func `over any drains the clock balances, and each request is told all of its time`(
    seed: Int
  ) async throws {
    var random = SplitMix(seed: UInt64(seed))
    let clock = ToyClock()
    // Few pages, so that sequences give way; guesses right and wrong; a draft model.
    let engine = HandEngine(
      ToyModel(pages: 14, clock: clock, memory: seed % 2 == 0 ? 2 : .max),
      draft: seed % 3 == 0 ? ToyModel(pages: 20, clock: clock, memory: 2) : nil,
      options: .toy(
        sequences: 3, budget: 9,
        speculation: seed % 5 == 4 ? .off : SpeculationOptions(maximumDraft: 3, policy: .always)),
      clock: clock)
    let start = clock.nanoseconds()
    var generations: [String: Generation] = [:]
    var told: [String: Int64] = [:]
    var sums = (shares: Int64(0), finished: Int64(0), idle: Int64(0))
    var end = start
    func drain() {
      let report = engine.shared.mail.time.drain()
      #expect(report.from == end)
      for share in report.shares { told[share.request, default: 0] += share.nanoseconds }
      let shares = report.shares.reduce(0) { $0 + $1.nanoseconds }
      #expect(
        shares + report.finishedNanoseconds + report.idleNanoseconds == report.to - report.from)
      sums = (
        sums.shares + shares, sums.finished + report.finishedNanoseconds,
        sums.idle + report.idleNanoseconds
      )
      end = report.to
    }
    for index in 0..<600 {
      switch Int.random(in: 0..<24, using: &random) {
      case 0:
        let id = "\(index)"
        generations[id] = try engine.submit(
          request(
            id, prompt: Int.random(in: 1...30, using: &random),
            max: Int.random(in: 1...9, using: &random)))
      case 1, 2: clock.advance(Int64.random(in: 0...5_000, using: &random))
      case 3: generations.values.randomElement(using: &random)?.cancel()
      case 4, 5: drain()
      default:
        _ = engine.turn()
        engine.core.scheduler.checkInvariants()
      }
    }
    while engine.turn() {}
    drain()
    #expect(sums.shares + sums.finished + sums.idle == clock.nanoseconds() - start)
    for (id, generation) in generations {
      let finished = await generation.finished()
      #expect(
        told[id, default: 0] + finished.computeNanoseconds == finished.totalComputeNanoseconds)
    }
    #expect(!generations.isEmpty && sums.finished > 0 && sums.idle > 0 && sums.shares > 0)
    let load = engine.shared.load
    #expect(load.cachedTokens > 0)
    if seed % 5 == 4 {
      #expect(load.draftedTokens == 0)
    } else if seed % 3 == 0 {
      #expect(load.draftedTokens > 0)
    }
  }

  @Test func `the end says what the answer took`() async throws {
    let clock = ToyClock()
    let engine = HandEngine(
      ToyModel(clock: clock), options: .toy(budget: 4), clock: clock,
      texts: ToyTexts(ends: false))
    let generation = try engine.submit(request(prompt: 9, max: 3))
    clock.advance(500)
    while engine.turn() {}
    let finished = await generation.finished()
    #expect(finished.reason == .length)
    #expect(finished.promptTokens == 9 && finished.completionTokens == 3)
    #expect(finished.cachedTokens == 0)
    // Three steps for the prompt, two more tokens; 500 ns in the queue are nobody's.
    #expect(finished.totalNanoseconds == finished.totalComputeNanoseconds + 500)
    #expect(finished.firstTokenNanoseconds > 9 * 1_003)
    #expect(finished.firstTokenNanoseconds < finished.totalNanoseconds)

    let again = try engine.submit(request(prompt: 9, max: 3))
    while engine.turn() {}
    #expect(await again.finished().cachedTokens == 8)
    let load = engine.shared.load
    #expect(load.finished == 2 && load.running == 0 && load.waiting == 0)
    #expect(load.generatedTokens == 6 && load.cachedTokens == 8 && load.promptTokens == 10)
    #expect(finished.computedTokens == 9 + 2 && finished.recomputedTokens == 0)
    #expect(load.kvPagesUsed == 0 && load.kvPagesTotal == 64)
  }

  @Test func `a cancelled answer keeps its text and ends as cancelled`() async throws {
    let engine = HandEngine(ToyModel(), texts: ToyTexts(ends: false))
    let generation = try engine.submit(request(max: 50))
    for _ in 0..<4 { _ = engine.turn() }
    generation.cancel()
    #expect(!engine.turn())
    let answer = await Answer(generation)
    #expect(answer.finished?.reason == .cancelled)
    #expect(answer.finished?.completionTokens == 4)
    #expect(!answer.text.isEmpty)
    #expect(engine.core.scheduler.isEmpty)
  }

  @Test func `a reader that goes away stops its generation, which can still be settled`()
    async throws
  {
    let engine = HandEngine(ToyModel(), texts: ToyTexts(ends: false))
    let generation = try engine.submit(request(max: 50))
    for _ in 0..<3 { _ = engine.turn() }
    let reader = Task { for await _ in generation.events {} }
    reader.cancel()
    await reader.value
    #expect(!engine.turn())
    let finished = await generation.finished()
    #expect(finished.reason == .cancelled && finished.completionTokens == 3)
  }

  @Test func `a generation that nobody keeps stops`() throws {
    let engine = HandEngine(ToyModel(), texts: ToyTexts(ends: false))
    do {
      let generation = try engine.submit(request(max: 50))
      #expect(engine.turn())
      _ = consume generation
    }
    #expect(!engine.turn())
  }

  @Test func `a request cancelled in the queue costs nothing`() async throws {
    let engine = HandEngine(ToyModel(), options: .toy(sequences: 1))
    let first = try engine.submit(request("a", max: 30))
    let second = try engine.submit(request("b"))
    _ = engine.turn()
    second.cancel()
    _ = engine.turn()
    let finished = await second.finished()
    #expect(finished.reason == .cancelled && finished.totalComputeNanoseconds == 0)
    first.cancel()
    _ = engine.turn()
  }

  @Test func `logits that are not numbers fail the request with a message`() async throws {
    let engine = HandEngine(ToyModel(notANumber: true))
    let generation = try engine.submit(request())
    while engine.turn() {}
    guard case .failed(let message) = await generation.finished().reason else {
      Issue.record("did not fail")
      return
    }
    #expect(message.contains("not a number"))
  }

  @Test func `a failing step fails its sequences, and the engine goes on`() async throws {
    let engine = HandEngine(ToyModel(fault: { $0 == 2 }), texts: ToyTexts(ends: false))
    let broken = try engine.submit(request(max: 5))
    while engine.turn() {}
    let answer = await Answer(broken)
    guard case .failed = answer.finished?.reason else {
      Issue.record("did not fail")
      return
    }
    #expect(answer.finished?.completionTokens == 1)
    let next = try engine.submit(request(max: 5))
    while engine.turn() {}
    #expect(await next.finished().reason == .length)
  }

  @Test func `pages of a step that failed serve nobody`() async throws {
    let clean = HandEngine(ToyModel(), texts: ToyTexts(ends: false))
    let engine = HandEngine(ToyModel(fault: { $0 == 1 }), texts: ToyTexts(ends: false))
    let broken = try engine.submit(request(prompt: 13))
    while engine.turn() {}
    #expect(await broken.finished().completionTokens == 0)
    let (expected, again) = (
      try clean.submit(request(prompt: 13)), try engine.submit(request(prompt: 13))
    )
    while clean.turn() {}
    while engine.turn() {}
    let answer = await Answer(again)
    #expect(answer.text == (await Answer(expected)).text)
    #expect(answer.finished?.cachedTokens == 0)
  }

  @Test func `a stop string ends the answer, and its tokens line up with the text`() async throws {
    let engine = HandEngine(ToyModel(), texts: ToyTexts(ends: false))
    let whole = try engine.submit(request(max: 20, logprobs: 2))
    while engine.turn() {}
    let full = await Answer(whole)
    #expect(full.tokens.count == 20)
    #expect(full.tokens.allSatisfy { $0.top.count == 2 && $0.logprob <= $0.top[0].logprob })
    #expect(full.text == String(decoding: full.tokens.flatMap(\.bytes), as: UTF8.self))
    // The border between the eighth token with bytes and the one after.
    let stop = String(full.text.dropFirst(9).prefix(3))
    let cut = try engine.submit(request(max: 20, stop: [stop], logprobs: 0))
    while engine.turn() {}
    let answer = await Answer(cut)
    let range = try #require(full.text.firstRange(of: stop))
    #expect(answer.finished?.reason == .stop)
    #expect(answer.text == full.text[..<range.lowerBound])
  }

  @Test func `the queue is bounded, and the refusal says when to come again`() throws {
    let engine = HandEngine(ToyModel(), options: .toy(sequences: 2, queue: 3))
    let taken = try (0..<5).map { try engine.submit(request("\($0)")) }
    #expect {
      _ = try engine.submit(self.request())
    } throws: { error in
      guard let refusal = error as? EngineRefusal else { return false }
      return refusal.code == .queueFull && (1...600).contains(refusal.retryAfterSeconds ?? 0)
    }
    taken[0].cancel()
    _ = engine.turn()
    _ = try engine.submit(request())
  }
}
