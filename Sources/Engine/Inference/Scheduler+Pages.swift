extension Scheduler {
  /// Takes pages until the sequence has room for `tokens`; if there are too few, takes none.
  mutating func grow(_ sequence: ScheduledSequence, to tokens: Int) -> Bool {
    let needed = pageCount(tokens) - sequence.pages.count
    guard needed > 0 else { return true }
    guard needed <= pool.free else { return false }
    for _ in 0..<needed {
      if let page = pool.take() { sequence.pages.append(page) }
    }
    return true
  }

  func pageCount(_ tokens: Int) -> Int { (tokens + pool.pageLength - 1) / pool.pageLength }

  /// Offers what was computed to others: full pages, and once the prompt is done its last page.
  mutating func publish(_ sequence: ScheduledSequence) {
    guard pool.sharing else { return }
    let length = pool.pageLength
    while (sequence.publishedPages + 1) * length <= sequence.computed {
      let index = sequence.publishedPages
      let page = sequence.pages[index]
      let stands = pool.publish(
        page, sequence.tokens[index * length..<(index + 1) * length], after: parent(sequence),
        scope: sequence.scope)
      if stands != page {
        // The same tokens were computed twice, with equal results: one page serves both.
        pool.hold(stands)
        pool.release(page)
        sequence.pages[index] = stands
      }
      sequence.publishedPages += 1
    }
    if !sequence.publishedPrompt, sequence.computed >= sequence.promptCount {
      sequence.publishedPrompt = true
      publishRest(sequence)
    }
  }

  /// Offers the last, partly filled page.
  private mutating func publishRest(_ sequence: ScheduledSequence) {
    let start = sequence.publishedPages * pool.pageLength
    guard pool.sharing, start < sequence.computed else { return }
    _ = pool.publish(
      sequence.pages[sequence.publishedPages], sequence.tokens[start..<sequence.computed],
      after: parent(sequence), scope: sequence.scope)
  }

  private func parent(_ sequence: ScheduledSequence) -> Int32 {
    sequence.publishedPages == 0 ? -1 : sequence.pages[sequence.publishedPages - 1]
  }

  mutating func preempt(_ sequence: ScheduledSequence, _ plan: inout Plan) {
    leaveBatch(sequence)
    shares.enqueue(sequence)
    plan.preempted.append(sequence.id)
  }

  /// Gives up a sequence's pages, the last first: see `PagePool`. What they hold stays findable as
  /// long as their memory is not needed.
  mutating func leaveBatch(_ sequence: ScheduledSequence) {
    publishRest(sequence)
    for page in sequence.pages.reversed() { pool.release(page) }
    sequence.pages = []
    sequence.computed = 0
    sequence.publishedPages = 0
    sequence.publishedPrompt = false
    sequence.isRunning = false
    batch.removeAll { $0 === sequence }
  }
}

extension Scheduler {
  /// For tests: every page is held exactly as often as sequences list it, and who waits holds none.
  func checkInvariants() {
    pool.checkInvariants()
    var held: [Int32: Int] = [:]
    for sequence in sequences.values {
      for page in sequence.pages { held[page, default: 0] += 1 }
      precondition(sequence.computed <= sequence.tokens.count)
      precondition(sequence.computed <= sequence.pages.count * pool.pageLength)
      precondition(sequence.publishedPages * pool.pageLength <= sequence.computed)
      precondition(sequence.isRunning || sequence.pages.isEmpty)
      for index in 0..<sequence.publishedPages where pool.sharing {
        let start = index * pool.pageLength
        precondition(
          pool.published(sequence.pages[index])
            .elementsEqual(sequence.tokens[start..<start + pool.pageLength]))
      }
    }
    for page in 0..<Int32(pool.count) { precondition(pool.holders(page) == held[page, default: 0]) }
    let (running, waiting) = (running, waiting)
    precondition(Set(running).isDisjoint(with: waiting))
    precondition(running.count + waiting.count == sequences.count)
    precondition(Set(running).union(waiting) == Set(sequences.keys))
    precondition(zip(batch, batch.dropFirst()).allSatisfy { $0.outranks($1) })
    precondition(batch.allSatisfy(\.isRunning) && batch.count <= options.maximumSequences)
  }
}
