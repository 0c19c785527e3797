import Foundation

/// A source of time that never goes back. Injected, so that tests own it.
package protocol MonotonicClock: Sendable {
  /// Nanoseconds since a fixed, unspecified moment.
  func nanoseconds() -> Int64
}

/// The machine's monotonic clock.
package struct SystemMonotonicClock: MonotonicClock {
  package init() {}

  package func nanoseconds() -> Int64 {
    Int64(truncatingIfNeeded: DispatchTime.now().uptimeNanoseconds)
  }
}
