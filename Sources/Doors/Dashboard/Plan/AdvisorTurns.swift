import Synchronization
package import Venture

/// Finds the model that answers, at each question anew: one may be loaded or configured meanwhile.
package typealias AdvisorSource = @Sendable () async -> (any AdvisorModel)?

/// Who is being answered: one question at a time for a session, and few at once for all, since each
/// holds a place at the model.
final class AdvisorTurns: Sendable {
  static let most = 4
  private let sessions = Mutex<Set<String>>([])

  /// Whether the session may ask now; each `true` is followed by `leave`.
  func enter(_ session: String) -> Bool {
    sessions.withLock { sessions in
      guard sessions.count < Self.most else { return false }
      return sessions.insert(session).inserted
    }
  }

  func leave(_ session: String) {
    sessions.withLock { _ = $0.remove(session) }
  }
}
