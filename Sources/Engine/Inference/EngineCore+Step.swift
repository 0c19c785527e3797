import Transformer

extension EngineCore {
  /// One step of the batch.
  func step() {
    var plan = scheduler.schedule()
    let drafts = speculate(&plan)
    let start = shared.clock.nanoseconds()
    fillBatch(plan, drafts)
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
      sample(plan, drafts)
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
    var progress = QueueMeter.Progress()
    if let failure {
      for entry in plan.entries { finish(entry.sequence, .failed(failure)) }
    } else {
      deliver(plan, now: now, &progress)
    }
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
  private func sample(_ plan: Scheduler.Plan, _ drafts: [Speculation.Draft]) {
    samples.removeAll(keepingCapacity: true)
    sampleCounts.removeAll(keepingCapacity: true)
    var (row, next) = (0, 0)
    for (index, entry) in plan.entries.enumerated() {
      var draft: ArraySlice<Int32> = []
      if next < drafts.count, drafts[next].entry == index {
        draft = drafts[next].tokens[...]
        next += 1
      }
      sampleCounts.append(entry.logitRows > 0 ? sample(entry.sequence, row, draft) : 0)
      row += entry.logitRows
    }
  }

  private func sample(_ id: UInt64, _ first: Int, _ draft: ArraySlice<Int32>) -> Int {
    var count = 0
    while true {
      let start = (first + count) * model.vocabulary
      let values = UnsafeMutableBufferPointer(rebasing: logits[start..<start + model.vocabulary])
      guard let sample = active[id]?.sample(values) else { return count > 0 ? count : -1 }
      samples.append(sample)
      count += 1
      // After a wrong guess, and after the end of the answer, the rows are of no use.
      guard count <= draft.count, sample.token == draft[draft.startIndex + count - 1],
        !sample.completes, !texts.endOfGeneration.contains(sample.token)
      else { return count }
    }
  }

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
      let accepted = max(0, sampleCounts[draft.entry] - 1)
      speculation.record(draft, sequence: id, accepted: accepted)
      active[id]?.draftedTokens += draft.tokens.count
      active[id]?.acceptedTokens += accepted
    }
  }

  /// Hands every entry's picked tokens on.
  private func deliver(_ plan: Scheduler.Plan, now: Int64, _ progress: inout QueueMeter.Progress) {
    var start = 0
    for (index, entry) in plan.entries.enumerated() where entry.logitRows > 0 {
      let count = sampleCounts[index]
      guard count > 0 else {
        finish(
          entry.sequence,
          .failed(
            active[entry.sequence]?.grammarFault
              ?? "The model's output is not a number. The model file may be damaged: check it "
              + "against its source, or use another quantisation."))
        continue
      }
      deliver(samples[start..<start + count], to: entry.sequence, now: now, &progress)
      start += count
    }
  }

  private func deliver(
    _ picked: ArraySlice<Sampler.Sample>, to id: UInt64, now: Int64,
    _ progress: inout QueueMeter.Progress
  ) {
    guard let place = active.index(forKey: id) else { return }
    scheduler.append(picked.lazy.map(\.token), to: id)
    if active.values[place].firstToken == nil {
      active.values[place].firstToken = now
      progress.promptTokens += active.values[place].submission.expected.prompt
    }
    for sample in picked {
      if let reason = active.values[place].accept(sample, texts: texts) {
        finish(id, reason)
        return
      }
    }
    progress.answerTokens += active.values[place].count()
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
    for draft in drafts where !sampleCounts.isEmpty {
      drafted += draft.tokens.count
      accepted += max(0, sampleCounts[draft.entry] - 1)
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
