import Transformer

@testable import Inference

/// An engine without a thread: a test makes each step itself.
final class HandEngine {
  let clock: ToyClock
  let shared: EngineShared
  let core: EngineCore

  init(
    _ model: any StepModel, draft: (any StepModel)? = nil, options: EngineOptions = .toy(),
    clock: ToyClock = ToyClock(), texts: any TokenTexts = ToyTexts()
  ) {
    self.clock = clock
    shared = EngineShared(
      time: MachineTime(clock: clock),
      maximumOutstanding: options.maximumSequences + options.maximumQueue)
    core = EngineCore(
      model: model, texts: texts,
      scheduler: Scheduler(
        options: .init(options), work: model.work, pages: model.pages,
        pageLength: model.pageLength, sharing: options.prefixCache),
      speculation: Speculation(
        options: options.speculation,
        model: draft.map {
          DraftModel($0, maximumSequences: options.maximumSequences, clock: clock)
        }), shared: shared)
  }

  func submit(_ request: GenerationRequest) throws(EngineRefusal) -> Generation {
    try shared.submit(request, limit: request.maxTokens, seed: request.sampling.seed ?? 0)
  }

  /// The requests in the batch, by their number from 1.
  var running: [UInt64] { core.scheduler.running.map { $0 - MachineTime.firstId(of: 1) } }

  /// What is left to compute of a request, by its number from 1; nil when it has ended.
  func pending(_ number: UInt64) -> Int? {
    core.scheduler.sequences[MachineTime.firstId(of: 1) + number]?.pending
  }

  /// What the thread does between two waits; false when there is nothing to do.
  func turn() -> Bool {
    core.accept(shared.mail.take())
    shared.withCosts { costs, now in
      if core.scheduler.isEmpty {
        costs.beginIdle()
      } else if costs.isIdle {
        costs.endIdle(at: now)
      }
    }
    guard !core.scheduler.isEmpty else { return false }
    core.step()
    return true
  }
}
