extension ReportDocument {
  /// One file with nothing outside it: style, charts and all.
  package func html(_ words: Words) -> String {
    var out = """
      <!doctype html>
      <html lang="\(language.tag)"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <title>\(title.escapedForMarkup)</title><style>\(Self.style)\(Drawing.paperStyle)</style></head><body>
      <header><h1>\(title.escapedForMarkup)</h1><p class="subtitle">\(subtitle.escapedForMarkup)</p>

      """
    out += "<ul class=\"imprint\">" + imprint.map { "<li>\($0.escapedForMarkup)</li>" }.joined()
    out += "</ul></header>\n" + contents(words)
    for (index, block) in blocks.enumerated() { out += html(block, index) + "\n" }
    out +=
      "<h2 id=\"sources\">\(words("report_sources").escapedForMarkup)</h2><ol class=\"sources\">"
    for (index, source) in sources.enumerated() {
      out +=
        "<li id=\"source\(index + 1)\">\(Self.describe(source, words).escapedForMarkup)</li>"
    }
    return out + "</ol></body></html>\n"
  }

  private func contents(_ words: Words) -> String {
    var out = "<nav><h2>\(words("report_contents").escapedForMarkup)</h2><ol>"
    for (index, block) in blocks.enumerated() {
      guard case .heading(2, let text) = block else { continue }
      out += "<li><a href=\"#b\(index)\">\(text.escapedForMarkup)</a></li>"
    }
    return out + "</ol></nav>\n"
  }

  private func html(_ block: Block, _ index: Int) -> String {
    switch block {
    case .heading(let level, let text):
      let tag = "h\(min(max(level, 2), 4))"
      return "<\(tag) id=\"b\(index)\">\(text.escapedForMarkup)</\(tag)>"
    case .paragraph(let inlines): return "<p>\(html(inlines))</p>"
    case .note(let inlines): return "<p class=\"note\">\(html(inlines))</p>"
    case .bullets(let items):
      return "<ul>" + items.map { "<li>\(html($0))</li>" }.joined() + "</ul>"
    case .table(let table): return html(table)
    case .chart(let drawing, let caption):
      return
        "<figure><figcaption>\(caption.escapedForMarkup)</figcaption>\(drawing.svg)</figure>"
    case .pageBreak: return "<div class=\"break\"></div>"
    }
  }

  private func html(_ table: Table) -> String {
    func cell(_ tag: String, _ column: Int, _ inner: String) -> String {
      "<\(tag)\(table.numeric.contains(column) ? " class=\"number\"" : "")>\(inner)</\(tag)>"
    }
    let head = table.columns.enumerated().map { cell("th", $0, $1.escapedForMarkup) }.joined()
    let body = table.rows.map { row in
      "<tr>" + row.enumerated().map { cell("td", $0, html($1)) }.joined() + "</tr>\n"
    }
    return
      "<div class=\"wide\"><table><thead><tr>\(head)</tr></thead><tbody>\(body.joined())</tbody></table></div>"
  }

  private func html(_ inlines: [Inline]) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text): return text.escapedForMarkup
      case .strong(let text): return "<strong>\(text.escapedForMarkup)</strong>"
      case .figure(let text, let source):
        return
          "<a class=\"figure\" href=\"#source\(number(of: source))\">\(text.escapedForMarkup)</a>"
      }
    }.joined()
  }

  private static let style = """
    :root{color-scheme:light}body{font:16px/1.6 system-ui,"PingFang SC","Noto Sans CJK SC","Noto Sans SC",sans-serif;color:#1c2128;max-width:860px;margin:0 auto;padding:32px 24px}
    h1{font-size:32px;line-height:1.2;margin:0 0 8px}h2{font-size:23px;margin:48px 0 12px;border-bottom:1px solid #e5e7eb;padding-bottom:6px}h3{font-size:18px;margin:28px 0 8px}h4{margin:20px 0 6px}
    .subtitle{font-size:18px;color:#57606a;margin:0}.imprint{list-style:none;padding:0;color:#6b7280;font-size:13px}nav ol{columns:2}nav a,.figure{color:#0f5ca8;text-decoration:none}.figure{border-bottom:1px dotted #0f5ca8;font-variant-numeric:tabular-nums}
    table{border-collapse:collapse;width:100%;font-size:14px;margin:12px 0}th,td{text-align:left;padding:6px 10px;border-bottom:1px solid #e5e7eb;vertical-align:top}th{color:#57606a;font-weight:600}.number{text-align:right;font-variant-numeric:tabular-nums}td,li{overflow-wrap:anywhere;white-space:pre-line}td.number{overflow-wrap:normal}
    figure{margin:20px 0}figcaption{font-weight:600;margin-bottom:6px}.wide{overflow-x:auto}.note{background:#fff8e6;border-left:3px solid #d98c00;padding:8px 12px}.sources{font-size:13px;color:#57606a}:target{background:#fff3bf}
    @media print{body{max-width:none;padding:0}.break{break-before:page}figure,tr{break-inside:avoid}thead{display:table-header-group}h2,h3,h4{break-after:avoid}}
    """
}
