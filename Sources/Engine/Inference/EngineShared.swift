import Synchronization

/// What the engine's thread and its callers share.
final class EngineShared: Sendable {
  /// A request that was taken but that the thread has not seen yet.
  struct Submission: Sendable {
    let id: UInt64
    let request: GenerationRequest
    let limit: Int
    let seed: UInt64
    let submitted: Int64
    let expected: QueueMeter.Expected
    let continuation: AsyncStream<GenerationEvent>.Continuation
    let end: GenerationEnd
    /// Where the answer begins in the request's grammar.
    var matcher: GrammarMatcher?
  }

  typealias Mailbox = EngineMailbox<Submission>

  let mail: Mailbox
  /// Locked inside the mailbox's lock where both are.
  private let loadState = Mutex((load: EngineLoad(), queue: QueueMeter()))

  var clock: any MonotonicClock { mail.time.clock }

  init(time: MachineTime, maximumOutstanding: Int) {
    mail = Mailbox(time: time, maximumOutstanding: maximumOutstanding)
  }

  /// Takes a request in, or refuses it. Dropping its events, or ending the task that reads them,
  /// cancels it.
  func submit(
    _ request: GenerationRequest, limit: Int, seed: UInt64, matcher: GrammarMatcher? = nil
  ) throws(EngineRefusal) -> Generation {
    let (events, continuation) = AsyncStream.makeStream(of: GenerationEvent.self)
    let end = GenerationEnd()
    let id = try mail.put(
      retryAfterSeconds: { loadState.withLock { $0.queue.retryAfterSeconds } }
    ) { id in
      Submission(
        id: id, request: request, limit: limit, seed: seed, submitted: clock.nanoseconds(),
        expected: loadState.withLock {
          $0.queue.add(prompt: request.prompt.count, limit: limit)
        },
        continuation: continuation, end: end, matcher: matcher)
    }
    let cancel: @Sendable () -> Void = { [mail] in mail.cancel(id) }
    continuation.onTermination = { if case .cancelled = $0 { cancel() } }
    return Generation(events: events, end: end, onCancel: cancel)
  }

  var load: EngineLoad {
    var load = loadState.withLock { $0.load }
    load.waiting = mail.waiting(running: load.running)
    return load
  }

  func updateLoad(_ body: (inout EngineLoad, inout QueueMeter) -> Void) {
    loadState.withLock { body(&$0.load, &$0.queue) }
  }

  /// Time is read inside the lock, so that the clock sees it in order.
  func withCosts<T: Sendable>(_ body: (inout CostClock, _ now: Int64) -> T) -> T {
    mail.time.withCosts(body)
  }
}
