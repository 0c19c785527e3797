import Forecast
import Foundation
import Ledger
import Testing
import Venture

@Suite struct ReportHTMLTests {
  @Test(arguments: ReportLanguage.allCases)
  func `every element is closed in its place`(_ language: ReportLanguage) async throws {
    let html = try await ReportFixture.document(language).html(ReportFixture.words(language))
    #expect(MarkupCheck(html, void: ["meta"]).fault == nil)
    #expect(html.hasPrefix("<!doctype html>"))
  }

  @Test(arguments: ReportLanguage.allCases)
  func `the file loads nothing from elsewhere and links only into itself`(
    _ language: ReportLanguage
  ) async throws {
    let html = try await ReportFixture.document(language).html(ReportFixture.words(language))
    #expect(!html.contains("@import") && !html.contains("url("))
    var ids: Set<Substring> = []
    var links: Set<Substring> = []
    for tag in MarkupCheck(html, void: ["meta"]).tags {
      #expect(!["script", "link", "img", "iframe", "object"].contains { tag.hasPrefix($0) })
      #expect(!tag.contains(" src="))
      if let id = value("id", in: tag) { ids.insert(id) }
      if let link = value("href", in: tag) {
        #expect(link.hasPrefix("#"))
        links.insert(link.dropFirst())
      }
    }
    #expect(links.count > 20)
    #expect(links.subtracting(ids) == [])
  }

  private func value(_ name: String, in tag: String) -> Substring? {
    guard let start = tag.range(of: " \(name)=\"") else { return nil }
    return tag[start.upperBound...].prefix { $0 != "\"" }
  }

  @Test func `the same content is the same file`() async throws {
    let again = try await ReportFixture.content(PlanExample.venture(language: "en"))
    let words = try ReportFixture.words(.english)
    let first = try await ReportFixture.document(.english).html(words)
    #expect(first == BusinessPlan.document(again, words).html(words))
  }

  @Test(arguments: [
    "</td></table><script>alert(1)</script>", "\" onmouseover=\"x", "a & b &amp; c",
    "\u{0}\u{1}\u{8}",
    String(repeating: "長い<b>", count: 2_000), "{name} {chance}", "]]>", "--><!--",
  ])
  func `texts of the plan stay texts`(_ hostile: String) throws {
    var document = ReportDocument(
      language: .english, title: hostile, subtitle: hostile, imprint: [hostile])
    document.heading(2, hostile)
    document.heading(3, hostile)
    document.paragraph(
      .text(hostile), .figure(hostile, .plan(line: 1, field: hostile, text: hostile)))
    document.add(.table(.init(columns: [hostile], rows: [[[.strong(hostile)]]])))
    document.add(.note([.text(hostile)]))
    let format = FigureFormat(language: .english, currency: .cny)
    document.add(
      .chart(
        Charts.tornado([(hostile, 1, 2)], base: 1.5, title: hostile, format: format),
        caption: hostile))
    let html = document.html(try ReportFixture.words(.english))
    let check = MarkupCheck(html, void: ["meta"])
    #expect(check.fault == nil)
    #expect(!check.tags.contains { $0.hasPrefix("script") || $0.contains(" onmouseover=\"") })
    #expect(!html.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" })
  }

  @Test func `a plan whose names are markup has a report without it`() async throws {
    let text = try PlanText(PlanExample.minimal)
      .setting(path: "name", to: "<script>alert(1)</script> & Söhne \"quoted\"").text
    let content = try await ReportFixture.content(text)
    let html = BusinessPlan.document(content, try ReportFixture.words(.english))
      .html(try ReportFixture.words(.english))
    #expect(!html.contains("<script"))
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne"))
  }
}
