import Forecast
import Ledger
import Testing
import Venture

@testable import Print

@Suite struct PDFPrinterTests {
  private static let words = Words(language: .chinese) { _ in nil }
  private static let date = "2026-11-24T00:00:00"

  private func document(rows: Int = 3, text: String = "收入与成本") -> ReportDocument {
    var document = ReportDocument(
      language: .chinese, title: "知答 & Co <plan>", subtitle: text, imprint: ["2026-11-24"])
    document.heading(2, text)
    document.paragraph(
      .text(text), .figure("¥1.2 万", .plan(line: 3, field: "a", text: "10 to 30")), .strong("!"))
    document.add(.bullets([["一"], ["二"]]))
    document.add(.note([.text(text)]))
    document.add(
      .table(
        .init(
          columns: ["项目", "数值"], numeric: [1],
          rows: (0..<rows).map { [["第 \($0) 行".inline], ["\($0)".inline]] })))
    let format = FigureFormat(language: .chinese, currency: .cny)
    document.add(
      .chart(
        Charts.tornado([("流失", -1, 2)], base: 0.5, title: "t", format: format), caption: text))
    return document
  }

  private func pages(_ pdf: [UInt8]) -> Int {
    let text = String(decoding: pdf, as: Unicode.ASCII.self)
    // The tree of pages is of type Pages.
    return text.components(of: "/Type /Page") - text.components(of: "/Type /Pages")
  }

  @Test func `the same document is the same file`() throws {
    let first = try PDFPrinter.print(document(), date: Self.date, words: Self.words)
    #expect(first.starts(with: Array("%PDF-1.".utf8)))
    #expect(first == (try PDFPrinter.print(document(), date: Self.date, words: Self.words)))
  }

  @Test func `a long table goes on over the pages it needs`() throws {
    let short = try PDFPrinter.print(document(), date: Self.date, words: Self.words)
    let long = try PDFPrinter.print(document(rows: 400), date: Self.date, words: Self.words)
    #expect(pages(short) >= 1)
    #expect(pages(long) > pages(short) + 5)
  }

  @Test func `a cell longer than a page goes on over the next ones`() throws {
    var document = ReportDocument(language: .english, title: "t", subtitle: "", imprint: [])
    document.heading(2, "t")
    let long = String(repeating: "word ", count: 20_000)
    document.add(
      .table(.init(columns: ["a", "b"], rows: [[[.text(long)], [.text("short")]]])))
    let pdf = try PDFPrinter.print(document, date: Self.date, words: Self.words)
    // 100,000 characters at about 5,000 a page, less the narrow column.
    #expect(pages(pdf) > 15)
  }

  @Test func `the contents are set once more with the pages found, and do not move them`() throws {
    var document = ReportDocument(language: .english, title: "t", subtitle: "", imprint: [])
    for chapter in 0..<80 {
      document.heading(2, "chapter \(chapter)")
      document.paragraph(.text(String(repeating: "word ", count: 400)))
    }
    let once = try PDFPrinter.print(document, date: Self.date, words: Self.words)
    #expect(once == (try PDFPrinter.print(document, date: Self.date, words: Self.words)))
    #expect(pages(once) > 20)
  }

  @Test(arguments: [
    "<b>not markup", "&amp; & <", "\u{0}\u{1}", String(repeating: "长", count: 5_000),
    String(repeating: "x", count: 5_000), "",
  ])
  func `any text can be printed`(_ text: String) throws {
    let pdf = try PDFPrinter.print(document(text: text), date: Self.date, words: Self.words)
    #expect(pages(pdf) >= 1)
  }
}

extension String {
  fileprivate var inline: ReportDocument.Inline { .text(self) }

  fileprivate func components(of part: String) -> Int {
    split(separator: part, omittingEmptySubsequences: false).count - 1
  }
}
