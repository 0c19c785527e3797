extension Workbook {
  static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
  private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  private static let office =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  private static let packages = "http://schemas.openxmlformats.org/package/2006"

  var contentTypes: String {
    let type = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    let parts = sheets.indices.map {
      "<Override PartName=\"/xl/worksheets/sheet\($0 + 1).xml\" ContentType=\"\(type).worksheet+xml\"/>"
    }
    return Self.declaration
      + "<Types xmlns=\"\(Self.packages)/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"\(type).sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"\(type).styles+xml\"/>\(parts.joined())</Types>"
  }

  static let packageRelations =
    declaration
    + "<Relationships xmlns=\"\(packages)/relationships\"><Relationship Id=\"rId1\" Type=\"\(office)/officeDocument\" Target=\"xl/workbook.xml\"/><Relationship Id=\"rId2\" Type=\"\(packages)/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/></Relationships>"

  var properties: String {
    Self.declaration
      + "<cp:coreProperties xmlns:cp=\"\(Self.packages)/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>\(title.escapedForMarkup)</dc:title></cp:coreProperties>"
  }

  var workbook: String {
    var names: Set<String> = []
    let entries = sheets.enumerated().map { index, sheet in
      "<sheet name=\"\(Self.sheetName(sheet.name, taken: &names).escapedForMarkup)\" sheetId=\"\(index + 1)\" r:id=\"rId\(index + 1)\"/>"
    }
    return Self.declaration
      + "<workbook xmlns=\"\(Self.main)\" xmlns:r=\"\(Self.office)\"><sheets>\(entries.joined())</sheets><calcPr calcId=\"191029\" fullCalcOnLoad=\"1\"/></workbook>"
  }

  var relations: String {
    let parts = sheets.indices.map {
      "<Relationship Id=\"rId\($0 + 1)\" Type=\"\(Self.office)/worksheet\" Target=\"worksheets/sheet\($0 + 1).xml\"/>"
    }
    return Self.declaration
      + "<Relationships xmlns=\"\(Self.packages)/relationships\">\(parts.joined())<Relationship Id=\"rId\(sheets.count + 1)\" Type=\"\(Self.office)/styles\" Target=\"styles.xml\"/></Relationships>"
  }

  /// 0 plain, 1 heading, 2 number, 3 money, 4 share.
  static let styles =
    declaration
    + "<styleSheet xmlns=\"\(main)\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"#,##0.######\"/></numFmts><fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs count=\"5\">\(formats.joined())</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"

  private static let formats = [(0, 0), (0, 1), (164, 0), (4, 0), (10, 0)].map { format, font in
    "<xf numFmtId=\"\(format)\" fontId=\"\(font)\" fillId=\"0\" borderId=\"0\" xfId=\"0\"\(font > 0 ? " applyFont=\"1\"" : "")\(format > 0 ? " applyNumberFormat=\"1\"" : "")/>"
  }

  /// At most 31 characters, none of `[]:*?/\`, not empty, unique.
  private static func sheetName(_ name: String, taken: inout Set<String>) -> String {
    let clean = String(name.map { "[]:*?/\\'".contains($0) ? " " : $0 }.prefix(31))
    var unique = clean.allSatisfy(\.isWhitespace) ? "Sheet" : clean
    var number = 2
    while !taken.insert(unique.lowercased()).inserted {
      unique = String(clean.prefix(27)) + " \(number)"
      number += 1
    }
    return unique
  }
}

extension Workbook.Sheet {
  var xml: String {
    var out =
      Workbook.declaration
      + "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews><sheetView workbookViewId=\"0\">\(pane)</sheetView></sheetViews><cols>\(widths)</cols><sheetData>"
    for (row, cells) in rows.enumerated() {
      out += "<row r=\"\(row + 1)\">"
      for (column, cell) in cells.enumerated() {
        out += Self.xml(cell, at: "\(Workbook.column(column))\(row + 1)")
      }
      out += "</row>"
    }
    return out + "</sheetData></worksheet>"
  }

  private var pane: String {
    guard frozenRows > 0 || frozenColumns > 0 else { return "" }
    let corner = "\(Workbook.column(frozenColumns))\(frozenRows + 1)"
    let place =
      frozenRows > 0 && frozenColumns > 0
      ? "bottomRight" : frozenRows > 0 ? "bottomLeft" : "topRight"
    let split =
      (frozenColumns > 0 ? " xSplit=\"\(frozenColumns)\"" : "")
      + (frozenRows > 0 ? " ySplit=\"\(frozenRows)\"" : "")
    return
      "<pane\(split) topLeftCell=\"\(corner)\" activePane=\"\(place)\" state=\"frozen\"/>"
  }

  /// By the longest text of the column, wide characters counted twice.
  private var widths: String {
    let columns = rows.map(\.count).max() ?? 0
    guard columns > 0 else { return "<col min=\"1\" max=\"1\" width=\"12\"/>" }
    var longest = [Int](repeating: 10, count: columns)
    for row in rows {
      for (index, cell) in row.enumerated() {
        let text: String? =
          switch cell {
          case .text(let text), .head(let text): text
          default: nil
          }
        guard let text else { continue }
        let width = text.prefix(80).reduce(0) { $0 + ($1.utf8.count > 2 ? 2 : 1) }
        longest[index] = max(longest[index], min(60, width + 2))
      }
    }
    return longest.enumerated().map {
      "<col min=\"\($0 + 1)\" max=\"\($0 + 1)\" width=\"\($1)\" customWidth=\"1\"/>"
    }.joined()
  }

  private static func xml(_ cell: Workbook.Cell, at place: String) -> String {
    func text(_ text: String, _ style: Int) -> String {
      "<c r=\"\(place)\" s=\"\(style)\" t=\"inlineStr\"><is><t xml:space=\"preserve\">\(String(text.prefix(32_000)).escapedForMarkup)</t></is></c>"
    }
    func number(_ value: Double, _ style: Int, formula: String = "") -> String {
      guard value.isFinite else { return text("", 0) }
      return "<c r=\"\(place)\" s=\"\(style)\">\(formula)<v>\(value)</v></c>"
    }
    switch cell {
    case .empty: return ""
    case .text(let string): return text(string, 0)
    case .head(let string): return text(string, 1)
    case .number(let value): return number(value, 2)
    case .money(let value): return number(value, 3)
    case .share(let value): return number(value, 4)
    case .formula(let formula, let value):
      return number(value, 2, formula: "<f>\(formula.escapedForMarkup)</f>")
    }
  }
}
