import Foundation
import Ledger

/// The system's clock.
struct SystemTime: TimeSource {
  func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}

/// Dates as commands take and print them.
struct DateText {
  let zone: TimeZone

  /// `2026-11-24` is that day's first instant in the workspace's zone (its end when `end`);
  /// `2026-11-24T10:00:00Z` is exact.
  func parse(_ text: String, option: String, end: Bool = false) throws -> Timestamp {
    if let day = try? Date(text, strategy: dayStyle) {
      let seconds = Int64(day.timeIntervalSince1970)
      guard end else { return Timestamp(seconds: seconds) }
      var calendar = Calendar(identifier: .gregorian)
      calendar.timeZone = zone
      let next = calendar.date(byAdding: .day, value: 1, to: day) ?? day
      return Timestamp(seconds: Int64(next.timeIntervalSince1970))
    }
    if let instant = try? Date(text, strategy: .iso8601) {
      return Timestamp(seconds: Int64(instant.timeIntervalSince1970))
    }
    throw CommandError("\(option): '\(text)' is not a date; write 2026-11-24 or 2026-11-24T10:00:00Z")
  }

  func monthStart(of now: Timestamp) -> Timestamp {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let date = Date(timeIntervalSince1970: Double(now.seconds))
    let start = calendar.dateInterval(of: .month, for: date)?.start ?? date
    return Timestamp(seconds: Int64(start.timeIntervalSince1970))
  }

  static func iso(_ time: Timestamp) -> String {
    let whole = Date(timeIntervalSince1970: Double(time.seconds))
    let base = whole.formatted(.iso8601)
    let millis = time.nanoseconds % 1_000_000_000 / 1_000_000
    let padded = String(repeating: "0", count: 3 - String(millis).count) + String(millis)
    return base.replacingOccurrences(of: "Z", with: ".\(padded)Z")
  }

  private var dayStyle: Date.ParseStrategy {
    Date.ParseStrategy(
      format: "\(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits)",
      locale: Locale(identifier: "en_US_POSIX"), timeZone: zone)
  }
}
