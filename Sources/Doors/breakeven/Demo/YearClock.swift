import Ledger
import Synchronization

/// The time of the simulated year: moved forward by hand, never back.
final class YearClock: TimeSource {
  private let nanoseconds: Mutex<Int64>

  init(_ start: Timestamp) { nanoseconds = Mutex(start.nanoseconds) }

  func now() -> Timestamp { Timestamp(nanoseconds: nanoseconds.withLock { $0 }) }

  func move(to instant: Timestamp) {
    nanoseconds.withLock { $0 = max($0, instant.nanoseconds) }
  }
}
