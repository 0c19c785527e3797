import Ledger

/// The time range of a page: whole local days, half-open. Kept in the address.
struct Period: Hashable, Sendable {
  enum Name: String, CaseIterable, Sendable {
    case today
    case week = "7d"
    case month, custom
  }

  /// Beyond it, a custom range is cut: charts and lists stay bounded.
  static let longestDays = 1_830
  static let longestHourlyDays = 400

  let name: Name
  let firstDay: CalendarDate
  /// Included.
  let lastDay: CalendarDate
  let from: Timestamp
  /// First instant after `lastDay`.
  let to: Timestamp

  /// From an address's `range`, `from` and `to`; this month when they say nothing usable.
  init(query: Query, now: Timestamp, local: LocalTime) {
    let today = local.day(of: now)
    let name = query["range"].flatMap(Name.init) ?? .month
    switch name {
    case .today: self.init(name, today, today, local)
    case .week: self.init(name, today.advanced(by: -6), today, local)
    case .month:
      self.init(name, CalendarDate(year: today.year, month: today.month, day: 1), today, local)
    case .custom:
      let last = query["to"].flatMap(Self.day) ?? today
      let first = query["from"].flatMap(Self.day) ?? last.advanced(by: -29)
      let ordered = first <= last ? (first, last) : (last, first)
      let earliest = ordered.1.advanced(by: 1 - Self.longestDays)
      self.init(name, max(ordered.0, earliest), ordered.1, local)
    }
  }

  /// A day that a timestamp can hold.
  private static func day(_ text: String) -> CalendarDate? {
    CalendarDate(text).flatMap { (1970...2200).contains($0.year) ? $0 : nil }
  }

  init(_ name: Name, _ first: CalendarDate, _ last: CalendarDate, _ local: LocalTime) {
    self.name = name
    firstDay = first
    lastDay = last
    from = local.start(of: first)
    to = local.start(of: last.advanced(by: 1))
  }

  var days: Int { lastDay.number - firstDay.number + 1 }

  /// The bars of a chart: hours of a day, days, or weeks. Days of a zone whose clock changes within
  /// the range are put together from hours, so that a bar is always one local day.
  func buckets(local: LocalTime) -> Buckets {
    if days == 1 { return Buckets(period: self, unit: .hour, stepSeconds: 3_600) }
    // Beyond a year, an hour at a bar's edge cannot be seen, and hours would be too many to read.
    let isUniform = (0...days).allSatisfy {
      local.offsetSeconds(at: local.start(of: firstDay.advanced(by: $0)))
        == local.offsetSeconds(at: from)
    }
    let step: Int64 = isUniform || days > Self.longestHourlyDays ? 86_400 : 3_600
    return Buckets(period: self, unit: days > 62 ? .week : .day, stepSeconds: step)
  }
}

struct Buckets: Sendable {
  enum Unit: Sendable { case hour, day, week }
  let period: Period
  let unit: Unit
  let stepSeconds: Int64

  var count: Int {
    switch unit {
    case .hour: Int((period.to.seconds - period.from.seconds + 3_599) / 3_600)
    case .day: period.days
    case .week: (period.days + 6) / 7
    }
  }

  func index(of time: Timestamp, local: LocalTime) -> Int? {
    guard time >= period.from, time < period.to else { return nil }
    // The middle of a whole day's step is in its day, whatever the clock did since `from`.
    let time =
      stepSeconds == 86_400
      ? min(time.advanced(bySeconds: 43_200), period.to.advanced(bySeconds: -1)) : time
    switch unit {
    case .hour: return Int((time.seconds - period.from.seconds) / 3_600)
    case .day: return local.day(of: time).number - period.firstDay.number
    case .week: return (local.day(of: time).number - period.firstDay.number) / 7
    }
  }

  func label(_ index: Int, format: ReaderFormat) -> String {
    switch unit {
    case .hour:
      format.hourMinute(period.from.advanced(bySeconds: Int64(index) * 3_600))
    case .day: format.shortDay(period.firstDay.advanced(by: index))
    case .week: format.shortDay(period.firstDay.advanced(by: index * 7))
    }
  }
}
