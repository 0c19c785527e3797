import Foundation
import Ledger

/// A calendar day.
struct CivilDay: Hashable, Comparable, Sendable, CustomStringConvertible {
  let year: Int
  let month: Int
  let day: Int

  /// `2026-11-24`.
  var description: String { "\(year)-\(padded(month))-\(padded(day))" }

  /// Days since 1970-01-01 (proleptic Gregorian; Howard Hinnant's `days_from_civil`).
  var number: Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yoe = y - era * 400
    let doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy
    return era * 146_097 + doe - 719_468
  }

  init(number: Int) {
    let z = number + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let doe = z - era * 146_097
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
    let mp = (5 * doy + 2) / 153
    day = doy - (153 * mp + 2) / 5 + 1
    month = mp < 10 ? mp + 3 : mp - 9
    year = yoe + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Reads `2026-11-24`; nil for anything else, or a day that is not in the calendar.
  init?(_ text: String) {
    let parts =
      text.utf8.count == 10 ? text.split(separator: "-", omittingEmptySubsequences: false) : []
    guard parts.count == 3, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      (1970...2200).contains(year), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    self.init(year: year, month: month, day: day)
    guard CivilDay(number: number) == self else { return nil }
  }

  init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  static func < (left: CivilDay, right: CivilDay) -> Bool { left.number < right.number }
  func advanced(by days: Int) -> CivilDay { CivilDay(number: number + days) }
}

func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

/// Local time of the reader's zone.
struct LocalTime: Sendable {
  let zone: TimeZone

  init(zone: TimeZone) { self.zone = zone }

  func offsetSeconds(at time: Timestamp) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.seconds))))
  }

  func day(of time: Timestamp) -> CivilDay {
    let seconds = time.seconds + offsetSeconds(at: time)
    return CivilDay(number: Int((seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400))
  }

  func secondOfDay(_ time: Timestamp) -> Int {
    let seconds = time.seconds + offsetSeconds(at: time)
    return Int((seconds % 86_400 + 86_400) % 86_400)
  }

  /// The first instant of a local day. Two passes find the offset in force then.
  func start(of day: CivilDay) -> Timestamp {
    let local = Int64(day.number) * 86_400
    let guess = Timestamp(seconds: local - offsetSeconds(at: Timestamp(seconds: local)))
    return Timestamp(seconds: local - offsetSeconds(at: guess))
  }
}
