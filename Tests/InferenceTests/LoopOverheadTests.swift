import Testing
import Transformer

@testable import Inference

/// What the engine's loop costs beside the model.
struct LoopOverheadTests {
  /// Computes nothing. A row's largest logit is the one after its token.
  private final class NullModel: StepModel {
    let vocabulary = 64
    let contextLength = 4_096
    let pageLength = 16
    let pages = 4_096
    let maximumTokens = 512
    let work = WorkEstimate(perToken: 1000, perPosition: 3, perLogitRow: 500)

    func step(_ batch: Batch, logits: UnsafeMutableBufferPointer<Float>) throws {
      logits.initialize(repeating: 0)
      for (index, row) in batch.logitRows.enumerated() {
        logits[index * vocabulary + (Int(batch.tokens[row]) + 1) % vocabulary] = 1
      }
    }

    func copyPage(from source: Int32, to target: Int32, positions: Int) {}
  }

  private struct NoTexts: TokenTexts {
    let endOfGeneration: Set<Int32> = []
    let bytes = Array("ab ".utf8)
    func outputBytes(of token: Int32) -> [UInt8] { bytes }
  }

  @Test(arguments: [SpeculationOptions.off, SpeculationOptions()])
  func `a step of 16 sequences costs the loop little`(speculation: SpeculationOptions) throws {
    let model = NullModel()
    let clock = SystemMonotonicClock()
    let options = EngineOptions(
      threads: 1, maximumSequences: 16, tokenBudget: 512, speculation: speculation)
    let shared = EngineShared(
      time: MachineTime(clock: clock), maximumOutstanding: 64)
    let core = EngineCore(
      model: model, texts: NoTexts(),
      scheduler: Scheduler(
        options: .init(options), work: model.work, pages: model.pages,
        pageLength: model.pageLength, sharing: true),
      speculation: Speculation(options: options.speculation), shared: shared)
    let generations = try (0..<16).map { index in
      try shared.submit(
        GenerationRequest(
          id: "\(index)", prompt: [Int32(index), 3], maxTokens: 3_000, sampling: .greedy),
        limit: 3_000, seed: 0)
    }
    shared.withCosts { costs, now in costs.endIdle(at: now) }
    var best = Int64.max
    for _ in 0..<20 {
      let start = clock.nanoseconds()
      for _ in 0..<50 {
        core.accept(shared.mail.take())
        core.step()
      }
      best = min(best, clock.nanoseconds() - start)
    }
    let microseconds = Double(best) / 50 / 1e3
    print("loop: \(microseconds) µs a step of 16 sequences, speculation \(speculation)")
    // A debug build is many times slower.
    #if !DEBUG
      #expect(microseconds < 60)
    #endif
    for generation in generations { generation.cancel() }
    core.accept(shared.mail.take())
  }
}
