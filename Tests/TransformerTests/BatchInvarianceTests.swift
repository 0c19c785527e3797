import Tensor
import Testing

@testable import Transformer

@Suite("Same model, same answer")
struct BatchInvarianceTests {
  /// Runs a step and gives the logits of all of its rows.
  private static func run(
    _ model: DecoderModel, _ batch: Batch, _ cache: KeyValueCache, _ workspace: Workspace,
    _ pool: ThreadPool
  ) -> [Float] {
    let count = batch.logitRows.count * model.configuration.vocabulary
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      model.forward(
        batch, cache: cache, workspace: workspace, pool: pool, logits: buffer.baseAddress!)
      initialized = count
    }
  }

  private static func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

  @Test(
    "a prompt in chunks gives the same bits as the whole", arguments: Fixture.names, [1, 7, 16, 33])
  func chunked(name: String, chunk: Int) throws {
    let fixture = try Fixture(name)
    let model = try fixture.model()
    let pool = ThreadPool(threads: 2)
    let whole = try model.logits(of: fixture.tokens, chunk: 64, pool: pool)
    let parts = try model.logits(of: fixture.tokens, chunk: chunk, pool: pool)
    #expect(Self.bits(whole) == Self.bits(parts))
  }

  @Test("one thread and three give the same bits", arguments: Fixture.names)
  func threads(name: String) throws {
    let fixture = try Fixture(name)
    let model = try fixture.model()
    let one = try model.logits(of: fixture.tokens, pool: ThreadPool(threads: 1))
    let three = try model.logits(of: fixture.tokens, pool: ThreadPool(threads: 3))
    #expect(Self.bits(one) == Self.bits(three))
  }

  @Test("a sequence in a batch gives the same bits as alone", arguments: Fixture.names)
  func batched(name: String) throws {
    let fixture = try Fixture(name)
    try Self.compareAloneAndTogether(fixture.model(), fixture)
  }

  @Test(
    "with quantised weights too, batches and chunks change no bit", arguments: ["llama", "gemma3"],
    [ElementType.q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .f16, .bf16])
  func quantised(name: String, type: ElementType) throws {
    let fixture = try Fixture(name)
    var conversion = try GGUFConversion(fixture)
    conversion.matrixType = type
    let model = try conversion.open()
    try Self.compareAloneAndTogether(model, fixture)
    let pool = ThreadPool(threads: 2)
    let whole = try model.logits(of: fixture.tokens, chunk: 64, pool: pool)
    let parts = try model.logits(of: fixture.tokens, chunk: 11, pool: pool)
    #expect(Self.bits(whole) == Self.bits(parts))
    let difference = fixture.largestDifference(whole, vocabulary: model.configuration.vocabulary)
    #expect(difference < Self.tolerance(type))
  }

  /// How far weights of a type may move the fixtures' logits, which range over ±5.
  private static func tolerance(_ type: ElementType) -> Float {
    switch type {
    case .f16: 0.02
    case .bf16, .q8_0: 0.25
    default: 3
    }
  }

  private static func compareAloneAndTogether(_ model: DecoderModel, _ fixture: Fixture) throws {
    let c = model.configuration
    let pool = ThreadPool(threads: 2)
    let prompts = [
      Array(fixture.tokens.prefix(21)), Array(fixture.tokens.reversed().prefix(9)),
      Array(fixture.tokens.suffix(34)),
    ]
    let alone = try prompts.map { try model.logits(of: $0, pool: pool) }
    // Pages out of order and interleaved; sequences advance by different steps a round.
    let tables: [[Int32]] = [[5, 2], [0], [7, 1, 4]]
    let strides = [1, 4, 13]
    let cache = try KeyValueCache(configuration: c, pages: 8)
    let workspace = Workspace(configuration: c, maximumTokens: 32)
    var done = [0, 0, 0]
    var together: [[Float]] = [[], [], []]
    while zip(done, prompts).contains(where: { $0 < $1.count }) {
      var batch = Batch(pageTables: tables)
      for sequence in [2, 0, 1] {
        for _ in 0..<strides[sequence] where done[sequence] < prompts[sequence].count {
          batch.tokens.append(prompts[sequence][done[sequence]])
          batch.positions.append(Int32(done[sequence]))
          batch.sequences.append(sequence)
          done[sequence] += 1
        }
      }
      batch.logitRows = Array(batch.tokens.indices.reversed())
      let logits = Self.run(model, batch, cache, workspace, pool)
      for row in batch.tokens.indices {
        let start = (batch.tokens.count - 1 - row) * c.vocabulary
        together[batch.sequences[row]] += logits[start..<start + c.vocabulary]
      }
    }
    for sequence in prompts.indices {
      #expect(Self.bits(alone[sequence]) == Self.bits(together[sequence]), "\(sequence)")
    }
  }

  @Test(
    "rows that are not read out change no bit of those that are", arguments: Fixture.names,
    [nil, ElementType.q4_1])
  func readOutRows(name: String, type: ElementType?) throws {
    let fixture = try Fixture(name)
    var model = try fixture.model()
    if let type {
      guard ["llama", "gemma3"].contains(name) else { return }
      var conversion = try GGUFConversion(fixture)
      conversion.matrixType = type
      model = try conversion.open()
    }
    let c = model.configuration, pool = ThreadPool(threads: 2)
    let count = min(31, fixture.tokens.count)
    let tokens = Array(fixture.tokens.prefix(count))
    let all = try model.logits(of: tokens, chunk: 64, pool: pool)
    let cache = try KeyValueCache(configuration: c, pages: 3)
    let workspace = Workspace(configuration: c, maximumTokens: 32)
    // The second chunk sees the keys of rows of the first that were not read out; the third, all.
    let chunks: [(Range<Int>, wanted: [Int])] = [
      (0..<12, []), (12..<22, [9, 2, 5]), (22..<count - 1, [0]), (count - 1..<count, [0]),
    ]
    for (range, wanted) in chunks {
      let batch = Batch(
        tokens: Array(tokens[range]), positions: range.map(Int32.init),
        sequences: range.map { _ in 0 }, logitRows: wanted, pageTables: [[2, 0, 1]])
      let logits = Self.run(model, batch, cache, workspace, pool)
      for (index, row) in wanted.enumerated() {
        let start = (range.lowerBound + row) * c.vocabulary
        #expect(
          Self.bits(Array(logits[index * c.vocabulary..<(index + 1) * c.vocabulary]))
            == Self.bits(Array(all[start..<start + c.vocabulary])))
      }
    }
  }

  @Test("a page has the size that it says")
  func pageSize() throws {
    let c = try Fixture("gemma3").model().configuration
    // 2 (keys, values) × 6 layers × 1 head × 16 wide × 16 positions × 2 bytes
    #expect(KeyValueCache.bytesPerPage(c) == 2 * 6 * 1 * 16 * 16 * 2)
    #expect(KeyValueCache.bytesPerPage(c, precision: .f32) == 2 * 6 * 1 * 16 * 16 * 4)
    // 8 bits and, for each 32 dimensions begun, a scale of 16 bits a position.
    #expect(KeyValueCache.bytesPerPage(c, precision: .q8) == 2 * 6 * 1 * 16 * (16 + 2))
  }
}
