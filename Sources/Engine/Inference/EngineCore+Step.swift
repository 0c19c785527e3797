import Transformer

extension EngineCore {
  /// What a step gave one entry.
  struct Outcome {
    /// How many tokens were picked.
    var tokens = 0
    /// Why the answer is at its end.
    var end: Finished.Reason?
  }

  /// One step of the batch.
  func step() {
    var plan = scheduler.schedule()
    let drafts = speculate(&plan)
    let start = shared.clock.nanoseconds()
    fillBatch(plan, drafts)
    picked.removeAll(keepingCapacity: true)
    outcomes.removeAll(keepingCapacity: true)
    var failure: String?
    do {
      for copy in plan.copies where copy.from != copy.to {
        model.copyPage(from: copy.from, to: copy.to, positions: copy.tokens)
      }
      let count = batch.logitRows.count * model.vocabulary
      try model.step(batch, logits: .init(rebasing: logits[..<count]))
    } catch {
      failure = "\(error)"
    }
    // Pages may grow again: the batch must not share them.
    batch.pageTables.removeAll(keepingCapacity: true)
    if failure == nil {
      pick(plan, drafts)
      // Pages of a step that failed hold nothing that others could use.
      scheduler.commit(plan)
    }
    let now = charge(plan)
    if failure == nil {
      scheduler.cost.record(
        nextRows: plan.nextRows, promptWeight: plan.promptWeight, nanoseconds: Double(now - start))
      recordDrafts(plan, drafts)
    }
    let prompt = promptTokens(plan)
    if let failure {
      for entry in plan.entries { finish(entry.sequence, .failed(failure)) }
    }
    let progress = settle(plan, now: now)
    recordStep(plan, prompt: prompt, progress, drafts)
  }

  /// Lets entries compute drafts where that pays.
  private func speculate(_ plan: inout Scheduler.Plan) -> [Speculation.Draft] {
    guard !speculation.isOff else { return [] }
    let drafts = speculation.drafts(for: plan, scheduler) { [active] id in
      active[id].map { $0.submission.limit - $0.completionTokens } ?? 0
    }
    return drafts.compactMap { draft in
      let count = min(draft.tokens.count, scheduler.draftRoom(draft.entry, in: plan))
      guard count > 0 else { return nil }
      scheduler.extend(draft.entry, by: count, in: &plan)
      var draft = draft
      draft.tokens.removeSubrange(count...)
      return draft
    }.sorted { $0.entry < $1.entry }
  }

  private func fillBatch(_ plan: Scheduler.Plan, _ drafts: [Speculation.Draft]) {
    batch.tokens.removeAll(keepingCapacity: true)
    batch.positions.removeAll(keepingCapacity: true)
    batch.sequences.removeAll(keepingCapacity: true)
    batch.logitRows.removeAll(keepingCapacity: true)
    var next = 0
    for (index, entry) in plan.entries.enumerated() {
      guard let sequence = scheduler.sequences[entry.sequence] else { continue }
      batch.pageTables.append(sequence.pages)
      batch.tokens += sequence.tokens[entry.range.clamped(to: 0..<sequence.tokens.count)]
      if next < drafts.count, drafts[next].entry == index {
        batch.tokens += drafts[next].tokens
        next += 1
      }
      for position in entry.range {
        batch.positions.append(Int32(position))
        batch.sequences.append(index)
      }
      for row in batch.tokens.count - entry.logitRows..<batch.tokens.count {
        batch.logitRows.append(row)
      }
    }
  }

  /// Picks each entry's next token, and as long as a draft's token equals the picked one, the token
  /// after it: what is picked is what would be picked without drafts.
  private func pick(_ plan: Scheduler.Plan, _ drafts: [Speculation.Draft]) {
    var (row, next) = (0, 0)
    for (index, entry) in plan.entries.enumerated() {
      var draft: ArraySlice<Int32> = []
      if next < drafts.count, drafts[next].entry == index {
        draft = drafts[next].tokens[...]
        next += 1
      }
      outcomes.append(entry.logitRows > 0 ? pick(entry.sequence, row, draft) : Outcome())
      row += entry.logitRows
    }
  }

  private func pick(_ id: UInt64, _ first: Int, _ draft: ArraySlice<Int32>) -> Outcome {
    var outcome = Outcome()
    guard let generation = active[id] else { return outcome }
    while true {
      let start = (first + outcome.tokens) * model.vocabulary
      let values = UnsafeMutableBufferPointer(rebasing: logits[start..<start + model.vocabulary])
      guard let sample = generation.sample(values) else {
        // A bad row behind a good one is met again in the next step.
        if outcome.tokens == 0 {
          outcome.end = .failed(generation.grammarFault ?? Self.notANumber)
        }
        return outcome
      }
      picked.append(sample.token)
      outcome.tokens += 1
      outcome.end = generation.accept(sample, texts: texts)
      // Behind a wrong guess, and behind the answer's end, rows are of no use.
      guard outcome.end == nil, outcome.tokens <= draft.count,
        sample.token == draft[draft.startIndex + outcome.tokens - 1]
      else { return outcome }
    }
  }

  private static let notANumber =
    "The model's output is not a number. The model file may be damaged: check it against its "
    + "source, or use another quantisation."

  /// Shares the step's time by the work each sequence caused, wrong guesses and a draft model's
  /// work included; gives the step's end.
  private func charge(_ plan: Scheduler.Plan) -> Int64 {
    let drafted = speculation.model?.takeWork() ?? [:]
    work.removeAll(keepingCapacity: true)
    for entry in plan.entries {
      var weight = model.work.weight(positions: entry.range, logitRows: entry.logitRows)
      if !drafted.isEmpty { weight += drafted[entry.sequence, default: 0] }
      work.append((entry.sequence, weight))
      active[entry.sequence]?.computedTokens += entry.range.count
    }
    return shared.withCosts { [work] costs, now in
      costs.step(until: now, work: work)
      return now
    }
  }

  private func recordDrafts(_ plan: Scheduler.Plan, _ drafts: [Speculation.Draft]) {
    for draft in drafts {
      let id = plan.entries[draft.entry].sequence
      let accepted = max(0, outcomes[draft.entry].tokens - 1)
      speculation.record(draft, sequence: id, accepted: accepted)
      active[id]?.draftedTokens += draft.tokens.count
      active[id]?.acceptedTokens += accepted
    }
  }

  /// Notes the picked tokens, and ends the answers that are at their end.
  private func settle(_ plan: Scheduler.Plan, now: Int64) -> QueueMeter.Progress {
    var progress = QueueMeter.Progress()
    var start = 0
    for (entry, outcome) in zip(plan.entries, outcomes) {
      let id = entry.sequence
      scheduler.append(picked[start..<start + outcome.tokens], to: id)
      start += outcome.tokens
      guard let generation = active[id] else { continue }
      if outcome.tokens > 0, generation.firstToken == nil {
        generation.firstToken = now
        progress.promptTokens += generation.submission.expected.prompt
      }
      if let reason = outcome.end {
        finish(id, reason)
      } else if outcome.tokens > 0 {
        progress.answerTokens += generation.count()
      }
    }
    return progress
  }

  private func promptTokens(_ plan: Scheduler.Plan) -> Int {
    plan.entries.reduce(0) { sum, entry in
      let count = scheduler.sequences[entry.sequence]?.promptCount ?? 0
      return sum + entry.range.clamped(to: 0..<count).count
    }
  }

  private func recordStep(
    _ plan: Scheduler.Plan, prompt: Int, _ progress: QueueMeter.Progress,
    _ drafts: [Speculation.Draft]
  ) {
    let (running, free) = (scheduler.batch.count, scheduler.pool.free)
    var (drafted, accepted) = (0, 0)
    for draft in drafts where !outcomes.isEmpty {
      drafted += draft.tokens.count
      accepted += max(0, outcomes[draft.entry].tokens - 1)
    }
    shared.updateLoad { load, queue in
      load.steps += 1
      load.preemptions += plan.preempted.count
      load.promptTokens += prompt
      load.draftedTokens += drafted
      load.acceptedTokens += accepted
      load.running = running
      load.kvPagesUsed = load.kvPagesTotal - free
      queue.progress(progress)
    }
  }
}
