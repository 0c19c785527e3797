import Foundation
import Ledger

func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

/// Local time of the reader's zone.
struct LocalTime: Sendable {
  let zone: TimeZone

  init(zone: TimeZone) { self.zone = zone }

  func offsetSeconds(at time: Timestamp) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.seconds))))
  }

  func day(of time: Timestamp) -> CalendarDate {
    let seconds = time.seconds + offsetSeconds(at: time)
    return CalendarDate(number: Int((seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400))
  }

  func secondOfDay(_ time: Timestamp) -> Int {
    let seconds = time.seconds + offsetSeconds(at: time)
    return Int((seconds % 86_400 + 86_400) % 86_400)
  }

  /// The first instant of a local day. Two passes find the offset in force then.
  func start(of day: CalendarDate) -> Timestamp {
    let local = Int64(day.number) * 86_400
    let guess = Timestamp(seconds: local - offsetSeconds(at: Timestamp(seconds: local)))
    return Timestamp(seconds: local - offsetSeconds(at: guess))
  }
}
