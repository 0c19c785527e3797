import Synchronization

/// Counts running requests, refuses those over the limit, and lets shutdown wait for them.
final class RequestSlots: Sendable {
  private struct State {
    var running = 0
    var draining = false
    var waiters: [CheckedContinuation<Void, Never>] = []
    var cancels: [String: @Sendable () -> Void] = [:]
  }
  private let state = Mutex(State())
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// A place among the running requests, given back when the slot is let go.
  final class Slot: Sendable {
    private let slots: RequestSlots
    let request: String
    fileprivate init(_ slots: RequestSlots, _ request: String) {
      self.slots = slots
      self.request = request
    }

    /// What stops the request when shutdown has waited long enough.
    func onCancel(_ cancel: @escaping @Sendable () -> Void) {
      slots.state.withLock { $0.cancels[request] = cancel }
    }

    deinit { slots.release(request) }
  }

  var running: Int { state.withLock { $0.running } }
  var isDraining: Bool { state.withLock { $0.draining } }

  func take(_ request: String) throws(GatewayError) -> Slot {
    let refusal: GatewayError? = state.withLock { state in
      if state.draining { return .shuttingDown }
      if state.running >= limit {
        return .overloaded(
          "too many requests are running; try again shortly", code: "too_many_requests")
      }
      state.running += 1
      return nil
    }
    if let refusal { throw refusal }
    return Slot(self, request)
  }

  private func release(_ request: String) {
    let waiters = state.withLock { state in
      state.running -= 1
      if !state.cancels.isEmpty { state.cancels[request] = nil }
      guard state.running == 0 else { return [CheckedContinuation<Void, Never>]() }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func refuseNew() { state.withLock { $0.draining = true } }

  func cancelAll() {
    for cancel in state.withLock({ Array($0.cancels.values) }) { cancel() }
  }

  /// Waits until nothing runs, also in a cancelled task: what runs is bounded by `cancelAll`.
  func idle() async {
    await withCheckedContinuation { waiter in
      let idle = state.withLock { state in
        if state.running > 0 { state.waiters.append(waiter) }
        return state.running == 0
      }
      if idle { waiter.resume() }
    }
  }
}
