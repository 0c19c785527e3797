import Forecast
import Foundation
import Testing

@testable import Venture

@Suite struct WorkbookTests {
  /// An archive read back: stored entries with their checksums.
  private struct Archive {
    var files: [String: [UInt8]] = [:]

    init(_ data: [UInt8]) throws {
      func number(_ place: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(data[place + $1]) << (8 * $1) }
      }
      let end = data.count - 22
      try #require(end > 0 && number(end, 4) == 0x0605_4b50)
      var place = number(end + 16, 4)
      for _ in 0..<number(end + 10, 2) {
        try #require(number(place, 4) == 0x0201_4b50)
        let (size, nameLength) = (number(place + 24, 4), number(place + 28, 2))
        let name = String(decoding: data[(place + 46)..<(place + 46 + nameLength)], as: UTF8.self)
        let local = number(place + 42, 4)
        try #require(number(local, 4) == 0x0403_4b50 && number(local + 8, 2) == 0)
        let body = local + 30 + number(local + 26, 2) + number(local + 28, 2)
        let content = Array(data[body..<(body + size)])
        #expect(number(local + 14, 4) == Int(Self.checksum(content)))
        #expect(number(place + 16, 4) == Int(Self.checksum(content)))
        #expect(files[name] == nil)
        files[name] = content
        place += 46 + nameLength
      }
      #expect(place == end)
    }

    /// Bit by bit, as ISO 3309 says it.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
      var value = UInt32.max
      for byte in bytes {
        value ^= UInt32(byte)
        for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
      }
      return ~value
    }
  }

  private func workbook(_ language: ReportLanguage) async throws -> Workbook {
    BusinessPlanWorkbook.workbook(
      try await ReportFixture.content(language), try ReportFixture.words(language))
  }

  @Test(arguments: ReportLanguage.allCases)
  func `the archive is whole and every part is well formed`(_ language: ReportLanguage) async throws
  {
    let workbook = try await workbook(language)
    let archive = try Archive(workbook.data)
    #expect(archive.files.count == 6 + workbook.sheets.count)
    for (name, content) in archive.files {
      let text = String(decoding: content, as: UTF8.self)
      #expect(MarkupCheck(text).fault == nil, "\(name)")
    }
    #expect(workbook.sheets.count == 7)
  }

  @Test func `the same content is the same file`() async throws {
    let again = try await ReportFixture.content(PlanExample.venture(language: "en"))
    let words = try ReportFixture.words(.english)
    #expect(
      try await workbook(.english).data == BusinessPlanWorkbook.workbook(again, words).data)
  }

  /// `SUM(A1:C1)`, `A1-B1`, `A1+B1` and `A1` over the sheet's own cells.
  private struct Calculator {
    let rows: [[Workbook.Cell]]

    func value(_ place: Substring) -> Double {
      let letters = place.prefix { $0.isLetter }
      let column = letters.unicodeScalars.reduce(0) { $0 * 26 + Int($1.value) - 64 } - 1
      let row = Int(place.dropFirst(letters.count))! - 1
      switch rows[row][column] {
      case .number(let value), .money(let value), .share(let value): return value
      case .formula(let formula, _): return calculate(formula)
      default: return 0
      }
    }

    func calculate(_ formula: String) -> Double {
      if formula == "0" { return 0 }
      if formula.hasPrefix("SUM(") {
        let ends = formula.dropFirst(4).dropLast().split(separator: ":")
        let row = ends[0].drop { $0.isLetter }
        let (first, last) = (index(ends[0]), index(ends[1]))
        return (first...last).reduce(0) { $0 + value("\(Workbook.column($1))\(row)") }
      }
      for (sign, factor) in [("-", -1.0), ("+", 1.0)] as [(Character, Double)] {
        let parts = formula.split(separator: sign)
        if parts.count == 2 { return value(parts[0]) + factor * value(parts[1]) }
      }
      return value(formula[...])
    }

    private func index(_ place: Substring) -> Int {
      place.prefix { $0.isLetter }.unicodeScalars.reduce(0) { $0 * 26 + Int($1.value) - 64 } - 1
    }
  }

  @Test func `the months calculate to the simulation's revenue, profit and cash`() async throws {
    let content = try await ReportFixture.content(.english)
    let words = try ReportFixture.words(.english)
    let sheet = MonthlySheet(content, words).sheet()
    let heads = sheet.rows[0].map { cell in if case .head(let text) = cell { text } else { "" } }
    let calculator = Calculator(rows: sheet.rows)
    let wanted = [
      ("report_measure_revenue", content.trace["revenue"]),
      ("report_measure_profit", content.trace["profit"]),
      ("report_column_closing", content.trace["cash"]),
    ]
    for (key, series) in wanted {
      let column = try #require(heads.lastIndex(of: words(key)))
      for month in 0..<content.trace.months {
        guard case .formula(let formula, let cached) = sheet.rows[month + 1][column] else {
          Issue.record("\(key) is a formula")
          return
        }
        let value = calculator.calculate(formula)
        let scale = max(1, abs(series[month]), content.trace.openingCash)
        #expect(abs(value - series[month]) < 1e-9 * scale * Double(month + 1), "\(key) \(month)")
        #expect(abs(cached - value) < 1e-9 * scale * Double(month + 1))
      }
    }
  }

  @Test(arguments: [
    "<a>&\"'", "[x]:*?/\\", "\u{0}\u{7}", String(repeating: "长", count: 10_000), "", "'quoted'",
  ])
  func `any text is a cell and a sheet's name`(_ hostile: String) throws {
    let sheet = Workbook.Sheet(name: hostile, rows: [[.head(hostile), .text(hostile)]])
    let workbook = Workbook(title: hostile, sheets: [sheet, sheet, sheet])
    let archive = try Archive(workbook.data)
    for content in archive.files.values {
      #expect(MarkupCheck(String(decoding: content, as: UTF8.self)).fault == nil)
    }
    let names = try #require(archive.files["xl/workbook.xml"])
    let parts = MarkupCheck(String(decoding: names, as: UTF8.self)).tags.filter {
      $0.hasPrefix("sheet ")
    }.map { tag in String(tag.split(separator: "\"")[1]) }
    #expect(Set(parts).count == 3)
  }

  @Test func `numbers that are none leave their cell empty`() {
    let sheet = Workbook.Sheet(name: "x", rows: [[.number(.nan), .money(.infinity), .number(1)]])
    #expect(!sheet.xml.contains("nan") && !sheet.xml.contains("inf<"))
    #expect(sheet.xml.contains("<v>1.0</v>"))
  }

  @Test func `percentiles as text have a line a measure and month`() async throws {
    let outcome = try await ReportFixture.content(.english).forecasted.outcome
    let lines = OutcomeTable.csv(outcome).components(separatedBy: "\r\n").dropLast()
    #expect(lines.count == 1 + outcome.months * outcome.fans.count)
    #expect(lines[0] == "measure,month,mean,p2.5,p5,p10,p25,p50,p75,p90,p95,p97.5")
    #expect(lines.allSatisfy { $0.split(separator: ",").count == 12 })
  }
}
