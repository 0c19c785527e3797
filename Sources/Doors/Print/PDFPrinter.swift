package import Venture

/// Sets a document on A4 pages.
package struct PDFPrinter {
  private let document: ReportDocument
  private let words: Words
  private let page: PDFPage
  /// Page of each chapter, by its place among the blocks; empty while they are being found.
  private let pages: [Int: Int]

  /// Two passes: the first finds the chapters' pages, the second sets them in the contents.
  ///
  /// - Parameter date: of the data, ISO 8601.
  /// - Returns: the PDF file.
  package static func print(
    _ document: ReportDocument, date: String, words: Words
  ) throws -> [UInt8] {
    let found = try lay(document, date: date, words: words, pages: [:]).pages
    return try lay(document, date: date, words: words, pages: found).pdf
  }

  private static func lay(
    _ document: ReportDocument, date: String, words: Words, pages: [Int: Int]
  ) throws -> (pdf: [UInt8], pages: [Int: Int]) {
    let page = try PDFPage(
      title: document.title, date: date,
      footText: document.title + (document.imprint.first.map { " · " + $0 } ?? ""))
    let printer = PDFPrinter(document: document, words: words, page: page, pages: pages)
    printer.cover()
    var found: [Int: Int] = [:]
    for (index, block) in document.blocks.enumerated() {
      printer.set(block, at: index)
      if case .heading(2, _) = block { found[index] = page.number }
    }
    printer.sources()
    return (try page.finish(), found)
  }

  private func cover() {
    page.y += 120
    text("<b>\(document.title.escapedForMarkup)</b>", size: 30, after: 8)
    text(document.subtitle.escapedForMarkup, size: 14, after: 28, ink: (0.34, 0.37, 0.42))
    for line in document.imprint {
      text(line.escapedForMarkup, size: 9, after: 2, ink: (0.42, 0.45, 0.50))
    }
    page.y += 28
    contents()
    if !document.blocks.isEmpty { page.newPage() }
  }

  private func contents() {
    let size = 10.5
    for (index, block) in document.blocks.enumerated() {
      guard case .heading(2, let title) = block else { continue }
      let line = TextBlock(
        page, markup: title.escapedForMarkup, size: size, width: PDFPage.textWidth - 50)
      page.need(line.size.height + 7)
      page.ink(0.11, 0.13, 0.16)
      line.draw(x: PDFPage.margin, y: page.y)
      TextBlock(
        page, markup: "\(pages[index] ?? 0)", size: size, width: 40, alignment: .right
      ).draw(x: PDFPage.margin + PDFPage.textWidth - 40, y: page.y)
      page.y += line.size.height + 7
    }
  }

  private func set(_ block: ReportDocument.Block, at index: Int) {
    switch block {
    case .heading(let level, let text):
      heading(level, text, keeping: leastHeight(after: index))
    case .paragraph(let inlines): text(markup(inlines), size: 10, after: 6)
    case .bullets(let items):
      for item in items { bullet(markup(item)) }
      page.y += 4
    case .note(let inlines): note(markup(inlines))
    case .chart(let drawing, let caption): chart(drawing, caption, keeping: remark(after: index))
    case .table(let table): PDFTable(table, on: page, markup: markup).draw()
    case .pageBreak: page.newPage()
    }
  }

  /// What must stand on the page with a heading: the headings under it, and the first of what they
  /// head: a chart whole, of a text or a table a few lines.
  private func leastHeight(after index: Int) -> Double {
    guard index + 1 < document.blocks.count else { return 40 }
    switch document.blocks[index + 1] {
    case .heading(let level, _):
      return (level <= 3 ? 34 : 26) + leastHeight(after: index + 1)
    case .chart(let drawing, _):
      return drawing.height * PDFPage.textWidth / drawing.width + 44 + remark(after: index + 1)
    case .table: return 90
    case .paragraph, .bullets, .note: return 50
    case .pageBreak: return 0
    }
  }

  private func heading(_ level: Int, _ text: String, keeping rest: Double = 60) {
    let size = level <= 2 ? 18.0 : level == 3 ? 13.0 : 11.0
    let space = level <= 2 ? 22.0 : 12.0
    // A heading stays with what follows it.
    page.need(space + size * 1.6 + rest)
    if page.y > PDFPage.margin { page.y += space }
    let block = TextBlock(
      page, markup: "<b>\(text.escapedForMarkup)</b>", size: size, width: PDFPage.textWidth)
    block.flow(x: PDFPage.margin) { if level <= 2 { page.outline(text) } }
    page.y += level <= 2 ? 8 : 4
  }

  private func text(
    _ markup: String, size: Double, after: Double,
    ink: (Double, Double, Double) = (0.11, 0.13, 0.16)
  ) {
    TextBlock(page, markup: markup, size: size, width: PDFPage.textWidth, spacing: size * 0.3)
      .flow(x: PDFPage.margin, ink: ink)
    page.y += after
  }

  private func bullet(_ markup: String) {
    TextBlock(page, markup: markup, size: 10, width: PDFPage.textWidth - 16, spacing: 3)
      .flow(x: PDFPage.margin + 16) {
        TextBlock(page, markup: "•", size: 10, width: nil).draw(
          x: PDFPage.margin + 4, y: page.y)
      }
    page.y += 2
  }

  private func note(_ markup: String) {
    let block = TextBlock(page, markup: markup, size: 9.5, width: PDFPage.textWidth - 20)
    let height = block.size.height + 12
    page.need(height)
    let pen = PDFPen(page)
    pen.box(x: PDFPage.margin, y: page.y, width: PDFPage.textWidth, height: height, (1, 0.97, 0.90))
    pen.box(x: PDFPage.margin, y: page.y, width: 3, height: height, (0.85, 0.55, 0))
    page.ink(0.11, 0.13, 0.16)
    block.draw(x: PDFPage.margin + 12, y: page.y + 6)
    page.y += height + 8
  }

  /// Room for the sentence that says a chart's figures, which stays on its page.
  private func remark(after index: Int) -> Double {
    guard index + 1 < document.blocks.count, case .paragraph = document.blocks[index + 1] else {
      return 0
    }
    return 34
  }

  private func chart(_ drawing: Drawing, _ caption: String, keeping rest: Double) {
    let scale = PDFPage.textWidth / drawing.width
    let title = TextBlock(
      page, markup: "<b>\(caption.escapedForMarkup)</b>", size: 10, width: PDFPage.textWidth)
    let height = drawing.height * scale
    page.need(title.size.height + height + 20 + rest)
    page.ink(0.11, 0.13, 0.16)
    title.draw(x: PDFPage.margin, y: page.y + 6)
    page.y += title.size.height + 10
    PDFPen(page).draw(drawing, x: PDFPage.margin, y: page.y, scale: scale)
    page.y += height + 10
  }

  private func sources() {
    guard !document.sources.isEmpty else { return }
    heading(2, words("report_sources"))
    for (index, source) in document.sources.enumerated() {
      let line = "\(index + 1)  \(ReportDocument.describe(source, words))"
      text(line.escapedForMarkup, size: 8, after: 1, ink: (0.34, 0.37, 0.42))
    }
  }

  private func markup(_ inlines: [ReportDocument.Inline]) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text): text.escapedForMarkup
      case .strong(let text): "<b>\(text.escapedForMarkup)</b>"
      case .figure(let text, let source):
        text.escapedForMarkup
          + "<span size=\"65%\" rise=\"3000\" foreground=\"#0f5ca8\">\(document.number(of: source))</span>"
      }
    }.joined()
  }
}
