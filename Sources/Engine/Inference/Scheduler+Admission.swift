extension Scheduler {
  /// Lets waiting sequences in, in turns of their customers, while all of a prompt finds pages.
  ///
  /// A sequence whose beginning is just being computed for another is passed over until that is
  /// done: a prefix that many share is computed once, however they arrive.
  mutating func admit(_ plan: inout Plan, _ budget: inout PromptBudget) {
    while batch.count < options.maximumSequences, !shares.waiting.isEmpty,
      let (sequence, match) = nextToAdmit()
    {
      let computed = match.tokens(pageLength: pool.pageLength)
      let count = chunk(sequence.tokens.count - computed, at: computed, plan, budget)
      // Without a part in this step the prompt waits outside, without pages.
      guard count > 0, hasRoom(sequence, match) else { return }
      start(sequence, match, &plan)
      enterPrompt(sequence, count, &plan, &budget)
    }
  }

  private mutating func nextToAdmit() -> (ScheduledSequence, PagePool.Match)? {
    for share in shares.turns {
      for sequence in share.queue where !isAwaiting(sequence) {
        // The last token is always computed: its logits are wanted.
        let match = pool.match(
          sequence.tokens, scope: sequence.scope, limit: sequence.tokens.count - 1)
        if !mustAwait(sequence, match) { return (sequence, match) }
      }
    }
    return nil
  }

  /// Whether the sequence that computes this one's beginning is still at it.
  private func isAwaiting(_ sequence: ScheduledSequence) -> Bool {
    guard let (id, tokens) = sequence.waitsFor else { return false }
    if let other = sequences[id], other.isRunning, other.computed < tokens { return true }
    sequence.waitsFor = nil
    return false
  }

  /// Whether a running prompt is about to compute at least a page more of this one than is cached.
  private func mustAwait(_ sequence: ScheduledSequence, _ match: PagePool.Match) -> Bool {
    guard pool.sharing else { return false }
    let limit = sequence.tokens.count - 1
    let least = match.tokens(pageLength: pool.pageLength) + pool.pageLength
    for other in batch where other.pending > 1 && other.scope == sequence.scope {
      let shared = sequence.sharedTokens(with: other, limit: limit)
      guard shared >= least else { continue }
      // Until the page with the last shared token is full, or the prompt is done.
      let until = min(pageCount(shared) * pool.pageLength, other.tokens.count)
      guard other.computed < until else { continue }
      sequence.waitsFor = (other.id, until)
      return true
    }
    return false
  }

  /// Whether there are pages for all tokens, and one more for each sequence that runs, so that none
  /// need give way at once.
  private func hasRoom(_ sequence: ScheduledSequence, _ match: PagePool.Match) -> Bool {
    let fresh = pageCount(sequence.tokens.count) - match.pages.count
    return fresh + match.unheld + batch.count <= pool.free
  }

  /// Puts a sequence into the batch.
  private mutating func start(
    _ sequence: ScheduledSequence, _ match: PagePool.Match, _ plan: inout Plan
  ) {
    shares.dequeue(sequence)
    pool.hold(match)
    sequence.pages = match.pages
    sequence.publishedPages = match.pages.count
    sequence.computed = match.tokens(pageLength: pool.pageLength)
    if sequence.cachedTokens == nil { sequence.cachedTokens = sequence.computed }
    // The first page taken is the least recently used: never the one to be copied, but when it is
    // the only one.
    let grown = grow(sequence, to: sequence.tokens.count)
    precondition(grown)
    if match.partialTokens > 0 {
      plan.copies.append(
        Copy(
          from: match.partial, to: sequence.pages[match.pages.count], tokens: match.partialTokens))
    }
    sequence.isRunning = true
    let place = batch.firstIndex { sequence.outranks($0) } ?? batch.count
    batch.insert(sequence, at: place)
  }
}
