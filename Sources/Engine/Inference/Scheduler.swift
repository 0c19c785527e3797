/// Decides what each step computes. A synchronous state machine: sequences in, step plans out.
///
/// One token budget a step. Every running sequence that waits for its next token takes one; the
/// rest goes to the uncomputed parts of prompts, in turns by `FairShares`, in chunks; beside
/// sequences that generate, only as much as keeps the step within its time. A prompt gets all its
/// pages when it is let in, an answer takes its own as it grows. When none is left, the running
/// sequence of the lowest priority, and of those the newest, gives up its pages and waits again; its
/// tokens are kept and computed anew (but for those still in the prefix cache), so nothing is lost.
struct Scheduler {
  struct Options: Sendable {
    var maximumSequences: Int
    /// The most tokens of a step.
    var tokenBudget: Int
    /// The most rows of logits of a step; at least `maximumSequences`.
    var maximumLogitRows: Int
    /// How long a step in which sequences generate should take at most, by what steps took so far.
    var maximumStepNanoseconds: Double

    init(
      maximumSequences: Int, tokenBudget: Int, maximumLogitRows: Int? = nil,
      maximumStepNanoseconds: Double = .infinity
    ) {
      self.maximumSequences = maximumSequences
      self.tokenBudget = tokenBudget
      self.maximumLogitRows = maximumLogitRows ?? maximumSequences
      self.maximumStepNanoseconds = maximumStepNanoseconds
    }
  }

  /// What a step computes for one sequence: tokens `range` of it, on its pages.
  struct Entry: Equatable {
    let sequence: UInt64
    var range: Range<Int>
    /// Rows of logits, the range's last: 0 inside a prompt, 1 at the end of the sequence, more when
    /// tokens after its end are drafts.
    var logitRows: Int
  }

  /// Before the step: the first `tokens` positions of a page are needed on another.
  struct Copy: Equatable {
    let from: Int32
    let to: Int32
    let tokens: Int
  }

  struct Plan: Equatable {
    /// Sequences that generate come first.
    var entries: [Entry] = []
    /// To be done in this order: a page may be read before it is written.
    var copies: [Copy] = []
    /// Sequences that gave up their pages.
    var preempted: [UInt64] = []
    var tokens = 0
    var logitRows = 0
    /// How many leading entries are of sequences that generate, and their rows.
    var nextEntries = 0
    var nextRows = 0
    /// `WorkEstimate` weight of prompt tokens.
    var promptWeight: Int128 = 0

    var isEmpty: Bool { entries.isEmpty }
  }

  let options: Options
  var pool: PagePool
  var shares = FairShares()
  /// What steps cost on this machine.
  var cost: StepCost
  /// Strongest first: see `ScheduledSequence.outranks`.
  var batch: [ScheduledSequence] = []
  private(set) var sequences: [UInt64: ScheduledSequence] = [:]

  /// - Precondition: the budget gives each sequence of a full batch its token.
  init(options: Options, work: WorkEstimate, pages: Int, pageLength: Int, sharing: Bool) {
    precondition(options.maximumSequences >= 1)
    precondition(options.tokenBudget >= options.maximumSequences)
    precondition(options.maximumLogitRows >= options.maximumSequences)
    self.options = options
    cost = StepCost(work: work, maximumRows: options.maximumLogitRows)
    pool = PagePool(pages: pages, pageLength: pageLength, sharing: sharing)
  }

  var isEmpty: Bool { sequences.isEmpty }
  /// The longest sequence, prompt and answer, that the pages can hold.
  var capacity: Int { pool.count * pool.pageLength }
  /// Ids in the batch, strongest first.
  var running: [UInt64] { batch.map(\.id) }
  /// Ids that wait, in order of arrival.
  var waiting: [UInt64] { shares.waiting.flatMap { $0.queue.map(\.id) }.sorted() }

  /// Takes a sequence in. Ids must increase: they are the order of arrival.
  /// - Precondition: the caller keeps prompt and answer within ``capacity``.
  mutating func add(
    id: UInt64, prompt: [Int32], scope: String, customer: String = "", priority: Int = 0,
    weight: Int = 1
  ) {
    precondition(!prompt.isEmpty && prompt.count <= capacity && sequences[id] == nil)
    let share = shares.join(customer: customer, priority: priority, weight: weight)
    let sequence = ScheduledSequence(
      id: id, prompt: prompt, scope: scope, priority: priority, share: share)
    sequences[id] = sequence
    shares.enqueue(sequence)
  }

  /// The next step. Empty only when there is no sequence.
  mutating func schedule() -> Plan {
    var plan = Plan()
    plan.entries.reserveCapacity(batch.count + 1)
    planNextTokens(&plan)
    var budget = promptBudget(plan)
    planPrompts(&plan, &budget)
    if plan.preempted.isEmpty { admit(&plan, &budget) }
    precondition(!plan.isEmpty || isEmpty, "no sequence can go on")
    return plan
  }

  /// Records that a plan's step was computed; what can serve others becomes findable.
  mutating func commit(_ plan: Plan) {
    for entry in plan.entries {
      guard let sequence = sequences[entry.sequence] else { continue }
      precondition(sequence.computed == entry.range.lowerBound)
      // Whether drafts were right is not known yet.
      sequence.computed = min(entry.range.upperBound, sequence.tokens.count)
      sequence.reached = max(sequence.reached, sequence.computed)
      publish(sequence)
    }
  }

  /// Adds a sequence's next tokens: those of its drafts that were right, and the one after them.
  mutating func append(_ tokens: some Collection<Int32>, to id: UInt64) {
    guard let sequence = sequences[id], !tokens.isEmpty else { return }
    precondition(sequence.pending == 0)
    sequence.tokens.append(contentsOf: tokens)
    guard tokens.count > 1 else { return }
    sequence.computed += tokens.count - 1
    sequence.reached = max(sequence.reached, sequence.computed)
    publish(sequence)
  }

  /// Takes a sequence out, wherever it is.
  mutating func remove(_ id: UInt64) {
    guard let sequence = sequences.removeValue(forKey: id) else { return }
    if sequence.isRunning {
      leaveBatch(sequence)
    } else {
      shares.dequeue(sequence)
    }
    shares.leave(sequence.share)
  }
}
