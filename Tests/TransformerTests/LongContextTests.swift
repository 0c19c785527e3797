import Tensor
import Testing

@testable import Transformer

/// Contexts of several ranges of attention, which few sequences with many threads compute in parts.
@Suite("Long contexts")
struct LongContextTests {
  private static func tokens(_ fixture: Fixture, _ count: Int) -> [Int32] {
    (0..<count).map { fixture.tokens[($0 * $0 + $0 / 7) % fixture.tokens.count] }
  }

  @Test(
    "chunks, threads and splits over positions change no bit", arguments: ["llama", "gemma3"],
    [KeyValueCache.Precision.f16, .q8])
  func sameBits(name: String, precision: KeyValueCache.Precision) throws {
    let fixture = try Fixture(name)
    let model = try fixture.model(contextLength: 1024)
    let tokens = Self.tokens(fixture, 600)
    func bits(chunk: Int, threads: Int) throws -> [UInt32] {
      try model.logits(
        of: tokens, chunk: chunk, precision: precision, pool: ThreadPool(threads: threads)
      ).map(\.bitPattern)
    }
    let whole = try bits(chunk: 128, threads: 1)
    #expect(try bits(chunk: 1, threads: 4) == whole)
    #expect(try bits(chunk: 5, threads: 3) == whole)
  }

  @Test("a sequence alone is split over positions, many are not")
  func plan() throws {
    let fixture = try Fixture("gemma3")
    let model = try fixture.model(contextLength: 1024)
    let c = model.configuration
    let workspace = Workspace(configuration: c, maximumTokens: 64)
    let pool = ThreadPool(threads: 2)
    let plan = AttentionPlan()
    let one = Batch(tokens: [1], positions: [599], sequences: [0], pageTables: [[]])
    plan.prepare(one, c, .f16, workspace, pool)
    #expect(plan.parts.global.map(\.range) == [0, 1, 2])
    // The window of 12 positions ends in one range.
    #expect(plan.parts.windowed.map(\.range) == [2])
    var many = Batch()
    for sequence in 0..<8 {
      many.tokens.append(1)
      many.positions.append(599)
      many.sequences.append(sequence)
      many.pageTables.append([])
    }
    plan.prepare(many, c, .f16, workspace, pool)
    #expect(plan.parts.global.isEmpty && plan.blocks.count == 8)
  }

  @Test("the cache's precisions differ as little as their rounding", arguments: ["llama", "qwen3"])
  func precisions(name: String) throws {
    let fixture = try Fixture(name)
    let model = try fixture.model(contextLength: 1024)
    let tokens = Self.tokens(fixture, 400), pool = ThreadPool(threads: 2)
    let exact = try model.logits(of: tokens, precision: .f32, pool: pool)
    for (precision, tolerance) in [(KeyValueCache.Precision.f16, Float(0.02)), (.q8, 0.3)] {
      let logits = try model.logits(of: tokens, precision: precision, pool: pool)
      let largest = zip(exact, logits).map { abs($0 - $1) }.max() ?? .infinity
      #expect(largest < tolerance, "\(precision)")
    }
  }

  @Test("a copied page holds what the original holds", arguments: KeyValueCache.Precision.allCases)
  func copy(precision: KeyValueCache.Precision) throws {
    let fixture = try Fixture("llama")
    let model = try fixture.model()
    let c = model.configuration
    let cache = try KeyValueCache(
      configuration: c, pages: 4, precision: precision, hugePages: true)
    let workspace = Workspace(configuration: c, maximumTokens: 32)
    let pool = ThreadPool(threads: 1)
    func logits(after tokens: ArraySlice<Int32>, at position: Int, in table: [Int32]) -> [Float] {
      let batch = Batch(
        tokens: Array(tokens), positions: tokens.indices.map { Int32($0 + position) },
        sequences: tokens.map { _ in 0 }, logitRows: [tokens.count - 1], pageTables: [table])
      return [Float](unsafeUninitializedCapacity: c.vocabulary) { buffer, count in
        model.forward(
          batch, cache: cache, workspace: workspace, pool: pool, logits: buffer.baseAddress!)
        count = c.vocabulary
      }
    }
    _ = logits(after: fixture.tokens[..<20], at: 0, in: [0, 1])
    cache.copyPage(from: 1, to: 3)
    let next = [fixture.tokens[20]][...]
    let original = logits(after: next, at: 20, in: [0, 1])
    #expect(logits(after: next, at: 20, in: [0, 3]) == original)
    #expect(logits(after: next, at: 20, in: [0, 2]) != original)
  }
}
