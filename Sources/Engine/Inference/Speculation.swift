/// Decides for each step which sequences compute guessed tokens after their next one.
///
/// A guess pays when the tokens it is expected to add, over the time that its rows add to the step
/// (from the measured curve), are more a second than the step gives without it. In a large batch
/// rows cost nearly in proportion, so nothing is guessed there. Only steps without prompts take
/// guesses: their time is what the curve is about.
struct Speculation {
  /// What speculation must gain, as a factor, to be worth its own overhead.
  static let leastGain = 1.03

  private struct Candidate {
    var lookup = PromptLookup()
    var acceptance = DraftAcceptance()
    var modelAcceptance = DraftAcceptance()
  }

  /// What an entry of a plan is to compute beyond its next token.
  struct Draft {
    let entry: Int
    var tokens: [Int32]
    var isByModel = false
  }

  let options: SpeculationOptions
  /// The second model, if there is one; given up when it fails.
  private(set) var model: DraftModel?
  private var candidates: [UInt64: Candidate] = [:]

  init(options: SpeculationOptions, model: DraftModel? = nil) {
    self.options = options
    self.model = options.maximumDraft > 0 ? model : nil
  }

  var isOff: Bool { options.maximumDraft < 1 || (!options.promptLookup && model == nil) }

  /// Drafts for a plan without prompts.
  ///
  /// - Parameter left: how many tokens a sequence's request may still get.
  mutating func drafts(
    for plan: Scheduler.Plan, _ scheduler: Scheduler, left: (UInt64) -> Int
  ) -> [Draft] {
    guard !isOff, plan.nextEntries == plan.entries.count, plan.nextEntries > 0 else { return [] }
    var gain = Gain(rows: plan.nextRows, curve: scheduler.cost.rows)
    guard options.policy == .always || gain.mayPay(options.maximumDraft) else { return [] }
    var drafts: [Draft] = []
    if options.promptLookup { lookUp(plan, scheduler, left, &gain, &drafts) }
    if model != nil { ask(plan, scheduler, left, gain, &drafts) }
    return drafts
  }

  private mutating func lookUp(
    _ plan: Scheduler.Plan, _ scheduler: Scheduler, _ left: (UInt64) -> Int, _ gain: inout Gain,
    _ drafts: inout [Draft]
  ) {
    for index in plan.entries.indices {
      guard let sequence = scheduler.sequences[plan.entries[index].sequence] else { continue }
      let limit = min(options.maximumDraft, left(sequence.id) - 1)
      let guess = candidates[sequence.id, default: Candidate()].lookup
        .draft(after: sequence.tokens, limit: limit)
      guard !guess.isEmpty else { continue }
      let acceptance = candidates[sequence.id]?.acceptance ?? DraftAcceptance()
      let count =
        options.policy == .always ? guess.count : gain.take(upTo: guess.count, acceptance)
      if count > 0 {
        drafts.append(Draft(entry: index, tokens: Array(guess.prefix(count))))
      } else {
        candidates[sequence.id]?.acceptance.fade()
      }
    }
  }

  /// Asks the draft model for all sequences without a guess together: it steps for them as a batch.
  private mutating func ask(
    _ plan: Scheduler.Plan, _ scheduler: Scheduler, _ left: (UInt64) -> Int, _ gain: Gain,
    _ drafts: inout [Draft]
  ) {
    guard let model else { return }
    let taken = Set(drafts.map(\.entry))
    let open = plan.entries.indices.filter {
      !taken.contains($0) && left(plan.entries[$0].sequence) > 1
    }
    guard !open.isEmpty else { return }
    let estimates = open.map {
      candidates[plan.entries[$0].sequence, default: Candidate()].modelAcceptance
    }
    let count =
      options.policy == .always
      ? options.maximumDraft
      : gain.depth(estimates, upTo: options.maximumDraft, draftCurve: model.curve)
    guard count > 0 else {
      for index in open {
        candidates[plan.entries[index].sequence, default: Candidate()].modelAcceptance.fade()
      }
      return
    }
    let wanted = open.compactMap { index in
      scheduler.sequences[plan.entries[index].sequence].map {
        DraftModel.Wanted(
          sequence: $0.id, tokens: $0.tokens, count: min(count, left($0.id) - 1))
      }
    }
    do {
      for (index, tokens) in zip(open, try model.drafts(for: wanted)) where !tokens.isEmpty {
        drafts.append(Draft(entry: index, tokens: tokens, isByModel: true))
      }
    } catch {
      // Answers do not need it.
      self.model = nil
    }
  }

  mutating func record(_ draft: Draft, sequence: UInt64, accepted: Int) {
    if draft.isByModel {
      candidates[sequence]?.modelAcceptance
        .record(drafted: draft.tokens.count, accepted: accepted)
    } else {
      candidates[sequence]?.acceptance.record(drafted: draft.tokens.count, accepted: accepted)
    }
  }

  mutating func forget(_ id: UInt64) {
    candidates[id] = nil
    model?.forget(id)
  }
}
