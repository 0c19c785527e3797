import Testing

@testable import Inference

struct QueueTests {
  private func request(_ id: Int, prompt: Int = 20, max: Int = 12) -> GenerationRequest {
    GenerationRequest(
      id: "\(id)",
      prompt: (0..<prompt).map { (place: Int) -> Int32 in
        Int32((place * 5 + id * 3) % 39 + 1)
      }, maxTokens: max,
      sampling: .greedy)
  }

  @Test(arguments: [200_000, 3_000_000] as [Int64])
  func `a refusal's time is when what is queued will be done`(perToken: Int64) async throws {
    let clock = ToyClock()
    let engine = HandEngine(
      ToyModel(
        pages: 400, clock: clock, nanosecondsPerToken: perToken, nanosecondsPerStep: 20_000_000),
      options: .toy(sequences: 4, budget: 64, queue: 60, cache: false), clock: clock,
      texts: ToyTexts(ends: false))
    // Some work first, so that speed and length are known.
    var kept: [Generation] = []
    for index in 0..<12 { kept.append(try engine.submit(request(index))) }
    while engine.turn() {}
    for index in 0..<64 { kept.append(try engine.submit(request(index))) }
    var told = 0
    do throws(EngineRefusal) {
      _ = try engine.submit(request(99))
    } catch {
      told = error.retryAfterSeconds ?? 0
    }
    let start = clock.nanoseconds()
    while engine.turn() {}
    let took = Double(clock.nanoseconds() - start) / 1e9
    #expect(took > 2)
    #expect(Double(told) >= took * 0.6 && Double(told) <= took * 1.5 + 1, "\(told) \(took)")
    for generation in kept { #expect(await generation.finished().reason == .length) }
  }

  @Test func `who waits longer than the deadline is told so, and costs nothing`() async throws {
    let clock = ToyClock()
    let engine = HandEngine(
      ToyModel(clock: clock), options: .toy(sequences: 1), clock: clock,
      texts: ToyTexts(ends: false))
    var patient = request(1, max: 30)
    // One that has begun is finished.
    patient.deadlineSeconds = 0.001
    let first = try engine.submit(patient)
    _ = engine.turn()
    var late = request(2)
    late.deadlineSeconds = 0.5
    let second = try engine.submit(late)
    let third = try engine.submit(request(3))
    _ = engine.turn()
    clock.advance(500_000_000)
    while engine.turn() {}
    let finished = await second.finished()
    #expect(finished.reason == .expired && finished.totalComputeNanoseconds == 0)
    #expect(finished.completionTokens == 0 && finished.computedTokens == 0)
    #expect(await first.finished().reason == .length)
    #expect(await third.finished().reason == .length)
    #expect(engine.shared.load.expired == 1)
  }

  @Test(arguments: 0..<10)
  func `the meter's sums are zero when nothing is left`(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    var meter = QueueMeter()
    var cost = StepCost(
      work: WorkEstimate(perToken: 1, perPosition: 0, perLogitRow: 0), maximumRows: 4)
    cost.record(nextRows: 0, promptWeight: 1, nanoseconds: 1e9)
    cost.record(nextRows: 4, promptWeight: 0, nanoseconds: 4e9)
    meter.learn(from: cost, rows: 4)
    var open: [(expected: QueueMeter.Expected, done: Int, began: Bool)] = []
    for _ in 0..<500 {
      if Bool.random(using: &random) || open.isEmpty {
        open.append(
          (meter.add(prompt: Int.random(in: 1...50, using: &random), limit: 20), 0, false))
      } else {
        let index = open.indices.randomElement(using: &random) ?? 0
        if !open[index].began {
          open[index].began = true
          meter.progress(.init(promptTokens: open[index].expected.prompt))
        } else if open[index].done < open[index].expected.answer {
          open[index].done += 1
          meter.progress(.init(answerTokens: 1))
        } else {
          let end = open.remove(at: index)
          meter.remove(end.expected, began: true, answered: 20, counted: end.done)
        }
      }
      let left = open.reduce(0) {
        $0 + ($1.began ? 0 : $1.expected.prompt) + $1.expected.answer - $1.done
      }
      #expect(meter.retryAfterSeconds == min(600, max(1, left)))
    }
  }
}
