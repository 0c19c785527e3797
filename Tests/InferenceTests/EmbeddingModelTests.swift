import Foundation
import ModelFiles
import Testing
import Transformer

@testable import Inference

struct EmbeddingModelTests {
  @Test(arguments: EmbeddingFixture.names)
  func `vectors equal those of sentence-transformers`(name: String) async throws {
    let fixture = try EmbeddingFixture(name)
    #expect(fixture.texts.count >= 50)
    let vectors = try await fixture.embed()
    var worst = 1.0
    for (index, vector) in vectors.enumerated() {
      let cosine = EmbeddingFixture.cosine(vector, fixture.vectors[index])
      worst = cosine >= worst ? worst : cosine
      let difference = zip(vector, fixture.vectors[index]).map { abs($0 - $1) }.max() ?? .nan
      #expect(difference < 5e-3, "\(fixture.texts[index].debugDescription)")
    }
    #expect(worst > 0.99999)
    // Different texts have different vectors, or this would prove nothing.
    #expect(EmbeddingFixture.cosine(vectors[2], vectors[9]) < 0.999)
  }

  @Test func `a vector is the same bits whatever else is embedded, and on however many threads`()
    async throws
  {
    let fixture = try EmbeddingFixture()
    let together = try await fixture.embed()
    for (threads, budget) in [(1, 1), (1, 4096), (2, 60), (3, 1000)] {
      #expect(try await fixture.embed(threads: threads, budget: budget) == together)
    }
    let shuffled = try await fixture.embed(fixture.inputs.reversed())
    #expect(Array(shuffled.reversed()) == together)
    #expect(try await fixture.embed([fixture.inputs[5]]) == [together[5]])
  }

  @Test func `a GGUF file gives the folder's vectors`() async throws {
    let fixture = try EmbeddingFixture()
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).gguf").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try fixture.gguf().write(to: path)
    #expect(try EmbeddingModel.isEncoder(path: path))
    let model = try EmbeddingModel(path: path)
    #expect(model.maximumTokens == 64 && model.normalizes)
    let engine = EmbeddingEngine(model: model, options: EmbeddingOptions(threads: 1))
    defer { engine.shutdown() }
    let inputs = zip(fixture.inputs, fixture.tokens).filter { $1 < 48 }.map(\.0)
    #expect(inputs.count > 30)
    let vectors = try await engine.embed(inputs, id: "r").vectors
    #expect(vectors == (try await fixture.embed(inputs)))
  }

  @Test(arguments: [
    ("blk.1.ffn_up.bias", "tensor blk.1.ffn_up.bias"),
    ("position_embd.weight", "position_embd.weight"),
  ])
  func `a GGUF file that lacks a tensor is refused by its name`(
    dropped: String, field: String
  )
    throws
  {
    let fixture = try EmbeddingFixture()
    let error = try refusal(fixture.gguf(dropping: dropped))
    #expect(error?.field == field)
  }

  @Test func `a GGUF file of another kind is refused by its key`() throws {
    let fixture = try EmbeddingFixture()
    #expect(
      try refusal(fixture.gguf { $0.set("bert.attention.causal", .bool(true)) })?.field
        == "bert.attention.causal")
    #expect(
      try refusal(fixture.gguf { $0.set("general.architecture", .string("llama")) })?.field
        == "general.architecture")
    #expect(
      try refusal(fixture.gguf { $0.set("bert.pooling_type", .uint32(4)) })?.field
        == "bert.pooling_type")
    #expect(
      try refusal(fixture.gguf { $0.set("bert.attention.head_count", .uint32(5)) })?.code
        == .unsupported)
    #expect(
      try refusal(fixture.gguf { $0.add("blk.0.extra.weight", shape: [1], floats: [1]) })?.field
        == "tensor blk.0.extra.weight")
  }

  private func refusal(_ writer: GGUFWriter) throws -> ModelFileError? {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).gguf").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try writer.write(to: path)
    return #expect(throws: ModelFileError.self) { _ = try EmbeddingModel(path: path) }
  }

  @Test func `a folder says what it is`() throws {
    let bert = try EmbeddingFixture()
    #expect(bert.model.dimensions == 24 && bert.model.maximumTokens == 48)
    #expect(bert.model.name == "bert-tiny" && bert.model.fingerprint.count == 32)
    #expect(bert.model.normalizes && bert.model.pooling == .mean)
    #expect(try EmbeddingModel.isEncoder(path: bert.folder))
    let distilled = try EmbeddingFixture("distilbert-tiny").model
    #expect(!distilled.normalizes && distilled.pooling == .first)
    let roberta = try EmbeddingFixture("roberta-tiny").model
    // 60 positions, of which the first follows the padding token's id of 1.
    #expect(roberta.architecture == "roberta" && roberta.encoder.configuration.contextLength == 58)
  }

  @Test func `an input that is too long is refused by its index, or cut off on request`() throws {
    let model = try EmbeddingFixture().model
    let long = String(repeating: "a ", count: 60)
    let error = #expect(throws: EngineRefusal.self) {
      _ = try model.tokens(of: [.text("a"), .text(long)])
    }
    #expect(error?.code == .promptTooLong && error?.field == "input")
    #expect(error?.message.hasPrefix("input[1] has 62 tokens, but at most 48 fit.") == true)
    let cut = try model.tokens(
      of: [.text(long), .tokens([Int32](repeating: 9, count: 80))],
      truncating: true)
    #expect(cut.allSatisfy { $0.count == 48 && $0.last == model.tokenizer.closing })
  }

  @Test func `tokens are framed as texts are, and checked`() throws {
    let model = try EmbeddingFixture().model
    let framed = try model.tokens(of: [.text("a b")])[0]
    let inner = Array(framed.dropFirst().dropLast())
    #expect(try model.tokens(of: [.tokens(inner), .tokens(framed)]) == [framed, framed])
    #expect(try model.tokens(of: [.tokens([model.tokenizer.opening])])[0].count == 2)
    for wrong in [[], [-1], [Int32(model.vocabulary)]] as [[Int32]] {
      let error = #expect(throws: EngineRefusal.self) {
        _ = try model.tokens(of: [.text("a"), .tokens(wrong)])
      }
      #expect(error?.code == .invalidRequest && error?.message.contains("input[1]") == true)
    }
  }
}
