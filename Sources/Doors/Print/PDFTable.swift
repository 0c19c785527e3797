import Venture

/// A table whose columns share the width by what they hold; its head comes again on each page.
struct PDFTable {
  private static let size = 8.5
  private static let padding = 4.0
  private let table: ReportDocument.Table
  private let page: PDFPage
  private let markup: ([ReportDocument.Inline]) -> String
  private let widths: [Double]

  init(
    _ table: ReportDocument.Table, on page: PDFPage,
    markup: @escaping ([ReportDocument.Inline]) -> String
  ) {
    self.table = table
    self.page = page
    self.markup = markup
    widths = Self.widths(table, page: page, markup: markup)
  }

  func draw() {
    page.need(60)
    page.y += 4
    head()
    for cells in table.rows { row(cells.map(markup), isHead: false) }
    page.y += 8
  }

  private func row(_ cells: [String], isHead: Bool) {
    let blocks = cells.prefix(widths.count).enumerated().map { index, cell in
      TextBlock(
        page, markup: cell, size: Self.size, width: widths[index] - 2 * Self.padding,
        alignment: table.numeric.contains(index) ? .right : .left)
    }
    let height = (blocks.map(\.size.height).max() ?? 0) + 2 * Self.padding
    if !isHead, height > PDFPage.bodyHeight - 60 { return split(blocks) }
    let before = page.number
    page.need(height)
    if page.number != before, !isHead { head() }
    var x = PDFPage.margin
    for (index, block) in blocks.enumerated() {
      page.ink(0.11, 0.13, 0.16)
      block.draw(x: x + Self.padding, y: page.y + Self.padding)
      x += widths[index]
    }
    page.y += height
    PDFPen(page).rule(
      x: PDFPage.margin, y: page.y, width: PDFPage.textWidth, isHead ? 0.55 : 0.88)
  }

  private func head() {
    row(table.columns.map { "<b>\($0.escapedForMarkup)</b>" }, isHead: true)
  }

  /// A row that no page can hold goes on over several, line by line, its cells side by side.
  private func split(_ blocks: [TextBlock]) {
    page.y += Self.padding
    let lines = blocks.map(\.lines)
    for number in 0..<(lines.map(\.count).max() ?? 0) {
      let height = lines.compactMap { $0.indices.contains(number) ? $0[number] : nil }.max() ?? 0
      let before = page.number
      page.need(height)
      if page.number != before { head() }
      var x = PDFPage.margin
      for (index, block) in blocks.enumerated() {
        page.ink(0.11, 0.13, 0.16)
        block.draw(line: number, x: x + Self.padding, y: page.y)
        x += widths[index]
      }
      page.y += height
    }
    page.y += Self.padding
    PDFPen(page).rule(x: PDFPage.margin, y: page.y, width: PDFPage.textWidth, 0.88)
  }

  /// Each column as wide as its longest cell wants, up to a share; what is left goes by want.
  private static func widths(
    _ table: ReportDocument.Table, page: PDFPage,
    markup: ([ReportDocument.Inline]) -> String
  ) -> [Double] {
    let count = max(1, table.columns.count)
    var wants = table.columns.map {
      TextBlock(page, markup: "<b>\($0.escapedForMarkup)</b>", size: size, width: nil).size.width
    }
    for row in table.rows.prefix(200) {
      for (index, cell) in row.prefix(count).enumerated() {
        let width = TextBlock(page, markup: markup(cell), size: size, width: nil).size.width
        wants[index] = max(wants[index], width)
      }
    }
    wants = wants.map { $0 + 2 * padding + 1 }
    let total = PDFPage.textWidth
    let sum = wants.reduce(0, +)
    if sum <= total { return wants.map { $0 + (total - sum) / Double(count) } }
    // Narrow columns keep what they want; the wide ones share the rest by the root of their want.
    let fair = total / Double(count)
    let kept = wants.filter { $0 <= fair }.reduce(0, +)
    let roots = wants.filter { $0 > fair }.map { $0.squareRoot() }.reduce(0, +)
    return wants.map { $0 <= fair ? $0 : (total - kept) * $0.squareRoot() / roots }
  }
}
