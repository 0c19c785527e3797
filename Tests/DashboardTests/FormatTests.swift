import Foundation
import Ledger
import Testing

@testable import Dashboard

private func format(_ language: Language = .english, zone: String = "Asia/Shanghai") -> ReaderFormat
{
  ReaderFormat(language: language, local: LocalTime(zone: TimeZone(identifier: zone)!))
}

private func money(_ text: String, _ currency: Currency = .usd) throws -> Money {
  try Money(parsing: text, currency, field: "test")
}

@Suite struct FormatTests {
  @Test(arguments: [
    (0, "0", "0"), (999, "999", "999"), (9_500, "9.5 K", "9,500"), (83_249, "83.2 K", "8.32 万"),
    (999_950, "1 M", "100 万"), (1_900_000, "1.9 M", "190 万"), (36_600_000, "36.6 M", "3660 万"),
    (123_456_789, "123 M", "1.23 亿"), (5_000_000_000, "5 B", "50 亿"),
    (-1_900_000, "−1.9 M", "−190 万"),
  ])
  func `a volume is short, in the reader's units`(
    value: Int, english: String, chinese: String
  ) throws {
    #expect(format(.english).volume(value) == english)
    #expect(format(.chinese).volume(value) == chinese)
  }

  @Test(arguments: [
    ("1234567.891", "$1,234,567.89"), ("-312", "−$312.00"), ("0", "$0.00"), ("0.5", "$0.500"),
    ("0.000123456", "$0.000123"), ("-0.0000000001", "$0.000000"), ("0.125", "$0.125"),
    ("999999.995", "$1,000,000.00"),
  ])
  func `money keeps its sign and shows three figures at least`(text: String, shown: String) throws {
    #expect(try format().money(money(text)) == shown)
  }

  @Test func `money is exact where a Double would not be`() throws {
    #expect(try format().money(money("9007199254740993.01")) == "$9,007,199,254,740,993.01")
    #expect(try format().money(money("12", .cny)) == "¥12.00")
  }

  @Test func `a column's decimals are those its largest amount needs`() throws {
    #expect(try ReaderFormat.digits(for: [money("0.00012"), money("12")]) == 2)
    #expect(try ReaderFormat.digits(for: [money("0.00012"), money("0.02")]) == 4)
    #expect(try ReaderFormat.digits(for: [money("0")]) == 2)
  }

  @Test(arguments: [
    (4, 100, "4%"), (43, 1_000, "4.3%"), (1, 3, "33%"), (-446, 100, "−446%"),
    (12_345, 10, "123,450%"), (999, 10_000, "10%"),
  ])
  func `a percentage has one decimal only under ten`(part: Int, whole: Int, shown: String) throws {
    #expect(format().percent(Int128(part), of: Int128(whole)) == shown)
  }

  @Test func `nothing is a percentage of nothing`() throws {
    #expect(format().percent(1, of: 0) == nil)
  }

  @Test(arguments: [
    (230, 10, "23"), (46, 10, "4.6"), (1, 3, "0.3"), (12_000, 10, "1,200"), (20, 10, "2"),
  ])
  func `a multiple has one decimal only under ten`(value: Int, base: Int, shown: String) throws {
    #expect(format().multiple(Int128(value), of: Int128(base)) == shown)
  }

  @Test func `machine time is exact to the millisecond`() throws {
    #expect(format().seconds(1_234_567_890_123) == "1,234.568")
    #expect(format().seconds(5_000_000) == "0.005")
  }

  @Test func `instants are local`() throws {
    #expect(format().instant(noon) == "2026-11-24 14:05:09")
    #expect(format(zone: "America/Los_Angeles").instant(noon) == "2026-11-23 22:05:09")
    let (first, last) = (
      CalendarDate(year: 2026, month: 11, day: 1), CalendarDate(year: 2026, month: 11, day: 24)
    )
    #expect(format(.chinese).days(first, last) == "2026年11月1日 – 11月24日")
    #expect(format(.english).days(first, last) == "1 Nov – 24 Nov 2026")
  }

  @Test func `days count through the calendar and back`() throws {
    for number in stride(from: -1_000, to: 80_000, by: 13) {
      let (year, month, day) = CalendarDate(number: number).parts
      #expect(CalendarDate(year: year, month: month, day: day).number == number)
    }
    #expect(CalendarDate(number: 0).description == "1970-01-01")
    #expect(CalendarDate("2024-02-29")?.number == 19_782)
    for text in [
      "2023-02-29", "2026-13-01", "2026-1-1", "26-01-001", "2026-11-24x", "", "９０２６-11-24",
    ] {
      #expect(CalendarDate(text) == nil)
    }
  }

  @Test(
    arguments: [
      ("zh-CN,zh;q=0.9,en;q=0.8", Language.chinese), ("en-US,en;q=0.9", .english),
      ("fr,zh;q=0.3,en;q=0.2", .chinese),
      ("en;q=0.1, zh-Hans", .chinese), ("fr", .english), (nil, .english), ("zh;q=0", .english),
      ("*", .english), (";;,,q", .english),
    ] as [(String?, Language)])
  func `the browser's first choice among ours is taken`(header: String?, language: Language) throws
  {
    #expect(Language(acceptLanguage: header) == language)
  }
}

@Suite struct PeriodTests {
  let shanghai = LocalTime(zone: TimeZone(identifier: "Asia/Shanghai")!)

  private func period(_ fields: [String: String]) -> Period {
    Period(query: Query(fields), now: noon, local: shanghai)
  }

  @Test func `ranges are whole local days`() throws {
    #expect(period(["range": "today"]).from == Timestamp(seconds: 1_795_449_600))
    #expect(period(["range": "today"]).days == 1)
    #expect(period(["range": "7d"]).days == 7)
    #expect(period([:]).firstDay == CalendarDate(year: 2026, month: 11, day: 1))
    #expect(period(["range": "custom", "from": "2026-03-05", "to": "2026-03-01"]).days == 5)
    #expect(
      period(["range": "custom", "from": "1970-01-01", "to": "2026-03-01"]).days
        == Period.longestDays)
    #expect(period(["range": "nonsense"]).name == .month)
  }

  @Test func `a chart's bars are local days even where the clock changes`() throws {
    let berlin = LocalTime(zone: TimeZone(identifier: "Europe/Berlin")!)
    let period = Period(
      .custom, CalendarDate(year: 2026, month: 10, day: 20),
      CalendarDate(year: 2026, month: 10, day: 30),
      berlin)
    let buckets = period.buckets(local: berlin)
    #expect(buckets.stepSeconds == 3_600)
    #expect(buckets.count == 11)
    for day in 0..<11 {
      let start = berlin.start(of: period.firstDay.advanced(by: day))
      #expect(buckets.index(of: start, local: berlin) == day)
      #expect(
        buckets.index(of: start.advanced(bySeconds: -1), local: berlin)
          == (day == 0 ? nil : day - 1))
    }
  }

  @Test(
    arguments: ["Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Asia/Kolkata"],
    [5, 90, 399, 900, 1_830])
  func `every step of a long range falls into its bar, in order, within the bound`(
    zone: String, days: Int
  ) throws {
    let local = LocalTime(zone: TimeZone(identifier: zone)!)
    let first = CalendarDate(year: 2021, month: 7, day: 3)
    let period = Period(.custom, first, first.advanced(by: days - 1), local)
    let buckets = period.buckets(local: local)
    var counts: [Int: Int] = [:]
    var time = period.from
    var steps = 0
    while time < period.to {
      if let index = buckets.index(of: time, local: local) { counts[index, default: 0] += 1 }
      time = time.advanced(bySeconds: buckets.stepSeconds)
      steps += 1
    }
    #expect(steps < 10_000)
    #expect(counts.values.reduce(0, +) == steps)
    #expect(Set(counts.keys) == Set(0..<buckets.count))
  }

  @Test func `an address is decoded once and encoded whole`() throws {
    let query = Query(encoded: "a=1+2&b=%2Fx%26y&a=3&c=&=z&d")
    #expect(query.fields == ["a": "1 2", "b": "/x&y", "c": "", "d": ""])
    #expect(
      Query(encoded: String(query.address("/p").dropFirst(3))).fields == ["a": "1 2", "b": "/x&y"])
    #expect(query.address("/p", ["a": nil, "b": "深"]) == "/p?b=%E6%B7%B1")
    #expect(Query(encoded: String(repeating: "x=1&", count: 10_000)).fields.count == 1)
  }
}
