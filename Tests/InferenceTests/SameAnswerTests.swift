import Testing

@testable import Inference

/// Law: a sequence's tokens do not depend on its batch, on prefix hits, chunks, preemption or
/// speculation.
struct SameAnswerTests {
  private func request(_ index: Int, random: inout SplitMix) -> GenerationRequest {
    let count = Int.random(in: 1...40, using: &random)
    // Half of the prompts begin alike, for a while.
    let shared = (0..<count).map { Int32($0 % 39 + 1) }
    let part = Int.random(in: 0...count, using: &random)
    let own = shared.prefix(part) + shared.dropFirst(part).map { ($0 + Int32(index)) % 40 }
    let greedy = Bool.random(using: &random)
    var request = GenerationRequest(
      id: "\(index)", prompt: Bool.random(using: &random) ? shared : Array(own),
      maxTokens: Int.random(in: 1...20, using: &random),
      sampling: SamplingOptions(
        temperature: greedy ? 0 : 1, topK: index % 3 == 0 ? 8 : 0, topP: index % 2 == 0 ? 0.9 : 1,
        repetitionPenalty: index % 4 == 0 ? 1.3 : 1, frequencyPenalty: index % 5 == 0 ? 0.4 : 0,
        seed: UInt64(index)),
      stop: index % 6 == 0 ? ["<7"] : [], logprobs: index % 2 == 0 ? 3 : nil)
    request.priority = Int.random(in: -1...1, using: &random)
    request.customer = "\(index % 3)"
    request.weight = 1 + index % 4
    return request
  }

  @Test(arguments: 0..<30)
  func `answers alone and in any batch are equal`(seed: Int) async throws {
    var random = SplitMix(seed: UInt64(seed))
    let requests = (0..<24).map { request($0, random: &random) }
    // A short memory makes answers repeat themselves, so that guesses come true.
    let memory = seed % 2 == 0 ? Int.max : 1
    var alone: [Answer] = []
    for request in requests {
      let engine = HandEngine(
        ToyModel(memory: memory), options: .toy(sequences: 1, budget: 64, cache: false))
      let generation = try engine.submit(request)
      while engine.turn() {}
      alone.append(await Answer(generation))
    }

    let pages = [16, 20, 64][seed % 3]
    let guesses = seed % 5 != 0
    let engine = HandEngine(
      ToyModel(pages: pages, memory: memory),
      // The draft model agrees with the large one more often than not.
      draft: seed % 4 == 1 ? ToyModel(pages: 64, memory: seed % 8 == 1 ? 1 : 2) : nil,
      options: .toy(
        sequences: 1 + seed % 7, budget: 7 + seed, cache: seed % 4 != 0,
        speculation: guesses
          ? SpeculationOptions(maximumDraft: 1 + seed % 6, policy: .always) : .off))
    var together: [Generation] = []
    for request in requests {
      for _ in 0..<Int.random(in: 0...3, using: &random) { _ = engine.turn() }
      together.append(try engine.submit(request))
    }
    while engine.turn() { engine.core.scheduler.checkInvariants() }
    for (expected, generation) in zip(alone, together) {
      let answer = await Answer(generation)
      #expect(answer.text == expected.text)
      #expect(answer.tokens == expected.tokens)
      #expect(answer.finished?.reason == expected.finished?.reason)
      #expect(answer.finished?.completionTokens == expected.finished?.completionTokens)
    }
    let load = engine.shared.load
    if pages == 16, seed % 7 > 2 { #expect(load.preemptions > 0) }
    if seed % 4 != 0 { #expect(load.cachedTokens > 0) }
    if !guesses { #expect(load.draftedTokens == 0) }
    if guesses, memory == 1, pages == 64 { #expect(load.acceptedTokens > 0) }
  }
}
