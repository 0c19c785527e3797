import Synchronization

/// The connection that the current request came over: tells when its client goes away.
package final class ClientConnection: Sendable {
  /// Nil outside a connection of `GatewayServer`.
  @TaskLocal package static var current: ClientConnection?

  private struct State {
    var closed = false
    var action: (@Sendable () -> Void)?
  }
  private let state = Mutex(State())

  package init() {}

  package var isClosed: Bool { state.withLock { $0.closed } }

  /// Calls `action` once when the client goes away, at once when it has gone. A connection carries
  /// one request at a time, so there is one action.
  package func whenClosed(_ action: @escaping @Sendable () -> Void) {
    let closed = state.withLock { state in
      state.action = state.closed ? nil : action
      return state.closed
    }
    if closed { action() }
  }

  package func forgetAction() { state.withLock { $0.action = nil } }

  package func close() {
    let action = state.withLock { state in
      state.closed = true
      defer { state.action = nil }
      return state.action
    }
    action?()
  }
}
