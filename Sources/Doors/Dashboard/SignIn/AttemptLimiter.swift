import Ledger
import Synchronization

/// How often a wrong password may be tried: `perPeer` from one address and `overall` from all, in
/// `windowSeconds`. An attempt counts before its password is checked, so that many at once cannot
/// slip through; a right one clears its peer.
final class AttemptLimiter: Sendable {
  struct Limits: Sendable {
    var perPeer = 5
    var overall = 60
    var windowSeconds: Int64 = 300
    var peers = 1_024
  }

  private struct Window {
    var start: Timestamp
    var attempts: Int
  }

  private struct State {
    var peers: [String: Window] = [:]
    var all = Window(start: .distantPast, attempts: 0)
  }

  private let limits: Limits
  private let state = Mutex(State())

  init(_ limits: Limits = Limits()) { self.limits = limits }

  /// Counts an attempt. Returns nil when it may go on, else the seconds to wait.
  func attempt(from peer: String, at now: Timestamp) -> Int64? {
    state.withLock { state in
      func current(_ window: Window?) -> Window {
        guard let window, now < window.start.advanced(bySeconds: limits.windowSeconds) else {
          return Window(start: now, attempts: 0)
        }
        return window
      }
      func wait(_ window: Window) -> Int64 {
        max(1, window.start.seconds + limits.windowSeconds - now.seconds)
      }
      var all = current(state.all)
      var own = current(state.peers[peer])
      if own.attempts >= limits.perPeer { return wait(own) }
      if all.attempts >= limits.overall { return wait(all) }
      if state.peers[peer] == nil, state.peers.count >= limits.peers,
        let oldest = state.peers.min(by: { $0.value.start < $1.value.start })
      {
        state.peers[oldest.key] = nil
      }
      all.attempts += 1
      own.attempts += 1
      state.all = all
      state.peers[peer] = own
      return nil
    }
  }

  func succeeded(from peer: String) {
    state.withLock { $0.peers[peer] = nil }
  }
}
