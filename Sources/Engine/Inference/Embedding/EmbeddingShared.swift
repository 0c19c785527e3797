import Dispatch
import Synchronization

/// What the embedding engine's thread and its callers share. All waits are here.
final class EmbeddingShared: Sendable {
  /// A request that was taken but that the thread has not seen yet.
  struct Submission: Sendable {
    let id: UInt64
    let request: String
    let sequences: [[Int32]]
    let submitted: Int64
    let continuation: CheckedContinuation<EmbeddingResult, any Error>
  }

  /// What came in since the thread last looked.
  struct Inbox: Sendable {
    var submissions: [Submission] = []
    var cancellations: [UInt64] = []
    var cancelsAll = false
    var isStopping = false

    var isQuiet: Bool {
      submissions.isEmpty && cancellations.isEmpty && !cancelsAll && !isStopping
    }
  }

  private struct State {
    var inbox = Inbox()
    var lastId: UInt64
    /// Requests taken and not finished.
    var outstanding = 0
    var isSleeping = false
    /// A moving average of how long a request takes, for `Retry-After`.
    var requestSeconds = 1.0
    var load = EngineLoad()
  }

  let time: MachineTime
  private let number: UInt64
  private let maximumRequests: Int
  private let state: Mutex<State>
  private let work = DispatchSemaphore(value: 0)
  private let threads = DispatchGroup()

  init(time: MachineTime, maximumRequests: Int) {
    self.time = time
    self.maximumRequests = maximumRequests
    number = time.join()
    state = Mutex(State(lastId: MachineTime.firstId(of: number)))
  }

  // MARK: - Callers

  func makeId() -> UInt64 {
    state.withLock { state in
      state.lastId += 1
      return state.lastId
    }
  }

  /// Takes a request in; the continuation is resumed once, here when it is refused.
  func submit(_ submission: Submission) {
    let outcome = state.withLock { state -> Result<Bool, EngineRefusal> in
      if state.inbox.isStopping { return .failure(.shuttingDown) }
      if state.outstanding >= maximumRequests {
        let seconds = min(60, max(1, Int(state.requestSeconds.rounded(.up))))
        return .failure(.queueFull(retryAfterSeconds: seconds))
      }
      state.outstanding += 1
      state.inbox.submissions.append(submission)
      defer { state.isSleeping = false }
      return .success(state.isSleeping)
    }
    switch outcome {
    case .success(let wakes): if wakes { work.signal() }
    case .failure(let refusal): submission.continuation.resume(throwing: refusal)
    }
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

  var load: EngineLoad {
    state.withLock { state in
      var load = state.load
      load.waiting = max(0, state.outstanding - load.running)
      return load
    }
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

  /// Blocks until something comes in. Uses no processor meanwhile, and its time is idle.
  func waitForWork() {
    time.rest(number)
    let mustWait = state.withLock { state in
      state.isSleeping = state.inbox.isQuiet
      return state.isSleeping
    }
    if mustWait { work.wait() }
    time.wake(number)
  }

  func wake() { time.wake(number) }
  func rest() { time.rest(number) }

  func requestEnded(nanoseconds: Int64) {
    state.withLock { state in
      state.outstanding -= 1
      state.load.finished += 1
      state.requestSeconds += 0.1 * (Double(nanoseconds) / 1e9 - state.requestSeconds)
    }
  }

  func updateLoad(_ body: (inout EngineLoad) -> Void) { state.withLock { body(&$0.load) } }
}
