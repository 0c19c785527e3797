import Bench
import Foundation
import Inference

/// Measures a model file inside this process, as `llama-bench` and `llama-batched-bench` do:
/// a prompt, one stream that generates, and batches that generate.
///
/// - Prompt: its tokens over the time to the first token.
/// - Decode of one stream: tokens after the first over the time after the first.
/// - Decode of a batch: what answers of the full length take beyond answers of one token, so that
///   the prompts' time is out.
struct ModelBench {
  let path: String
  let prompt: Int
  let answer: Int
  let depth: Int
  let batches: [Int]
  let rounds: Int
  let price: MachinePrice?
  let threads: Int
  let tokenBudget: Int?
  let speculates: Bool
  let parts: [ModelBenchOptions.Part]
  let clock: any MonotonicClock = SystemMonotonicClock()

  init(_ command: BenchCommand) throws {
    path = command.target
    prompt = try command.common.prompts(default: 512).range.upperBound
    answer = try command.common.answers().range.upperBound
    depth = command.model.depth
    batches = try command.common.levels()
    rounds = try command.common.rounds(default: 5)
    price = try command.common.price()
    threads = command.model.threads ?? EngineOptions().threads
    tokenBudget = command.model.tokenBudget
    speculates = command.model.speculation
    parts = try CommonBenchOptions.list(
      command.model.parts, option: "--parts", ModelBenchOptions.Part.init(rawValue:))
    guard (1...1024).contains(threads) else { throw CommandError("--threads: 1 to 1024") }
    guard (1...Bench.maximumTokens).contains(depth) else {
      throw CommandError("--depth: 1 to \(Bench.maximumTokens)")
    }
    guard answer >= 2 else { throw CommandError("--output-tokens: at least 2") }
    guard batches.allSatisfy({ $0 <= 1024 }) else {
      throw CommandError("--concurrency: a batch has at most 1024 sequences")
    }
  }

  func run() async throws -> ModelReport {
    let start = clock.nanoseconds()
    let model = try LoadedModel.load(path: path)
    let most = max(prompt + 1, depth + answer)
    guard most <= model.contextLength else {
      throw CommandError(
        "the model's context has \(model.contextLength) tokens, not \(most); lower --prompt-tokens, --output-tokens or --depth"
      )
    }
    let sequences = batches.max() ?? 1
    var options = EngineOptions(
      threads: threads, maximumSequences: sequences, prefixCache: false,
      speculation: speculates ? SpeculationOptions() : .off)
    if let tokenBudget { options.tokenBudget = tokenBudget }
    // Every sequence of the largest batch has its place.
    let pageLength = model.weights.pageLength
    options.kvPages = sequences * ((most + pageLength - 1) / pageLength + 1)
    let engine = try Engine(model: model, options: options, seeds: SystemSeeds.next)
    defer { engine.shutdown() }
    let load = BatchLoad(engine: engine, model: model, clock: clock)
    _ = try await load.run(sequences: 1, prompt: 8, answer: 1)
    let firstToken = clock.nanoseconds() - start
    return ModelReport(
      model: model.name, fingerprint: model.fingerprint, threads: threads,
      loadToFirstTokenSeconds: Double(firstToken) / 1e9,
      prompt: parts.contains(.prompt) ? try await measurePrompt(load) : nil,
      decode: parts.contains(.decode) ? try await measureDecode(load) : nil,
      batches: parts.contains(.batches) ? try await measureBatches(load) : [])
  }

  private func measurePrompt(_ load: BatchLoad) async throws -> ModelReport.Speed {
    var speeds: [Double] = []
    for _ in 0..<rounds {
      let done = try await load.run(sequences: 1, prompt: prompt, answer: 1)
      speeds.append(rate(prompt, done.firstToken))
    }
    return try speed(1, tokens: prompt, speeds)
  }

  private func measureDecode(_ load: BatchLoad) async throws -> ModelReport.Speed {
    var speeds: [Double] = []
    for _ in 0..<rounds {
      let done = try await load.run(sequences: 1, prompt: depth, answer: answer)
      speeds.append(rate(answer - 1, done.total - done.firstToken))
    }
    return try speed(1, tokens: answer, speeds)
  }

  private func measureBatches(_ load: BatchLoad) async throws -> [ModelReport.Speed] {
    var rows: [ModelReport.Speed] = []
    for size in batches {
      var speeds: [Double] = []
      for _ in 0..<rounds {
        let whole = try await load.run(sequences: size, prompt: depth, answer: answer)
        let prompts = try await load.run(sequences: size, prompt: depth, answer: 1)
        speeds.append(rate(size * (answer - 1), whole.total - prompts.total))
      }
      rows.append(try speed(size, tokens: answer, speeds))
    }
    return rows
  }

  private func rate(_ tokens: Int, _ nanoseconds: Int64) -> Double {
    Double(tokens) * 1e9 / Double(max(1, nanoseconds))
  }

  private func speed(
    _ sequences: Int, tokens: Int, _ speeds: [Double]
  ) throws -> ModelReport.Speed {
    let median = SampleSummary.median(speeds) ?? 0
    // A thousand seconds of the machine, so that rounding the tokens loses nothing that shows.
    let cost = try price?.costPerMillion(
      tokens: Int((median * 1000).rounded()), nanoseconds: 1_000_000_000_000)
    return ModelReport.Speed(
      sequences: sequences, tokens: tokens, tokensPerSecond: median,
      minimum: speeds.min() ?? 0, maximum: speeds.max() ?? 0, rounds: speeds,
      costPerMillion: cost.map(AmountJSON.init))
  }
}

/// Sequences of one length, all at once, on an engine of their own.
private struct BatchLoad {
  struct Outcome {
    /// Of the first sequence; nanoseconds from its submission.
    let firstToken: Int64
    /// From the first submission to the last end.
    let total: Int64
  }

  let engine: Engine
  let model: LoadedModel
  let clock: any MonotonicClock

  /// - Throws: when the model fails, or an answer ends early.
  func run(sequences: Int, prompt: Int, answer: Int) async throws -> Outcome {
    let start = clock.nanoseconds()
    let generations = try (0..<sequences).map { index in
      try engine.submit(
        GenerationRequest(
          id: "bench-\(index)", prompt: tokens(prompt, salt: index), maxTokens: answer,
          sampling: SamplingOptions(temperature: 0, logitBias: endBiases)))
    }
    var firstToken: Int64 = 0
    for (index, generation) in generations.enumerated() {
      let finished = await generation.finished()
      if case .failed(let message) = finished.reason { throw CommandError(message) }
      guard finished.completionTokens == answer else {
        throw CommandError(
          "an answer ended after \(finished.completionTokens) of \(answer) tokens; lower --output-tokens"
        )
      }
      if index == 0 { firstToken = finished.firstTokenNanoseconds }
    }
    return Outcome(firstToken: firstToken, total: clock.nanoseconds() - start)
  }

  /// Answers must reach their full length.
  private var endBiases: [Int32: Float] {
    let ends = model.texts.endOfGeneration.sorted().prefix(Inference.maximumLogitBiases)
    return Dictionary(uniqueKeysWithValues: ends.map { ($0, -100) })
  }

  /// Any tokens will do: a transformer's time does not depend on which.
  private func tokens(_ count: Int, salt: Int) -> [Int32] {
    (0..<count).map { Int32(($0 * 7919 + salt * 104_729 + 17) % model.vocabulary) }
  }
}
