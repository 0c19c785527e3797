import Foundation
import Testing

@testable import Inference

/// Law: whatever is drawn under a schema's grammar parses and fits the schema.
struct SchemaPropertyTests {
  private func check(_ seed: Int, _ vocabulary: GrammarVocabulary) throws -> Int {
    var schemas = RandomSchema(seed: UInt64(seed))
    let schema = schemas.document()
    let validator = try SchemaValidator(schema)
    let grammar = try CompiledGrammar(
      schema: schema, whitespace: seed % 3 == 0 ? .compact : .flexible)
    var random = SplitMix(seed: UInt64(seed) + 7)
    var ended = 0
    for _ in 0..<4 {
      let answer = RandomAnswer(grammar, vocabulary, random: &random)
      guard answer.hasEnded else { continue }
      ended += 1
      let text = String(decoding: answer.text, as: UTF8.self)
      do {
        let value = try TestJSON(answer.text)
        #expect(validator.fits(value), "\(schema)\n\(text)")
      } catch {
        Issue.record("\(error): \(schema)\n\(text)")
      }
      #expect(throws: Never.self, "\(text)") {
        try JSONSerialization.jsonObject(with: Data(answer.text), options: .fragmentsAllowed)
      }
    }
    return ended
  }

  @Test func `every answer fits its schema, token by token over bytes`() throws {
    var ended = 0
    for seed in 0..<200 { ended += try check(seed, GrammarToys.bytes) }
    #expect(ended > 560)
  }

  @Test func `every answer fits its schema, over byte-pair tokens`() throws {
    let vocabulary = try GrammarToys.pairs()
    var ended = 0
    for seed in 250..<350 { ended += try check(seed, vocabulary) }
    #expect(ended > 280)
  }
}
