import Transformer

/// The engine's loop: takes requests in, steps the model, samples, delivers.
///
/// After it is made, only one thread uses it: the engine's, or a test.
final class EngineCore: @unchecked Sendable {
  private let model: any StepModel
  private let texts: any TokenTexts
  private let shared: EngineShared
  private(set) var scheduler: Scheduler
  private var active: [UInt64: ActiveGeneration] = [:]
  /// [maximumSequences][vocabulary]
  private let logits: UnsafeMutableBufferPointer<Float>

  init(
    model: any StepModel, texts: any TokenTexts, scheduler: Scheduler, shared: EngineShared
  ) {
    self.model = model
    self.texts = texts
    self.scheduler = scheduler
    self.shared = shared
    logits = .allocate(capacity: scheduler.options.maximumSequences * model.vocabulary)
    shared.updateLoad { $0.kvPagesTotal = scheduler.pool.count }
  }

  deinit { logits.deallocate() }

  /// Runs until the engine is stopped and nothing is left to do.
  func run() {
    // A request may have come in before this thread began: the clock starts out idle.
    shared.wake()
    defer { shared.rest() }
    while true {
      let inbox = shared.takeInbox()
      accept(inbox)
      if !scheduler.isEmpty {
        shared.time.turn { step() }
      } else if inbox.isStopping {
        return
      } else {
        rest()
      }
    }
  }

  private func rest() {
    shared.rest()
    shared.waitForWork()
    shared.wake()
  }

  /// Takes in new requests and cancellations.
  func accept(_ inbox: EngineShared.Inbox) {
    for submission in inbox.submissions {
      let request = submission.request
      active[submission.id] = ActiveGeneration(submission)
      scheduler.add(id: submission.id, prompt: request.prompt, scope: request.cacheScope)
      shared.withCosts { costs, _ in costs.open(submission.id, request: request.id) }
    }
    for id in inbox.cancellations { finish(id, .cancelled) }
    if inbox.cancelsAll { for id in active.keys.sorted() { finish(id, .cancelled) } }
  }

  /// One step of the batch.
  func step() {
    let plan = scheduler.schedule()
    let batch = makeBatch(plan)
    var failure: String?
    do {
      let count = batch.logitRows.count * model.vocabulary
      try model.step(batch, logits: .init(rebasing: logits[..<count]))
    } catch {
      failure = "\(error)"
    }
    let samples = failure == nil ? sample(plan) : [:]
    // Pages of a step that failed hold nothing that others could use.
    if failure == nil { scheduler.commit(plan) }
    let now = charge(plan)
    recordStep(plan)
    for entry in plan.entries {
      if let failure {
        finish(entry.sequence, .failed(failure))
      } else if entry.wantsLogits {
        deliver(samples[entry.sequence], to: entry.sequence, now: now)
      }
    }
    recordBatch()
  }

  private func makeBatch(_ plan: Scheduler.Plan) -> Batch {
    var batch = Batch()
    for (index, entry) in plan.entries.enumerated() {
      guard let sequence = scheduler.sequences[entry.sequence] else { continue }
      batch.pageTables.append(sequence.pages)
      for position in entry.range {
        batch.tokens.append(sequence.tokens[position])
        batch.positions.append(Int32(position))
        batch.sequences.append(index)
      }
      if entry.wantsLogits { batch.logitRows.append(batch.tokens.count - 1) }
    }
    return batch
  }

  private func sample(_ plan: Scheduler.Plan) -> [UInt64: Sampler.Sample] {
    var samples: [UInt64: Sampler.Sample] = [:]
    var row = 0
    for entry in plan.entries where entry.wantsLogits {
      let start = row * model.vocabulary
      let values = UnsafeMutableBufferPointer(rebasing: logits[start..<start + model.vocabulary])
      samples[entry.sequence] = active[entry.sequence]?.sample(values)
      row += 1
    }
    return samples
  }

  /// Shares the step's time by the work each sequence caused; gives the step's end.
  private func charge(_ plan: Scheduler.Plan) -> Int64 {
    let work = plan.entries.map { entry in
      (
        id: entry.sequence,
        weight: model.work.weight(positions: entry.range, logitRows: entry.wantsLogits ? 1 : 0)
      )
    }
    return shared.withCosts { costs, now in
      costs.step(until: now, work: work)
      return now
    }
  }

  private func deliver(_ sample: Sampler.Sample?, to id: UInt64, now: Int64) {
    guard active[id] != nil else { return }
    guard let sample else {
      finish(
        id,
        .failed(
          active[id]?.grammarFault
            ?? "The model's output is not a number. The model file may be damaged: check it against its "
            + "source, or use another quantisation."))
      return
    }
    scheduler.append(sample.token, to: id)
    if active[id]?.firstToken == nil { active[id]?.firstToken = now }
    if let reason = active[id]?.accept(sample, texts: texts) { finish(id, reason) }
  }

  private func finish(_ id: UInt64, _ reason: Finished.Reason) {
    guard var generation = active.removeValue(forKey: id) else { return }
    generation.emitRest()
    let cached = scheduler.sequences[id]?.cachedTokens ?? 0
    scheduler.remove(id)
    let (compute, now) = shared.withCosts { costs, now in (costs.close(id), now) }
    let submission = generation.submission
    var finished = Finished(
      reason: reason, promptTokens: submission.request.prompt.count, cachedTokens: cached,
      completionTokens: generation.completionTokens, computeNanoseconds: compute.pending,
      totalComputeNanoseconds: compute.total,
      firstTokenNanoseconds: generation.firstToken.map { $0 - submission.submitted } ?? 0,
      totalNanoseconds: now - submission.submitted)
    finished.stopText = generation.assembler.found
    shared.requestEnded(nanoseconds: finished.totalNanoseconds)
    shared.updateLoad {
      $0.finished += 1
      $0.cachedTokens += cached
      $0.generatedTokens += finished.completionTokens
    }
    recordBatch()
    submission.end.set(finished)
    submission.continuation.yield(.finished(finished))
    submission.continuation.finish()
  }

  private func recordStep(_ plan: Scheduler.Plan) {
    let prompt = plan.entries.reduce(0) { sum, entry in
      let promptCount = scheduler.sequences[entry.sequence]?.promptCount ?? 0
      return sum + entry.range.clamped(to: 0..<promptCount).count
    }
    shared.updateLoad {
      $0.steps += 1
      $0.preemptions += plan.preempted.count
      $0.promptTokens += prompt
    }
  }

  private func recordBatch() {
    let (running, free) = (scheduler.running.count, scheduler.pool.free)
    shared.updateLoad {
      $0.running = running
      $0.kvPagesUsed = $0.kvPagesTotal - free
    }
  }
}
