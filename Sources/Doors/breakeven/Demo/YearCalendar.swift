import Foundation
import Ledger

/// The months of the simulated year in the workspace's time zone.
struct YearCalendar {
  /// `2026-01`, in order.
  let names: [String]
  /// Starts of the months, and the end of the last.
  let boundaries: [Timestamp]

  var count: Int { names.count }

  /// - Parameters:
  ///   - start: `YYYY-MM`; nil ends with the month before `now`'s.
  /// - Throws: when the months are not over at `now`: the books never hold the future.
  init(start: String?, months: Int, now: Timestamp, zone: TimeZone) throws {
    guard (1...60).contains(months) else {
      throw CommandError("--months: \(months) must be from 1 to 60")
    }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let today = Date(timeIntervalSince1970: Double(now.seconds))
    let current = calendar.dateInterval(of: .month, for: today)!.start
    var first = calendar.date(byAdding: .month, value: -months, to: current)!
    if let start {
      let parts = start.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
        let year = Int(parts[0]), let month = Int(parts[1]), (1971...2200).contains(year),
        (1...12).contains(month),
        let date = calendar.date(from: DateComponents(year: year, month: month))
      else { throw CommandError("--start: '\(start.prefix(40))' is not a month; write 2026-01") }
      first = date
    }
    let dates = (0...months).map { calendar.date(byAdding: .month, value: $0, to: first)! }
    guard dates[months] <= current else {
      throw CommandError(
        "--start: \(months) months from \(start ?? "") are not over yet; begin earlier or take fewer --months"
      )
    }
    boundaries = dates.map { Timestamp(seconds: Int64($0.timeIntervalSince1970)) }
    names = dates.dropLast().map { date in
      let parts = calendar.dateComponents([.year, .month], from: date)
      let month = parts.month!
      return "\(parts.year!)-\(month < 10 ? "0" : "")\(month)"
    }
  }

  func seconds(of month: Int) -> Int64 {
    boundaries[month + 1].seconds - boundaries[month].seconds
  }

  /// Days that the month has, the shorter ones of a change of clocks counted whole.
  func days(of month: Int) -> Int { Int((seconds(of: month) + 43_200) / 86_400) }

  /// An instant of the month, `seconds` after its start.
  func instant(_ month: Int, seconds: Int64) -> Timestamp {
    Timestamp(seconds: min(boundaries[month].seconds + seconds, boundaries[month + 1].seconds - 1))
  }
}
