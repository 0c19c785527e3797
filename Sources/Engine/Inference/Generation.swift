import Synchronization

/// A running generation: its events, its end, and the way to stop it.
///
/// Dropping the event stream, or cancelling the task that reads it, stops the generation at the
/// next step. `finished()` still answers then, so that what was generated can be settled.
package struct Generation: Sendable {
  /// Pieces, then `.finished`. Unbounded, but never more than `maxTokens` + 1 events, so that a
  /// slow reader does not hold up the batch.
  package let events: AsyncStream<GenerationEvent>
  private let end: GenerationEnd
  private let onCancel: @Sendable () -> Void

  package init(
    events: AsyncStream<GenerationEvent>, end: GenerationEnd,
    onCancel: @escaping @Sendable () -> Void
  ) {
    self.events = events
    self.end = end
    self.onCancel = onCancel
  }

  /// Stops the generation at the next step. Harmless when it has ended.
  package func cancel() { onCancel() }

  /// Waits for the end, also in a cancelled task.
  package func finished() async -> Finished { await end.value() }
}

/// A `Finished` that is set once and can be awaited by many, whatever becomes of their tasks.
package final class GenerationEnd: Sendable {
  private struct State {
    var finished: Finished?
    var waiters: [CheckedContinuation<Finished, Never>] = []
  }
  private let state = Mutex(State())

  package init() {}

  package func value() async -> Finished {
    await withCheckedContinuation { waiter in
      let finished = state.withLock { state in
        if state.finished == nil { state.waiters.append(waiter) }
        return state.finished
      }
      if let finished { waiter.resume(returning: finished) }
    }
  }

  package func set(_ finished: Finished) {
    let waiters = state.withLock { state in
      guard state.finished == nil else { return [CheckedContinuation<Finished, Never>]() }
      state.finished = finished
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: finished) }
  }
}
