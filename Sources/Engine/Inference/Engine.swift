import Foundation
import Synchronization
import Tokenizers

/// Serves one model on this machine: a thread that steps all requests together.
///
/// Idle, it blocks and uses no processor. All methods may be called from anywhere.
package final class Engine: Sendable {
  private let shared: EngineShared
  private let contextLength: Int
  private let capacity: Int
  private let vocabulary: Int
  private let seeds: @Sendable () -> UInt64
  private let texts: any TokenTexts
  /// Made for the first request with a grammar.
  private let grammarVocabulary = Mutex<GrammarVocabulary?>(nil)

  /// Starts the engine's thread.
  ///
  /// - Parameters:
  ///   - draft: a small model with the same tokens, to guess the answers' next tokens with.
  ///   - time: the machine's, where other engines run on it too; else the engine's own, by `clock`.
  ///   - seeds: gives the seed of each request that names none.
  /// - Throws: when the KV cache's memory cannot be had, or the draft model has other tokens.
  package convenience init(
    model: LoadedModel, draft: LoadedModel? = nil, options: EngineOptions = EngineOptions(),
    clock: some MonotonicClock = SystemMonotonicClock(), time: MachineTime? = nil,
    seeds: @escaping @Sendable () -> UInt64
  ) throws {
    let options = options.bounded
    let step = try model.weights.makeStepModel(
      pages: options.pages(for: model.weights), maximumTokens: options.tokenBudget,
      options: options.stepModel)
    let small = try draft.map { draft in
      try Self.check(draft: draft, for: model)
      return try draft.weights.makeStepModel(
        pages: options.draftPages(for: draft.weights), maximumTokens: options.tokenBudget,
        options: options.stepModel)
    }
    self.init(
      step: step, draft: small, texts: model.texts, options: options, clock: clock, time: time,
      seeds: seeds)
  }

  /// An engine over any step model: for tests, and for models that are not files.
  package init(
    step: any StepModel, draft: (any StepModel)? = nil, texts: any TokenTexts,
    options: EngineOptions, clock: some MonotonicClock, time: MachineTime? = nil,
    seeds: @escaping @Sendable () -> UInt64
  ) {
    let options = options.bounded
    precondition(step.maximumTokens >= options.tokenBudget)
    precondition(draft.map { $0.vocabulary == step.vocabulary } ?? true)
    let scheduler = Scheduler(
      options: .init(options), work: step.work, pages: step.pages, pageLength: step.pageLength,
      sharing: options.prefixCache)
    shared = EngineShared(
      time: time ?? MachineTime(clock: clock),
      maximumOutstanding: options.maximumSequences + options.maximumQueue)
    contextLength = step.contextLength
    capacity = scheduler.capacity
    vocabulary = step.vocabulary
    self.seeds = seeds
    self.texts = texts
    let drafts = draft.map {
      DraftModel($0, maximumSequences: options.maximumSequences, clock: clock)
    }
    let core = EngineCore(
      model: step, texts: texts, scheduler: scheduler,
      speculation: Speculation(options: options.speculation, model: drafts), shared: shared)
    shared.mail.start(name: "inference") { core.run() }
  }

  deinit { shutdown() }

  /// Takes a request into the queue.
  ///
  /// - Throws: `EngineRefusal` when the request is not valid or does not fit, when the queue is
  ///   full, and when the engine shuts down.
  package func submit(_ request: GenerationRequest) throws(EngineRefusal) -> Generation {
    try request.validate(vocabulary: vocabulary)
    let room = min(contextLength, capacity)
    guard request.prompt.count < room else {
      throw .promptTooLong(tokens: request.prompt.count, limit: room - 1)
    }
    let limit = min(request.maxTokens, room - request.prompt.count)
    let matcher = try matcher(request.grammar)
    return try shared.submit(
      request, limit: limit, seed: request.sampling.seed ?? seeds(), matcher: matcher)
  }

  private func matcher(_ grammar: CompiledGrammar?) throws(EngineRefusal) -> GrammarMatcher? {
    guard let grammar else { return nil }
    let vocabulary = grammarVocabulary.withLock { known in
      let made = known ?? GrammarVocabulary(texts, size: self.vocabulary)
      known = made
      return made
    }
    let matcher = GrammarMatcher(grammar, vocabulary: vocabulary)
    guard !matcher.mask().isEmpty else {
      throw .invalid(
        "grammar", "no token of the model can begin such an answer; use another model or grammar.")
    }
    return matcher
  }

  /// Hands out the machine's time since the last drain, that of other engines on it too.
  package func drainClock() -> ClockReport { shared.mail.time.drain() }

  package var load: EngineLoad { shared.load }

  /// The longest sequence, prompt and answer, that a request can have.
  package var maximumLength: Int { min(contextLength, capacity) }

  /// Takes no more requests, cancels those taken (or finishes them) and waits for the thread's end.
  /// Blocks; may be called more than once.
  package func shutdown(finishing: Bool = false) {
    shared.mail.stop(finishing: finishing)
    shared.mail.waitForEnd()
  }
}

extension Engine {
  /// A draft's tokens must mean the same to both models.
  private static func check(draft: LoadedModel, for model: LoadedModel) throws {
    let same =
      draft.vocabulary == model.vocabulary
      && draft.tokenizer.vocabularySize == model.tokenizer.vocabularySize
      && (0..<Int32(model.tokenizer.vocabularySize)).allSatisfy {
        draft.tokenizer.text(of: $0) == model.tokenizer.text(of: $0)
      }
    guard same else {
      throw InferenceError(
        .inconsistent, field: draft.name,
        "the draft model's tokens are not those of \(model.name); use one of the same family")
    }
  }
}

extension Scheduler.Options {
  /// Small batches have rows of logits to spare for guesses.
  static let leastLogitRows = 32

  init(_ options: EngineOptions) {
    self.init(
      maximumSequences: options.maximumSequences, tokenBudget: options.tokenBudget,
      maximumLogitRows: min(
        options.tokenBudget, max(options.maximumSequences, Self.leastLogitRows)),
      maximumStepNanoseconds: options.maximumStepMilliseconds * 1e6)
  }
}

extension EngineOptions {
  /// Nonsense made sense: at least one of everything, and a token for each sequence in a step.
  var bounded: EngineOptions {
    var options = self
    options.threads = max(1, min(threads, 256))
    options.maximumSequences = max(1, min(maximumSequences, 1024))
    options.tokenBudget = max(options.maximumSequences, min(tokenBudget, 8192))
    options.maximumStepMilliseconds = max(1, maximumStepMilliseconds)
    options.speculation.maximumDraft = max(0, min(speculation.maximumDraft, 64))
    options.maximumQueue = max(0, min(maximumQueue, 1 << 20))
    return options
  }

  /// A draft model gets a quarter of the cache's memory on top; without pages it does not guess.
  func draftPages(for weights: any ModelWeights) -> Int {
    var options = self
    options.kvPages = nil
    options.kvBytes = kvBytes / 4
    return options.pages(for: weights)
  }

  func pages(for weights: any ModelWeights) -> Int {
    let context = (weights.contextLength + weights.pageLength - 1) / weights.pageLength
    let most = maximumSequences.multipliedReportingOverflow(by: context)
    let limit = most.overflow ? Int(Int32.max) : min(most.partialValue, Int(Int32.max))
    return max(1, min(limit, kvPages ?? (kvBytes / max(1, weights.bytesPerPage(kvPrecision)))))
  }
}
