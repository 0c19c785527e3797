import Synchronization

/// Counts running requests, refuses those over the limit, and lets shutdown wait for them.
final class RequestSlots: Sendable {
  private struct State {
    var running = 0
    var draining = false
    var waiters: [CheckedContinuation<Void, Never>] = []
    var cancels: [String: @Sendable () -> Void] = [:]
    var byCustomer: [String: Int] = [:]
  }
  private let state = Mutex(State())
  private let limit: Int
  private let customerLimit: Int

  /// - Parameters:
  ///   - limit: of all requests; beyond it the service is full (503).
  ///   - customerLimit: of one customer's; beyond it the customer asks too much (429).
  init(limit: Int, customerLimit: Int) {
    self.limit = limit
    self.customerLimit = customerLimit
  }

  /// A place among the running requests, given back when the slot is let go.
  final class Slot: Sendable {
    private let slots: RequestSlots
    let request: String
    private let customer = Mutex<String?>(nil)

    fileprivate init(_ slots: RequestSlots, _ request: String) {
      self.slots = slots
      self.request = request
    }

    /// What stops the request when shutdown has waited long enough.
    func onCancel(_ cancel: @escaping @Sendable () -> Void) {
      slots.state.withLock { $0.cancels[request] = cancel }
    }

    /// Counts the request among its customer's, once it is known whose it is.
    func count(for customer: String) throws(GatewayError) {
      try slots.count(customer)
      self.customer.withLock { $0 = customer }
    }

    deinit { slots.release(request, customer.withLock { $0 }) }
  }

  var running: Int { state.withLock { $0.running } }
  var isDraining: Bool { state.withLock { $0.draining } }

  func take(_ request: String) throws(GatewayError) -> Slot {
    let refusal: GatewayError? = state.withLock { state in
      if state.draining { return .shuttingDown }
      if state.running >= limit {
        return .unavailable(
          "the service is full; try again shortly", code: "server_busy", retryAfterSeconds: 1)
      }
      state.running += 1
      return nil
    }
    if let refusal { throw refusal }
    return Slot(self, request)
  }

  private func count(_ customer: String) throws(GatewayError) {
    let fits = state.withLock { state in
      let count = state.byCustomer[customer, default: 0]
      guard count < customerLimit else { return false }
      state.byCustomer[customer] = count + 1
      return true
    }
    guard fits else {
      throw .overloaded(
        "\(customerLimit) of your requests are running, which is the most at once; wait for one to end",
        code: "too_many_requests")
    }
  }

  private func release(_ request: String, _ customer: String?) {
    let waiters = state.withLock { state in
      state.running -= 1
      if let customer, let count = state.byCustomer[customer] {
        state.byCustomer[customer] = count > 1 ? count - 1 : nil
      }
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
