import Testing

@testable import Inference

/// Law: a beginning that requests of one scope share is computed once, however they arrive.
struct PrefixSharingTests {
  private let system: [Int32] = (0..<413).map { (place: Int) -> Int32 in
    Int32((place * 7 + place / 40) % 39 + 1)
  }

  private func engine() -> HandEngine {
    HandEngine(
      ToyModel(contextLength: 1_000, pageLength: 16, pages: 1_000, maximumTokens: 480),
      options: .toy(sequences: 16, budget: 480), texts: ToyTexts(ends: false))
  }

  private func tail(_ count: Int, _ index: Int) -> [Int32] {
    (0..<count).map { (place: Int) -> Int32 in Int32((place * 3 + index * 5) % 39 + 1) }
  }

  private func request(_ index: Int, own: Int, scope: String = "") -> GenerationRequest {
    var request = GenerationRequest(
      id: "\(index)",
      prompt: system + tail(own, index), maxTokens: 8,
      sampling: .greedy, cacheScope: scope)
    request.customer = scope
    return request
  }

  @Test(arguments: [1, 20])
  func `64 requests at once compute a common beginning once`(own: Int) async throws {
    let engine = engine()
    let generations = try (0..<64).map { try engine.submit(request($0, own: own)) }
    while engine.turn() { engine.core.scheduler.checkInvariants() }
    var computed = 0
    for generation in generations {
      let finished = await generation.finished()
      #expect(finished.reason == .length)
      // Seven of the eight tokens are put in again.
      computed += finished.computedTokens - 7
    }
    // The beginning once, and each one's own; a few begin with the same token as another.
    #expect(computed <= 413 + 64 * own)
    #expect(computed > 413 + 20)
    #expect(engine.shared.load.promptTokens == computed)
  }

  @Test func `those who wait for a beginning hold up nobody else`() throws {
    let engine = engine()
    let first = try engine.submit(request(0, own: 20))
    let second = try engine.submit(request(1, own: 5))
    let other = try engine.submit(
      GenerationRequest(id: "other", prompt: [30, 31, 32], maxTokens: 9))
    _ = engine.turn()
    #expect(engine.running == [1, 3])
    _ = engine.turn()
    #expect(Set(engine.running) == [1, 2, 3])
    for generation in [first, second, other] { generation.cancel() }
    _ = engine.turn()
  }

  @Test func `when the one who computes a beginning is cancelled, the next one does`() async throws
  {
    let engine = HandEngine(
      ToyModel(contextLength: 1_000, pageLength: 16, pages: 1_000, maximumTokens: 480),
      options: .toy(sequences: 16, budget: 48), texts: ToyTexts(ends: false))
    let generations = try (0..<3).map { try engine.submit(request($0, own: 5)) }
    for _ in 0..<3 { _ = engine.turn() }
    #expect(engine.running == [1])
    generations[0].cancel()
    while engine.turn() { engine.core.scheduler.checkInvariants() }
    let ends = [await generations[1].finished(), await generations[2].finished()]
    #expect(ends.allSatisfy { $0.reason == .length })
    // What was done before the cancellation serves on.
    #expect(ends[0].cachedTokens == 144)
    #expect(ends[1].cachedTokens >= 413)
  }

  @Test func `scopes share nothing`() async throws {
    let engine = engine()
    let generations = try (0..<4).map { try engine.submit(request($0, own: 9, scope: "\($0)")) }
    while engine.turn() {}
    for generation in generations { #expect(await generation.finished().cachedTokens == 0) }
  }

  @Test func `a conversation goes on where its last answer ended`() async throws {
    let engine = engine()
    let first = try engine.submit(
      GenerationRequest(
        id: "1", prompt: Array(system.prefix(37)), maxTokens: 10, sampling: .greedy, logprobs: 0))
    while engine.turn() {}
    let answer = await Answer(first)
    let spoken: [Int32] = answer.tokens.map { $0.token }
    let prompt = Array(system.prefix(37)) + spoken + [3, 4, 5] as [Int32]
    let second = try engine.submit(GenerationRequest(id: "2", prompt: prompt, maxTokens: 3))
    while engine.turn() {}
    // All but the answer's last token, which was never put in, and the new ones.
    #expect(await second.finished().cachedTokens == 46)
  }
}
