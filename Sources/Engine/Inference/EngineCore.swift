import Transformer

/// The engine's loop: takes requests in, steps the model, samples, delivers.
///
/// After it is made, only one thread uses it: the engine's, or a test.
final class EngineCore: @unchecked Sendable {
  let model: any StepModel
  let texts: any TokenTexts
  let shared: EngineShared
  var scheduler: Scheduler
  var speculation: Speculation
  var active: [UInt64: ActiveGeneration] = [:]
  /// Requests with a deadline that have not begun.
  private var expiring: [UInt64] = []
  /// [maximumLogitRows][vocabulary]
  let logits: UnsafeMutableBufferPointer<Float>
  // Kept from step to step, so that a step allocates next to nothing.
  var batch = Batch()
  /// The tokens that a step picked, entry by entry, and how many are whose.
  var picked: [Int32] = []
  var outcomes: [Outcome] = []
  var work: [(id: UInt64, weight: Int128)] = []

  init(
    model: any StepModel, texts: any TokenTexts, scheduler: Scheduler, speculation: Speculation,
    shared: EngineShared
  ) {
    self.model = model
    self.texts = texts
    self.scheduler = scheduler
    self.speculation = speculation
    self.shared = shared
    logits = .allocate(capacity: scheduler.options.maximumLogitRows * model.vocabulary)
    shared.updateLoad { load, _ in load.kvPagesTotal = scheduler.pool.count }
  }

  deinit { logits.deallocate() }

  /// Runs until the engine is stopped and nothing is left to do.
  func run() { shared.mail.serve(accept: accept, hasWork: { !scheduler.isEmpty }, step: step) }

  /// Takes in new requests and cancellations, and ends those whose time is up.
  func accept(_ inbox: EngineShared.Mailbox.Inbox) {
    for submission in inbox.submissions {
      let request = submission.request
      active[submission.id] = ActiveGeneration(submission)
      if request.deadlineSeconds != nil { expiring.append(submission.id) }
      scheduler.add(
        id: submission.id, prompt: request.prompt, scope: request.cacheScope,
        customer: request.customer, priority: request.priority, weight: request.weight)
      shared.withCosts { costs, _ in costs.open(submission.id, request: request.id) }
    }
    for id in inbox.cancellations { finish(id, .cancelled) }
    if inbox.cancelsAll { for id in active.keys.sorted() { finish(id, .cancelled) } }
    if !expiring.isEmpty { expire() }
  }

  private func expire() {
    let now = shared.clock.nanoseconds()
    expiring.removeAll { id in
      guard let submission = active[id]?.submission else { return true }
      // One that began is not given up for being late.
      if scheduler.sequences[id]?.cachedTokens != nil { return true }
      let seconds = submission.request.deadlineSeconds ?? .infinity
      guard Double(now - submission.submitted) >= seconds * 1e9 else { return false }
      finish(id, .expired)
      return true
    }
  }

  func finish(_ id: UInt64, _ reason: Finished.Reason) {
    guard let generation = active.removeValue(forKey: id) else { return }
    generation.emitRest()
    let sequence = scheduler.sequences[id]
    scheduler.remove(id)
    speculation.forget(id)
    let (compute, now) = shared.withCosts { costs, now in (costs.close(id), now) }
    let submission = generation.submission
    var finished = Finished(
      reason: reason, promptTokens: submission.request.prompt.count,
      cachedTokens: sequence?.cachedTokens ?? 0, completionTokens: generation.completionTokens,
      computeNanoseconds: compute.pending, totalComputeNanoseconds: compute.total,
      firstTokenNanoseconds: generation.firstToken.map { $0 - submission.submitted } ?? 0,
      totalNanoseconds: now - submission.submitted, computedTokens: generation.computedTokens,
      recomputedTokens: sequence?.recomputedTokens ?? 0, draftedTokens: generation.draftedTokens,
      acceptedTokens: generation.acceptedTokens)
    finished.stopText = generation.assembler.found
    recordEnd(submission, generation, finished)
    submission.end.set(finished)
    submission.continuation.yield(.finished(finished))
    submission.continuation.finish()
  }

  private func recordEnd(
    _ submission: EngineShared.Submission, _ generation: ActiveGeneration, _ finished: Finished
  ) {
    let (running, free, cost) = (
      scheduler.batch.count, scheduler.pool.free, scheduler.cost
    )
    let rows = scheduler.options.maximumSequences
    shared.updateLoad { load, queue in
      load.finished += 1
      if finished.reason == .expired { load.expired += 1 }
      load.cachedTokens += finished.cachedTokens
      load.recomputedTokens += finished.recomputedTokens
      load.generatedTokens += finished.completionTokens
      load.running = running
      load.kvPagesUsed = load.kvPagesTotal - free
      queue.remove(
        submission.expected, began: generation.firstToken != nil,
        answered: finished.completionTokens, counted: generation.countedTokens)
      queue.learn(from: cost, rows: rows)
    }
    shared.mail.requestEnded()
  }
}
