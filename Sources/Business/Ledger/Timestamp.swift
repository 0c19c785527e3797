/// An instant: nanoseconds since 1970-01-01T00:00:00Z. Injected everywhere; domain code reads no clock.
package struct Timestamp: Hashable, Comparable, Sendable, Codable {
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
  package init(seconds: Int64) { self.nanoseconds = seconds * 1_000_000_000 }

  package static let distantPast = Timestamp(nanoseconds: 0)
  package static let distantFuture = Timestamp(nanoseconds: .max)

  package var seconds: Int64 { nanoseconds / 1_000_000_000 }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Saturates at the ends of the range.
  package func advanced(bySeconds seconds: Int64) -> Timestamp {
    let (delta, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds < 0 ? .distantPast : .distantFuture }
    let (sum, overflowed) = nanoseconds.addingReportingOverflow(delta)
    return overflowed ? (delta < 0 ? .distantPast : .distantFuture) : Timestamp(nanoseconds: sum)
  }

  package init(from decoder: any Decoder) throws {
    nanoseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(nanoseconds)
  }
}

/// Where the time comes from: the system's clock in the program, a hand-moved one in tests.
package protocol TimeSource: Sendable {
  func now() -> Timestamp
}
