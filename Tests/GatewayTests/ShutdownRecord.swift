import Synchronization

/// Carries what a test looks at after its gateway has ended.
final class ShutdownRecord: Sendable {
  private let state = Mutex<(Harness, RawClient)?>(nil)
  func keep(_ harness: Harness, _ socket: RawClient) { state.withLock { $0 = (harness, socket) } }
  var kept: (Harness, RawClient)? { state.withLock { $0 } }
}
