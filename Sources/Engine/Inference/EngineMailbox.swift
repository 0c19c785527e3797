import Dispatch
import Foundation
import Synchronization

/// Between an engine's thread and its callers: what came in, who waits, when it ends. All waits are
/// here. Idle, the thread blocks and its time is the machine's idle time.
final class EngineMailbox<Submission: Sendable>: Sendable {
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
  }

  /// The machine's, which other engines may share.
  let time: MachineTime
  private let number: UInt64
  private let maximumOutstanding: Int
  private let state: Mutex<State>
  private let work = DispatchSemaphore(value: 0)
  private let threads = DispatchGroup()

  init(time: MachineTime, maximumOutstanding: Int) {
    self.time = time
    self.maximumOutstanding = maximumOutstanding
    number = time.join()
    state = Mutex(State(lastId: MachineTime.firstId(of: number)))
  }

  // MARK: - Callers

  /// An id for a request whose caller must know it before the request is taken.
  func makeId() -> UInt64 {
    state.withLock { state in
      state.lastId += 1
      return state.lastId
    }
  }

  /// Takes a request in, made with an id of its own, or refuses it. Ids rise in the order of arrival.
  ///
  /// - Parameter retryAfterSeconds: asked for when there is no room.
  func put(
    retryAfterSeconds: () -> Int, _ make: (UInt64) -> Submission
  ) throws(EngineRefusal) -> UInt64 {
    let outcome = state.withLock { state -> Result<(id: UInt64, wakes: Bool), EngineRefusal> in
      if state.inbox.isStopping { return .failure(.shuttingDown) }
      if state.outstanding >= maximumOutstanding {
        return .failure(.queueFull(retryAfterSeconds: retryAfterSeconds()))
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

  /// Requests that wait for a place beside the `running` ones.
  func waiting(running: Int) -> Int {
    state.withLock { max($0.inbox.submissions.count, $0.outstanding - running) }
  }

  func waitForEnd() { threads.wait() }

  // MARK: - The engine's thread

  func start(name: String, _ run: @escaping @Sendable () -> Void) {
    threads.enter()
    let thread = Thread { [threads] in
      run()
      threads.leave()
    }
    thread.name = name
    thread.stackSize = 4 << 20
    thread.start()
  }

  /// The thread's loop: until the engine is stopped and nothing is left to do.
  func serve(accept: (Inbox) -> Void, hasWork: () -> Bool, step: () -> Void) {
    // A request may have come in before this thread began: the clock starts out idle.
    time.wake(number)
    defer { time.rest(number) }
    while true {
      let inbox = take()
      accept(inbox)
      if hasWork() {
        time.turn(step)
      } else if inbox.isStopping {
        return
      } else {
        waitForWork()
      }
    }
  }

  func take() -> Inbox {
    state.withLock { state in
      defer {
        state.inbox.submissions = []
        state.inbox.cancellations = []
        state.inbox.cancelsAll = false
      }
      return state.inbox
    }
  }

  private func waitForWork() {
    time.rest(number)
    let mustWait = state.withLock { state in
      state.isSleeping = state.inbox.isQuiet
      return state.isSleeping
    }
    if mustWait { work.wait() }
    time.wake(number)
  }

  func requestEnded() { state.withLock { $0.outstanding -= 1 } }
}
