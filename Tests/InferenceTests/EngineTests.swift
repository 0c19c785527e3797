import Testing

@testable import Inference

/// The engine with its thread.
@Suite(.timeLimit(.minutes(20)))
struct EngineTests {
  private func engine(
    _ model: ToyModel = ToyModel(), options: EngineOptions = .toy(), ends: Bool = true
  ) -> Engine {
    Engine(
      step: model, texts: ToyTexts(ends: ends), options: options, clock: SystemMonotonicClock(),
      seeds: { 42 })
  }

  private func request(
    _ id: String = "r", prompt: [Int32] = [5, 6, 7], max: Int = 4,
    sampling: SamplingOptions = .greedy
  ) -> GenerationRequest {
    GenerationRequest(id: id, prompt: prompt, maxTokens: max, sampling: sampling)
  }

  @Test func `many requests at once all end, and the clock balances`() async throws {
    let engine = engine()
    let reports = try await withThrowingTaskGroup(of: Finished.self) { group in
      for index in 0..<60 {
        let generation = try engine.submit(
          request("\(index)", prompt: (0...Int32(index % 20)).map { $0 + 5 }, max: 1 + index % 9))
        group.addTask { await generation.finished() }
      }
      var reports: [ClockReport] = []
      for try await finished in group {
        #expect(finished.completionTokens >= 0 && finished.totalComputeNanoseconds > 0)
        reports.append(engine.drainClock())
      }
      return reports
    }
    for (report, next) in zip(reports, reports.dropFirst()) { #expect(report.to == next.from) }
    for report in reports {
      let shares = report.shares.reduce(0) { $0 + $1.nanoseconds }
      #expect(
        shares + report.finishedNanoseconds + report.idleNanoseconds == report.to - report.from)
    }
    #expect(engine.load.finished == 60)
    engine.shutdown()
  }

  @Test(arguments: [false, true])
  func `shutting down ends every request and refuses new ones`(finishing: Bool) async throws {
    let engine = engine(ends: false)
    let generations = try (0..<10).map { try engine.submit(request("\($0)", max: 100)) }
    engine.shutdown(finishing: finishing)
    for generation in generations {
      let reason = await generation.finished().reason
      #expect(reason == .length || (!finishing && reason == .cancelled))
    }
    #expect(throws: EngineRefusal.shuttingDown) { _ = try engine.submit(request()) }
    engine.shutdown()
    #expect(engine.drainClock().shares.isEmpty)
  }

  @Test func `an engine that is let go cancels what it had`() async throws {
    let generation: Generation
    do {
      let engine = engine(ToyModel(contextLength: 4_000, pages: 1_000), ends: false)
      generation = try engine.submit(request(max: 3_900))
    }
    let reason = await generation.finished().reason
    #expect(reason == .cancelled || reason == .length)
  }

  @Test func `an answer stops at the context length`() async throws {
    let engine = engine(ToyModel(contextLength: 16), ends: false)
    let finished = try await engine.submit(request(prompt: [5, 6, 7], max: 1_000)).finished()
    #expect(finished.reason == .length && finished.completionTokens == 13)
  }

  @Test func `a prompt that leaves no room is refused with the limit`() {
    let engine = engine(ToyModel(contextLength: 16, pages: 3))
    #expect(throws: EngineRefusal.promptTooLong(tokens: 12, limit: 11)) {
      _ = try engine.submit(request(prompt: [Int32](repeating: 5, count: 12)))
    }
    #expect(throws: Never.self) {
      _ = try engine.submit(request(prompt: [Int32](repeating: 5, count: 11)))
    }
  }

  /// One value out of its bounds, and the field that a refusal names.
  struct Fault: Sendable, CustomStringConvertible {
    let field: String
    let change: @Sendable (inout GenerationRequest) -> Void
    var description: String { field }

    init(_ field: String, _ change: @escaping @Sendable (inout GenerationRequest) -> Void) {
      self.field = field
      self.change = change
    }

    static let all: [Fault] = [
      Fault("prompt") { $0.prompt = [] }, Fault("prompt") { $0.prompt = [40] },
      Fault("prompt") { $0.prompt = [-1] }, Fault("max_tokens") { $0.maxTokens = 0 },
      Fault("top_logprobs") { $0.logprobs = 21 }, Fault("top_logprobs") { $0.logprobs = -1 },
      Fault("stop") { $0.stop = [""] },
      Fault("stop") { $0.stop = Array(repeating: "x", count: 17) },
      Fault("stop") { $0.stop = [String(repeating: "x", count: 257)] },
      Fault("temperature") { $0.sampling.temperature = -1 },
      Fault("temperature") { $0.sampling.temperature = .nan },
      Fault("top_p") { $0.sampling.topP = 1.5 }, Fault("min_p") { $0.sampling.minP = -0.1 },
      Fault("top_k") { $0.sampling.topK = -1 },
      Fault("repetition_penalty") { $0.sampling.repetitionPenalty = 0 },
      Fault("frequency_penalty") { $0.sampling.frequencyPenalty = .infinity },
      Fault("presence_penalty") { $0.sampling.presencePenalty = 101 },
      Fault("logit_bias") { $0.sampling.logitBias = [40: 1] },
      Fault("logit_bias") { $0.sampling.logitBias = [4: .nan] },
      Fault("logit_bias") {
        $0.sampling.logitBias = Dictionary(uniqueKeysWithValues: (0..<1_025).map { ($0, 1) })
      },
    ]
  }

  @Test(arguments: Fault.all)
  func `a value out of its bounds is refused by name`(fault: Fault) {
    let engine = engine()
    var request = request()
    fault.change(&request)
    #expect {
      _ = try engine.submit(request)
    } throws: { error in
      let refusal = error as? EngineRefusal
      return refusal?.code == .invalidRequest && refusal?.field == fault.field
    }
  }

  @Test func `without a seed each request takes the next of the engine's`() async throws {
    let engine = engine()
    let options = SamplingOptions(temperature: 1)
    var seeded = options
    seeded.seed = 42
    let first = await Answer(try engine.submit(request(max: 9, sampling: options)))
    let second = await Answer(try engine.submit(request(max: 9, sampling: seeded)))
    #expect(first.text == second.text)
  }
}
