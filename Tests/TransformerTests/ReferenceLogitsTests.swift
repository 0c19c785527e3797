import Tensor
import Testing

@testable import Transformer

@Suite("Logits equal those of transformers")
struct ReferenceLogitsTests {
  @Test("with an f32 cache, within f32 rounding", arguments: Fixture.names)
  func exact(name: String) throws {
    let fixture = try Fixture(name)
    let model = try fixture.model()
    let logits = try model.logits(
      of: fixture.tokens, precision: .f32, pool: ThreadPool(threads: 2))
    let vocabulary = model.configuration.vocabulary
    #expect(logits.count == fixture.tokens.count * vocabulary)
    #expect(fixture.largestDifference(logits, vocabulary: vocabulary) < 2e-4)
  }

  @Test("with the f16 cache, within its rounding", arguments: Fixture.names)
  func half(name: String) throws {
    let fixture = try Fixture(name)
    let model = try fixture.model()
    let logits = try model.logits(
      of: fixture.tokens, precision: .f16, pool: ThreadPool(threads: 2))
    #expect(fixture.largestDifference(logits, vocabulary: model.configuration.vocabulary) < 2e-2)
  }

  @Test("with the 8-bit cache, within its rounding", arguments: Fixture.names)
  func eightBits(name: String) throws {
    let fixture = try Fixture(name)
    let model = try fixture.model()
    let logits = try model.logits(
      of: fixture.tokens, precision: .q8, pool: ThreadPool(threads: 2))
    #expect(fixture.largestDifference(logits, vocabulary: model.configuration.vocabulary) < 0.2)
  }

  @Test("the sliding window matters in the fixture, or it would prove nothing")
  func windowMatters() throws {
    let fixture = try Fixture("gemma3")
    let c = try fixture.model().configuration
    #expect(c.window == 12)
    #expect(c.windowedLayers == [true, true, true, true, true, false])
    #expect(fixture.tokens.count > 2 * 12)
    #expect(fixture.rows.contains(fixture.tokens.count - 1))
  }
}
