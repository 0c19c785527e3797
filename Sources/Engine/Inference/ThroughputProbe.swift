/// What a loaded model does on this machine: the basis of a price from measured cost.
package struct Throughput: Sendable, Equatable {
  /// Prompt tokens a second, one sequence.
  package let prefillTokensPerSecond: Double
  /// Generated tokens a second of one sequence alone.
  package let decodeTokensPerSecond: Double
  /// Generated tokens a second of `concurrency` sequences together.
  package let concurrentTokensPerSecond: Double
  package let concurrency: Int
  /// Compute nanoseconds of one token when `concurrency` requests run together.
  package let promptTokenNanoseconds: Double
  package let completionTokenNanoseconds: Double
}

/// Measures a model for a few seconds through an engine of its own.
package struct ThroughputProbe: Sendable {
  /// Tokens of each measured prompt.
  package var promptTokens: Int
  /// Tokens that each measured sequence generates.
  package var completionTokens: Int
  package var concurrency: Int
  /// About how long each of the three measurements goes on; it ends with the round that passes it.
  package var secondsEach: Double

  package init(
    promptTokens: Int = 128, completionTokens: Int = 24, concurrency: Int = 8,
    secondsEach: Double = 1
  ) {
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
    self.concurrency = concurrency
    self.secondsEach = secondsEach
  }

  /// - Throws: when the KV cache's memory cannot be had, or the model fails.
  package func measure(
    _ model: LoadedModel, options: EngineOptions = EngineOptions(),
    clock: some MonotonicClock = SystemMonotonicClock()
  ) async throws -> Throughput {
    var options = options
    options.prefixCache = false
    // Measured answers repeat themselves: guesses would flatter the model.
    options.speculation = .off
    options.maximumSequences = max(options.maximumSequences, concurrency)
    let engine = try Engine(model: model, options: options, clock: clock, seeds: { 0 })
    defer { engine.shutdown() }
    let length = max(1, min(promptTokens, engine.maximumLength - completionTokens - 1))
    let run = Run(
      engine: engine, vocabulary: model.vocabulary, clock: clock,
      ends: model.texts.endOfGeneration)
    _ = try await run.round(count: 1, prompt: min(8, length), answer: 2)  // touches all weights

    let prefill = try await run.rounds(secondsEach, count: 1, prompt: length, answer: 1)
    let decode = try await run.rounds(secondsEach, count: 1, prompt: 1, answer: completionTokens)
    let many = try await run.rounds(
      secondsEach, count: concurrency, prompt: 1, answer: completionTokens)
    return Throughput(
      prefillTokensPerSecond: prefill.rate(\.prompt), decodeTokensPerSecond: decode.rate(\.answer),
      concurrentTokensPerSecond: many.rate(\.answer), concurrency: concurrency,
      promptTokenNanoseconds: prefill.nanosecondsEach(\.prompt),
      completionTokenNanoseconds: many.nanosecondsEach(\.answer))
  }
}

extension ThroughputProbe {
  /// Tokens and time of some rounds.
  private struct Total {
    var prompt = 0
    var answer = 0
    /// By the cost clock: idle time between rounds is not in it.
    var nanoseconds: Int64 = 0

    func rate(_ tokens: KeyPath<Total, Int>) -> Double {
      Double(self[keyPath: tokens]) * 1e9 / Double(max(1, nanoseconds))
    }

    func nanosecondsEach(_ tokens: KeyPath<Total, Int>) -> Double {
      Double(nanoseconds) / Double(max(1, self[keyPath: tokens]))
    }
  }

  private struct Run<Clock: MonotonicClock> {
    let engine: Engine
    let vocabulary: Int
    let clock: Clock
    let ends: Set<Int32>

    func rounds(_ seconds: Double, count: Int, prompt: Int, answer: Int) async throws -> Total {
      let start = clock.nanoseconds()
      var total = Total()
      var rounds = 0
      repeat {
        let round = try await round(count: count, prompt: prompt, answer: answer)
        total.prompt += round.prompt
        total.answer += round.answer
        total.nanoseconds += round.nanoseconds
        rounds += 1
      } while clock.nanoseconds() - start < Int64(seconds * 1e9) && rounds < 10_000
      return total
    }

    func round(count: Int, prompt: Int, answer: Int) async throws -> Total {
      var generations: [Generation] = []
      for index in 0..<count {
        generations.append(
          try engine.submit(
            GenerationRequest(
              id: "probe-\(index)", prompt: tokens(prompt, salt: index), maxTokens: answer,
              sampling: SamplingOptions(temperature: 0, logitBias: endBiases))))
      }
      var total = Total()
      for generation in generations {
        let finished = await generation.finished()
        if case .failed(let message) = finished.reason {
          throw InferenceError(.unsupported, field: "model", message)
        }
        total.prompt += finished.promptTokens
        total.answer += finished.completionTokens
        total.nanoseconds += finished.totalComputeNanoseconds
      }
      return total
    }

    /// Answers must reach their full length.
    private var endBiases: [Int32: Float] {
      let ends = ends.prefix(Inference.maximumLogitBiases)
      return Dictionary(uniqueKeysWithValues: ends.map { ($0, -100) })
    }

    /// Any tokens will do: a transformer's time does not depend on which.
    private func tokens(_ count: Int, salt: Int) -> [Int32] {
      (0..<count).map { Int32(($0 * 7919 + salt * 104_729 + 17) % vocabulary) }
    }
  }
}
