import Dispatch
import Synchronization

/// What the engine's thread and its callers share. All waits are here.
final class EngineShared: Sendable {
  /// A request that was taken but that the thread has not seen yet.
  struct Submission: Sendable {
    let id: UInt64
    let request: GenerationRequest
    let limit: Int
    let seed: UInt64
    let submitted: Int64
    let continuation: AsyncStream<GenerationEvent>.Continuation
    let end: GenerationEnd
    /// Where the answer begins in the request's grammar.
    var matcher: GrammarMatcher?
  }

  /// What came in since the thread last looked.
  struct Inbox: Sendable {
    var submissions: [Submission] = []
    var cancellations: [UInt64] = []
    var cancelsAll = false
    var isStopping = false
  }

  private struct State {
    var inbox = Inbox()
    var lastId: UInt64 = 0
    /// Requests taken and not finished.
    var outstanding = 0
    var isSleeping = false
    /// A moving average of how long a request takes, for `Retry-After`.
    var requestSeconds = 1.0
  }

  private let state = Mutex(State())
  private let work = DispatchSemaphore(value: 0)
  private let threads = DispatchGroup()
  private let loadState: Mutex<EngineLoad>
  /// The machine's, which other engines may share.
  let time: MachineTime
  private let number: UInt64
  let maximumOutstanding: Int
  var clock: any MonotonicClock { time.clock }

  convenience init(clock: any MonotonicClock, maximumOutstanding: Int) {
    self.init(time: MachineTime(any: clock), maximumOutstanding: maximumOutstanding)
  }

  init(time: MachineTime, maximumOutstanding: Int) {
    self.time = time
    self.maximumOutstanding = maximumOutstanding
    number = time.join()
    let first = MachineTime.firstId(of: number)
    state.withLock { $0.lastId = first }
    loadState = Mutex(EngineLoad())
  }

  // MARK: - Callers

  /// Takes a request in, or refuses it. Dropping its events, or ending the task that reads them,
  /// cancels it.
  func submit(
    _ request: GenerationRequest, limit: Int, seed: UInt64, matcher: GrammarMatcher? = nil
  ) throws(EngineRefusal) -> Generation {
    let (events, continuation) = AsyncStream.makeStream(of: GenerationEvent.self)
    let end = GenerationEnd()
    let id = try enqueue { id in
      Submission(
        id: id, request: request, limit: limit, seed: seed, submitted: clock.nanoseconds(),
        continuation: continuation, end: end, matcher: matcher)
    }
    let cancel: @Sendable () -> Void = { [self] in self.cancel(id) }
    continuation.onTermination = { if case .cancelled = $0 { cancel() } }
    return Generation(events: events, end: end, onCancel: cancel)
  }

  private func enqueue(_ make: (UInt64) -> Submission) throws(EngineRefusal) -> UInt64 {
    let outcome = state.withLock { state -> Result<(id: UInt64, wakes: Bool), EngineRefusal> in
      if state.inbox.isStopping { return .failure(.shuttingDown) }
      if state.outstanding >= maximumOutstanding {
        let seconds = min(60, max(1, Int(state.requestSeconds.rounded(.up))))
        return .failure(.queueFull(retryAfterSeconds: seconds))
      }
      state.lastId += 1
      state.outstanding += 1
      state.inbox.submissions.append(make(state.lastId))
      defer { state.isSleeping = false }
      return .success((state.lastId, state.isSleeping))
    }
    let (id, wakes) = try outcome.get()
    if wakes { work.signal() }
    return id
  }

  func cancel(_ id: UInt64) { change { $0.cancellations.append(id) } }

  /// No request is taken any more; those taken are finished or cancelled.
  func stop(finishing: Bool) {
    change {
      $0.isStopping = true
      if !finishing { $0.cancelsAll = true }
    }
  }

  private func change(_ body: (inout Inbox) -> Void) {
    let wakes = state.withLock { state in
      body(&state.inbox)
      defer { state.isSleeping = false }
      return state.isSleeping
    }
    if wakes { work.signal() }
  }

  func drainClock() -> ClockReport { time.drain() }

  var load: EngineLoad {
    let (waiting, outstanding) = state.withLock { ($0.inbox.submissions.count, $0.outstanding) }
    var load = loadState.withLock { $0 }
    load.waiting = max(waiting, outstanding - load.running)
    return load
  }

  func waitForEnd() { threads.wait() }

  // MARK: - The engine's thread

  func threadBegins() { threads.enter() }
  func threadEnds() { threads.leave() }

  func takeInbox() -> Inbox {
    state.withLock { state in
      defer {
        state.inbox.submissions = []
        state.inbox.cancellations = []
        state.inbox.cancelsAll = false
      }
      return state.inbox
    }
  }

  /// Blocks until something comes in. Uses no processor meanwhile.
  func waitForWork() {
    let mustWait = state.withLock { state in
      let inbox = state.inbox
      state.isSleeping =
        inbox.submissions.isEmpty && inbox.cancellations.isEmpty && !inbox.cancelsAll
        && !inbox.isStopping
      return state.isSleeping
    }
    if mustWait { work.wait() }
  }

  func requestEnded(nanoseconds: Int64) {
    state.withLock { state in
      state.outstanding -= 1
      state.requestSeconds += 0.1 * (Double(nanoseconds) / 1e9 - state.requestSeconds)
    }
  }

  /// Time is read inside the lock, so that the clock sees it in order.
  func withCosts<T: Sendable>(_ body: (inout CostClock, _ now: Int64) -> T) -> T {
    time.withCosts(body)
  }

  /// The engine has something to do from now on, or nothing.
  func wake() { time.wake(number) }
  func rest() { time.rest(number) }

  func updateLoad(_ body: (inout EngineLoad) -> Void) { loadState.withLock { body(&$0) } }
}
