import Foundation
import Testing
import Transformer

@testable import Inference

/// The engine over a real decoder: small models with random weights.
@Suite(.timeLimit(.minutes(20)))
struct DecoderTests {
  /// No end tokens and no text: only the tokens count.
  private struct Numbers: TokenTexts {
    let endOfGeneration: Set<Int32> = []
    func outputBytes(of token: Int32) -> [UInt8] { Array("\(token) ".utf8) }
  }

  private static func weights(_ name: String) throws -> DecoderWeights {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "TransformerTests/Fixtures/\(name)")
    return DecoderWeights(model: try DecoderModel(safetensors: folder.path))
  }

  private func engine(
    _ weights: DecoderWeights, _ options: EngineOptions, pages: Int, hasDraft: Bool = false
  ) throws -> Engine {
    func step(_ pages: Int) throws -> any StepModel {
      try weights.makeStepModel(
        pages: pages, maximumTokens: options.tokenBudget, options: options.stepModel)
    }
    return Engine(
      step: try step(pages), draft: hasDraft ? try step(64) : nil, texts: Numbers(),
      options: options, clock: SystemMonotonicClock(), seeds: { 42 })
  }

  @Test(
    arguments: ["llama", "gemma3", "gpt2"], [KVPrecision.f16, .q8])
  func `a real model's answers alone and in any batch are equal`(
    name: String, precision: KVPrecision
  ) async throws {
    let weights = try Self.weights(name)
    let length = min(96, weights.contextLength)
    let requests = (0..<12).map { index in
      let count = 1 + (index * 7) % (length / 2)
      return GenerationRequest(
        id: "\(index)",
        prompt: (0..<count).map { Int32(($0 * 31 + (index % 3) * 5 + 7) % weights.vocabulary) },
        maxTokens: min(12 + index, length / 2),
        sampling: index % 2 == 0 ? .greedy : SamplingOptions(topP: 0.95, seed: UInt64(index)),
        logprobs: 1)
    }
    var alone: [Answer] = []
    var singleOptions = EngineOptions.toy(sequences: 1, budget: 64, cache: false)
    singleOptions.kvPrecision = precision
    let single = try engine(weights, singleOptions, pages: 8)
    for request in requests { alone.append(await Answer(try single.submit(request))) }
    var preemptions = 0
    let always = SpeculationOptions(maximumDraft: 4, policy: .always)
    for (sequences, budget, pages, threads, speculation, hasDraft) in [
      (4, 9, 8, 2, .off, false), (12, 33, 64, 1, .off, false), (4, 17, 6, 1, always, false),
      (12, 64, 64, 2, always, true), (5, 40, 64, 1, SpeculationOptions(), false),
    ] as [(Int, Int, Int, Int, SpeculationOptions, Bool)] {
      var options = EngineOptions.toy(
        sequences: sequences, budget: budget, speculation: speculation, stepMilliseconds: 1)
      options.threads = threads
      options.kvPrecision = precision
      options.hugePages = threads == 2
      let engine = try engine(weights, options, pages: pages, hasDraft: hasDraft)
      let together = try requests.map { try engine.submit($0) }
      for (expected, generation) in zip(alone, together) {
        let answer = await Answer(generation)
        #expect(answer.text == expected.text)
        #expect(answer.tokens == expected.tokens)
      }
      #expect(engine.load.finished == requests.count)
      preemptions += engine.load.preemptions
      if pages == 64 { #expect(engine.load.preemptions == 0) }
      #expect(engine.load.cachedTokens > 0)
      if speculation == .off { #expect(engine.load.draftedTokens == 0) }
      if speculation == always { #expect(engine.load.draftedTokens > 0) }
      // A model agrees with itself, but where a token is drawn.
      if hasDraft { #expect(engine.load.acceptedTokens > engine.load.draftedTokens / 8) }
    }
    #expect(preemptions > 0)
  }

  @Test func `the same memory holds nearly twice the tokens in 8 bits`() throws {
    let weights = try Self.weights("llama")
    var options = EngineOptions(maximumSequences: 1000, kvBytes: 1 << 20)
    let half = options.pages(for: weights)
    options.kvPrecision = .q8
    let byte = options.pages(for: weights)
    #expect(half * weights.bytesPerPage(.f16) <= 1 << 20)
    #expect(Double(byte) > 1.7 * Double(half))
  }

  @Test func `the weight of a token is the decoder's multiply-adds`() throws {
    let model = try Self.weights("llama").model
    let c = model.configuration
    let work = WorkEstimate(c)
    #expect(work.perPosition == 2 * c.layers * c.heads * c.headDimension)
    let head = c.headDimension
    let layer =
      c.width * c.heads * head + 2 * c.width * c.kvHeads * head + c.heads * head * c.width
      + 3 * c.width * c.feedForward
    // A token that is read out passes through every matrix, another one through all but the last
    // layer's, of which it needs keys and values.
    #expect(work.perToken + work.perLogitRow == c.layers * layer + c.width * c.vocabulary)
    #expect(work.perToken == (c.layers - 1) * layer + 2 * c.width * c.kvHeads * head)
  }
}
