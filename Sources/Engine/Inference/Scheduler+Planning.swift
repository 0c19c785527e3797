extension Scheduler {
  /// What is left of a step for prompts.
  struct PromptBudget {
    var tokens: Int
    /// Infinite in a step in which nothing generates.
    var nanoseconds: Double
    /// Nothing was given out yet.
    var isWhole = true
  }

  /// A step makes at least so many tokens of progress on prompts.
  static let leastChunk = 8
  /// The chunk beside sequences that generate while the machine's speed is not known.
  static let unmeasuredChunk = 64
  /// Steps of these many rows use the kernels' tiles (of 6, 12 and 16 rows) to the full.
  static let favouredRows = 48

  /// One token for every sequence that only waits for its next one, strongest first.
  mutating func planNextTokens(_ plan: inout Plan) {
    // Whoever gives up pages stands behind those already planned.
    var index = 0
    while index < batch.count {
      let sequence = batch[index]
      index += 1
      guard sequence.pending == 1 else { continue }
      while sequence.isRunning, !grow(sequence, to: sequence.tokens.count) {
        preempt(batch[batch.count - 1], &plan)
      }
      if sequence.isRunning { enter(sequence, count: 1, &plan) }
    }
    plan.nextEntries = plan.entries.count
    plan.nextRows = plan.tokens
  }

  func promptBudget(_ plan: Plan) -> PromptBudget {
    let tokens = options.tokenBudget - plan.tokens
    guard plan.nextRows > 0 else { return PromptBudget(tokens: tokens, nanoseconds: .infinity) }
    let spent = cost.rows.nanoseconds(rows: plan.nextRows, optimistic: false) ?? 0
    return PromptBudget(tokens: tokens, nanoseconds: options.maximumStepNanoseconds - spent)
  }

  /// Chunks of running prompts, in turns of their customers.
  mutating func planPrompts(_ plan: inout Plan, _ budget: inout PromptBudget) {
    guard batch.count > plan.nextEntries else { return }
    var prompts = batch.filter { $0.pending > 1 }
    if prompts.count > 1 {
      prompts.sort {
        let (left, right) = (shares.order($0.share), shares.order($1.share))
        return left == right ? $0.id < $1.id : left < right
      }
    }
    for sequence in prompts {
      let count = chunk(sequence.pending, at: sequence.computed, plan, budget)
      guard count > 0 else { return }
      enterPrompt(sequence, count, &plan, &budget)
    }
  }

  /// How many of a prompt's `pending` tokens the step has room for.
  func chunk(
    _ pending: Int, at position: Int, _ plan: Plan, _ budget: PromptBudget
  ) -> Int {
    var count = min(pending, budget.tokens)
    if budget.nanoseconds < .infinity {
      let timely =
        cost.promptTokens(within: budget.nanoseconds, at: position)
        ?? Self.unmeasuredChunk
      count = min(count, max(budget.isWhole ? Self.leastChunk : 0, timely))
    }
    guard count < pending else { return count }
    let rounded = (plan.tokens + count) / Self.favouredRows * Self.favouredRows - plan.tokens
    return rounded >= Self.leastChunk ? rounded : count
  }

  mutating func enterPrompt(
    _ sequence: ScheduledSequence, _ count: Int, _ plan: inout Plan, _ budget: inout PromptBudget
  ) {
    let start = sequence.computed
    budget.tokens -= count
    budget.nanoseconds -= cost.promptNanoseconds(count, at: start) ?? 0
    if cost.promptNanosecondsPerUnit == nil, budget.nanoseconds < .infinity {
      budget.nanoseconds = 0
    }
    budget.isWhole = false
    plan.promptWeight += cost.work.weight(positions: start..<start + count, logitRows: 0)
    enter(sequence, count: count, &plan)
  }

  private mutating func enter(_ sequence: ScheduledSequence, count: Int, _ plan: inout Plan) {
    let range = sequence.computed..<sequence.computed + count
    let rows = range.upperBound == sequence.tokens.count ? 1 : 0
    sequence.recomputedTokens += range.clamped(to: 0..<sequence.reached).count
    plan.entries.append(Entry(sequence: sequence.id, range: range, logitRows: rows))
    plan.tokens += count
    plan.logitRows += rows
    shares.charge(sequence.share, cost.tokens(range, logitRows: rows))
  }

  /// How many drafted tokens an entry can take: within the step's budgets, at nobody's cost.
  func draftRoom(_ index: Int, in plan: Plan) -> Int {
    guard let sequence = sequences[plan.entries[index].sequence] else { return 0 }
    let pages = (sequence.pages.count + pool.free) * pool.pageLength - sequence.tokens.count
    return max(
      0, min(pages, options.tokenBudget - plan.tokens, options.maximumLogitRows - plan.logitRows))
  }

  /// Lets an entry of a sequence that generates compute drafts after its next token too.
  /// - Precondition: `count` ≤ ``draftRoom(_:in:)``.
  mutating func extend(_ index: Int, by count: Int, in plan: inout Plan) {
    let entry = plan.entries[index]
    precondition(index < plan.nextEntries && entry.logitRows == 1 && count >= 0)
    guard count > 0, let sequence = sequences[entry.sequence] else { return }
    let grown = grow(sequence, to: sequence.tokens.count + count)
    precondition(grown)
    let drafts = entry.range.upperBound..<entry.range.upperBound + count
    plan.entries[index].range = entry.range.lowerBound..<drafts.upperBound
    plan.entries[index].logitRows += count
    plan.tokens += count
    plan.logitRows += count
    plan.nextRows += count
    shares.charge(sequence.share, cost.tokens(drafts, logitRows: count))
  }
}
