import Dispatch
import Synchronization

/// One machine's time, shared by all engines on it.
///
/// Two engines with a cost clock each would both count the seconds in which they compute side by side.
/// So engines on one machine share a clock and take turns: a step has the whole machine, the next one
/// begins when it ends, and every moment belongs to one request of one engine or to idleness. Turns go
/// in the order of asking, so no engine waits for more than one step of each other.
package final class MachineTime: Sendable {
  private struct State {
    var costs: CostClock
    /// Engines that have something to do.
    var busy: Set<UInt64> = []
    var engines: UInt64 = 0
  }

  let clock: any MonotonicClock
  private let state: Mutex<State>
  private let turns = Turns()

  package init(clock: some MonotonicClock = SystemMonotonicClock()) {
    self.clock = clock
    state = Mutex(State(costs: CostClock(start: clock.nanoseconds())))
  }

  init(any clock: any MonotonicClock) {
    self.clock = clock
    state = Mutex(State(costs: CostClock(start: clock.nanoseconds())))
  }

  /// Hands out the time of all engines since the last drain.
  package func drain() -> ClockReport { withCosts { $0.drain(at: $1) } }

  /// A number for an engine. Ids of its requests begin at the number times 2⁴⁰, so that no two
  /// requests of the machine have the same.
  func join() -> UInt64 {
    state.withLock { state in
      state.engines += 1
      return state.engines
    }
  }

  static func firstId(of engine: UInt64) -> UInt64 { engine << 40 }

  /// The engine has something to do from now on.
  func wake(_ engine: UInt64) {
    state.withLock { state in
      if state.busy.isEmpty { state.costs.endIdle(at: clock.nanoseconds()) }
      state.busy.insert(engine)
    }
  }

  /// The engine has nothing to do; the machine is idle when no other has.
  func rest(_ engine: UInt64) {
    state.withLock { state in
      state.busy.remove(engine)
      if state.busy.isEmpty { state.costs.beginIdle() }
    }
  }

  /// Runs a step when the machine is free.
  func turn(_ step: () -> Void) {
    turns.take()
    step()
    turns.giveBack()
  }

  /// Time is read inside the lock, so that the clock sees it in order.
  func withCosts<T: Sendable>(_ body: (inout CostClock, _ now: Int64) -> T) -> T {
    state.withLock { state in body(&state.costs, clock.nanoseconds()) }
  }
}

/// A lock that goes to who asked first.
final class Turns: Sendable {
  private struct State {
    var isTaken = false
    var waiting: [DispatchSemaphore] = []
  }
  private let state = Mutex(State())

  func take() {
    let wait = state.withLock { state -> DispatchSemaphore? in
      guard state.isTaken else {
        state.isTaken = true
        return nil
      }
      let turn = DispatchSemaphore(value: 0)
      state.waiting.append(turn)
      return turn
    }
    wait?.wait()
  }

  func giveBack() {
    let next = state.withLock { state -> DispatchSemaphore? in
      guard !state.waiting.isEmpty else {
        state.isTaken = false
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.signal()
  }

  /// How many wait.
  var waiting: Int { state.withLock { $0.waiting.count } }
}
