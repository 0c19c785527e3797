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

  /// Years whose instants all fit in a `Timestamp`.
  private static let years = 1970...2200

  /// `2026-11-24` is that day's first instant in the workspace's zone (its end when `end`);
  /// `2026-11-24T10:00:00Z`, with `+08:00` instead of `Z` and with fractions, is exact.
  func parse(_ text: String, option: String, end: Bool = false) throws -> Timestamp {
    if let day = day(text) {
      guard end else { return Timestamp(seconds: Int64(day.timeIntervalSince1970)) }
      let next = calendar.date(byAdding: .day, value: 1, to: day) ?? day
      return Timestamp(seconds: Int64(next.timeIntervalSince1970))
    }
    if let instant = Self.instant(text) { return instant }
    throw CommandError(
      "\(option): '\(text.prefix(40))' is not a date from \(Self.years.lowerBound) to \(Self.years.upperBound); write 2026-11-24 or 2026-11-24T10:00:00Z"
    )
  }

  func monthStart(of now: Timestamp) -> Timestamp {
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

  private var calendar: Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    return calendar
  }

  /// `YYYY-MM-DD` and nothing else; a day that no calendar has is none.
  private func day(_ text: String) -> Date? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2] else { return nil }
    let numbers = parts.compactMap { Self.digits($0) }
    guard numbers.count == 3, Self.years.contains(numbers[0]) else { return nil }
    var wanted = DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])
    wanted.calendar = calendar
    wanted.timeZone = zone
    return wanted.isValidDate ? calendar.date(from: wanted).map(calendar.startOfDay) : nil
  }

  private static func instant(_ text: String) -> Timestamp? {
    guard text.utf8.count <= 35, let year = digits(text.prefix(4)), years.contains(year),
      // Foundation takes day 30 of February for a day of March.
      text.count > 11, DateText(zone: .gmt).day(String(text.prefix(10))) != nil
    else { return nil }
    let style = Date.ISO8601FormatStyle()
    let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    for style in [style, fractional] {
      // A style stops where its format ends; what is left would be ignored.
      if let found = text.wholeMatch(of: style)?.output {
        return Timestamp(
          nanoseconds: Int64((found.timeIntervalSince1970 * 1000).rounded()) * 1_000_000)
      }
    }
    return nil
  }

  private static func digits(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }
}
