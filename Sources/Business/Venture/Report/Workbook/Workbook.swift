/// A spreadsheet workbook (ECMA-376, Office Open XML): sheets of texts, numbers and formulas.
package struct Workbook: Sendable {
  package enum Cell: Sendable {
    case empty
    case text(String)
    /// A heading.
    case head(String)
    case number(Double)
    case money(Double)
    case share(Double)
    /// Without the `=`; the value is what the formula gives, for readers that do not calculate.
    case formula(String, value: Double)
  }

  package struct Sheet: Sendable {
    package var name: String
    package var rows: [[Cell]]
    /// Rows and columns that stay in view.
    package var frozenRows: Int
    package var frozenColumns: Int
    package init(name: String, rows: [[Cell]], frozenRows: Int = 1, frozenColumns: Int = 1) {
      self.name = name
      self.rows = rows
      self.frozenRows = frozenRows
      self.frozenColumns = frozenColumns
    }
  }

  package var title: String
  package var sheets: [Sheet]

  package init(title: String, sheets: [Sheet] = []) {
    self.title = title
    self.sheets = sheets
  }

  /// The `.xlsx` file.
  package var data: [UInt8] {
    var archive = ZipArchive()
    func add(_ name: String, _ text: String) { archive.add(name, Array(text.utf8)) }
    add("[Content_Types].xml", contentTypes)
    add("_rels/.rels", Self.packageRelations)
    add("docProps/core.xml", properties)
    add("xl/workbook.xml", workbook)
    add("xl/_rels/workbook.xml.rels", relations)
    add("xl/styles.xml", Self.styles)
    for (index, sheet) in sheets.enumerated() {
      add("xl/worksheets/sheet\(index + 1).xml", sheet.xml)
    }
    return archive.data
  }

  /// `0 → A`, `26 → AA`.
  package static func column(_ index: Int) -> String {
    var (name, rest) = ("", index)
    repeat {
      name = String(UnicodeScalar(UInt8(65 + rest % 26))) + name
      rest = rest / 26 - 1
    } while rest >= 0
    return name
  }
}
