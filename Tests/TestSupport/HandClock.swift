package import Ledger
import Synchronization

/// A clock that only tests move.
package final class HandClock: TimeSource {
  private let nanoseconds: Mutex<Int64>

  /// 2026-01-01T00:00:00Z unless told otherwise.
  package init(_ start: Timestamp = Timestamp(seconds: 1_767_225_600)) {
    nanoseconds = Mutex(start.nanoseconds)
  }

  package func now() -> Timestamp { Timestamp(nanoseconds: nanoseconds.withLock { $0 }) }

  package func advance(seconds: Int64) { advance(nanoseconds: seconds * 1_000_000_000) }

  package func advance(nanoseconds delta: Int64) { nanoseconds.withLock { $0 += delta } }

  package func set(_ instant: Timestamp) { nanoseconds.withLock { $0 = instant.nanoseconds } }
}
