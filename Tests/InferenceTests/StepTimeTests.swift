import Testing
import Transformer

@testable import Inference

/// Law: a long prompt never stalls those who generate by more than the step's time.
struct StepTimeTests {
  @Test(arguments: [2.0, 5, 20], [10_000, 40_000] as [Int64])
  func `beside generating sequences a prompt gets what is left of the step's time`(
    milliseconds: Double, perToken: Int64
  ) async throws {
    let clock = ToyClock()
    let model = ToyModel(
      contextLength: 4_000, pages: 2_000, maximumTokens: 480, clock: clock,
      workPerPosition: 0, nanosecondsPerToken: perToken, nanosecondsPerStep: 500_000)
    let engine = HandEngine(
      model, options: .toy(budget: 480, stepMilliseconds: milliseconds), clock: clock,
      texts: ToyTexts(ends: false))
    // A first prompt shows what work costs, with none to stall.
    let first = try engine.submit(
      GenerationRequest(id: "a", prompt: [Int32](repeating: 5, count: 900), maxTokens: 300))
    var largest = 0
    model.onStep = { largest = max(largest, $0.tokens.count) }
    for _ in 0..<20 { _ = engine.turn() }
    #expect(largest == 480)
    let long = try engine.submit(
      GenerationRequest(id: "b", prompt: [Int32](repeating: 6, count: 3_000), maxTokens: 2))
    var worst = 0.0
    var steps = 0
    var tokens = 0
    model.onStep = { tokens = $0.tokens.count }
    while steps < 10_000, steps == 0 || engine.pending(2) ?? 0 > 1 {
      let start = clock.nanoseconds()
      _ = engine.turn()
      worst = max(worst, Double(clock.nanoseconds() - start) / 1e6)
      // Full steps, where they fit into the time.
      if tokens >= 48, tokens < 480, engine.pending(2) ?? 0 > 1 {
        #expect(tokens % 48 == 0)
      }
      steps += 1
    }
    #expect(engine.pending(2) == 1, "the prompt is computed")
    #expect(worst <= milliseconds * 1.1, "\(worst) ms")
    // And no less than is possible, but for whole tiles.
    let fit = (milliseconds * 1e6 - 500_000) / Double(perToken) - 49
    #expect(Double(steps) <= 3_000 / max(8, min(fit, 479)) * 1.5 + 5)
    first.cancel()
    long.cancel()
    _ = engine.turn()
  }

  @Test func `the time of prompts is learnt, and so is how many tokens fit`() throws {
    var cost = StepCost(
      work: WorkEstimate(perToken: 100, perPosition: 2, perLogitRow: 10), maximumRows: 8)
    #expect(cost.promptTokens(within: 1e6, at: 0) == nil)
    for _ in 0..<10 {
      cost.record(nextRows: 0, promptWeight: 1_000, nanoseconds: 5_000)
    }
    // 5 ns a unit.
    for (time, position) in [(1e6, 0), (1e6, 500), (2e5, 40)] as [(Double, Int)] {
      let count = try #require(cost.promptTokens(within: time, at: position))
      #expect(try #require(cost.promptNanoseconds(count, at: position)) <= time)
      #expect(try #require(cost.promptNanoseconds(count + 2, at: position)) > time)
    }
    #expect(cost.promptTokens(within: -5, at: 0) == 0)
  }

  @Test func `between measured numbers of rows times lie on a line`() throws {
    var curve = RowCurve(maximumRows: 32)
    #expect(curve.nanoseconds(rows: 3, optimistic: true) == nil)
    curve.record(rows: 2, nanoseconds: 100)
    curve.record(rows: 6, nanoseconds: 140)
    #expect(curve.nanoseconds(rows: 1, optimistic: true) == 100)
    #expect(curve.nanoseconds(rows: 4, optimistic: true) == 120)
    #expect(curve.nanoseconds(rows: 12, optimistic: true) == 140)
    #expect(curve.nanoseconds(rows: 12, optimistic: false) == 280)
    for _ in 0..<20 { curve.record(rows: 2, nanoseconds: 200) }
    #expect(abs(try #require(curve.nanoseconds(rows: 2, optimistic: true)) - 200) < 25)
    // A step that was held up changes little.
    curve.record(rows: 2, nanoseconds: 1e9)
    #expect(try #require(curve.nanoseconds(rows: 2, optimistic: true)) < 250)
  }
}
