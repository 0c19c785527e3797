import Foundation
import Testing

@testable import Inference

/// Requests with grammars through the engine, over a model that would say anything.
struct GrammarEngineTests {
  private func makeEngine(context: Int = 4_096) throws -> Engine {
    Engine(
      step: ToyModel(
        vocabulary: ByteTexts.size, contextLength: context, pageLength: 16, pages: 2_048),
      texts: ByteTexts(), options: .toy(), clock: ToyClock(), seeds: { 42 })
  }

  private func request(
    _ grammar: CompiledGrammar?, seed: UInt64, max: Int = 2_000, logprobs: Int? = nil,
    sampling: SamplingOptions? = nil
  ) -> GenerationRequest {
    GenerationRequest(
      id: "\(seed)", prompt: [Int32(seed % 200) + 1, 3], maxTokens: max,
      sampling: sampling
        ?? SamplingOptions(temperature: 1, topK: seed % 2 == 0 ? 40 : 0, seed: seed),
      logprobs: logprobs, grammar: grammar)
  }

  @Test func `answers fit the schema and end by themselves`() async throws {
    let schema =
      #"{"type":"object","properties":{"name":{"type":"string","maxLength":12},"#
      + #""age":{"type":"integer","minimum":0,"maximum":130},"#
      + #""tags":{"type":"array","items":{"enum":["a","b"]},"maxItems":3}},"#
      + #""required":["name","age"],"additionalProperties":false}"#
    let grammar = try CompiledGrammar(schema: schema)
    let validator = try SchemaValidator(schema)
    let engine = try makeEngine()
    var generations: [Generation] = []
    for seed in 0..<24 {
      generations.append(try engine.submit(request(grammar, seed: UInt64(seed))))
    }
    for generation in generations {
      let answer = await Answer(generation)
      #expect(answer.finished?.reason == .stop)
      let value = try TestJSON(answer.text)
      #expect(validator.fits(value), "\(answer.text)")
    }
  }

  @Test func `the answer does not depend on who else has a grammar`() async throws {
    let grammar = try CompiledGrammar.json
    let quiet = try makeEngine()
    let alone = await Answer(try quiet.submit(request(grammar, seed: 5, max: 80)))
    let engine = try makeEngine()
    var others: [Generation] = []
    for seed in UInt64(10)..<16 {
      others.append(try engine.submit(request(seed % 2 == 0 ? grammar : nil, seed: seed, max: 50)))
    }
    let together = await Answer(try engine.submit(request(grammar, seed: 5, max: 80)))
    for other in others { other.cancel() }
    #expect(together.text == alone.text && together.finished?.reason == alone.finished?.reason)
  }

  @Test func `cut by the limit the reason is length`() async throws {
    let grammar = try CompiledGrammar(schema: #"{"type":"string","minLength":500}"#)
    let engine = try makeEngine()
    let answer = await Answer(try engine.submit(request(grammar, seed: 1, max: 20)))
    #expect(answer.finished?.reason == .length)
    #expect(answer.finished?.completionTokens == 20)
  }

  @Test func `a finished grammar ends the answer without asking the model`() async throws {
    let grammar = try CompiledGrammar(gbnf: "root ::= \"abc\"")
    let engine = try makeEngine()
    let answer = await Answer(try engine.submit(request(grammar, seed: 1)))
    #expect(answer.text == "abc" && answer.finished?.reason == .stop)
  }

  @Test func `the model may end only where the grammar does`() async throws {
    // The bias makes the end the likeliest token by far.
    let sampling = SamplingOptions(temperature: 0, logitBias: [0: 100])
    let grammar = try CompiledGrammar(gbnf: "root ::= \"a\"{3,50}")
    let engine = try makeEngine()
    let answer = await Answer(try engine.submit(request(grammar, seed: 1, sampling: sampling)))
    #expect(answer.text == "aaa" && answer.finished?.reason == .stop)
  }

  @Test func `log-probabilities are those of the model without the grammar`() async throws {
    let grammar = try CompiledGrammar(gbnf: "root ::= [x-z]{4}")
    let engine = try makeEngine()
    let free = await Answer(try engine.submit(request(nil, seed: 3, max: 1, logprobs: 5)))
    let bound = await Answer(try engine.submit(request(grammar, seed: 3, logprobs: 5)))
    #expect(bound.tokens.first?.top == free.tokens.first?.top)
    #expect(bound.tokens.allSatisfy { $0.logprob < 0 })
    #expect(bound.text.allSatisfy { "xyz".contains($0) })
  }

  @Test func `a grammar that no token can begin is refused`() throws {
    struct Letters: TokenTexts {
      let endOfGeneration: Set<Int32> = [0]
      func outputBytes(of token: Int32) -> [UInt8] { [UInt8(token % 26) + 0x61] }
    }
    let engine = Engine(
      step: ToyModel(), texts: Letters(), options: .toy(), clock: ToyClock(), seeds: { 42 })
    let grammar = try CompiledGrammar(gbnf: "root ::= \"1\"")
    let error = #expect(throws: EngineRefusal.self) { try engine.submit(request(grammar, seed: 1)) }
    #expect(error?.field == "grammar")
  }

  @Test func `one that cannot go on fails with the reason`() async throws {
    struct Letters: TokenTexts {
      let endOfGeneration: Set<Int32> = [0]
      func outputBytes(of token: Int32) -> [UInt8] { [UInt8(token % 26) + 0x61] }
    }
    let engine = Engine(
      step: ToyModel(), texts: Letters(), options: .toy(), clock: ToyClock(), seeds: { 42 })
    let grammar = try CompiledGrammar(gbnf: "root ::= \"a1\"")
    let request = GenerationRequest(id: "x", prompt: [1], maxTokens: 9, grammar: grammar)
    let finished = try await engine.submit(request).finished()
    guard case .failed(let reason) = finished.reason else {
      Issue.record("\(finished.reason)")
      return
    }
    #expect(reason.contains("grammar"))
  }

  @Test func `a copy goes on by itself`() throws {
    var first = GrammarMatcher(try CompiledGrammar(gbnf: "root ::= \"a\" [xy]"))
    let fits4 = first.advance(Int32(1 + 0x61))
    #expect(fits4)
    var second = first
    let fits5 = second.advance(Int32(1 + 0x78)) && second.mustEnd
    #expect(fits5)
    #expect(!first.mayEnd && first.mask().allowed == 2)
  }
}
