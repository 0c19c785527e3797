import Mustache

/// One cell of a table. `child(named:)` is written out: a page has thousands of look-ups of it.
struct Cell: Hashable, Sendable, MustacheParent {
  enum Kind: String, Sendable { case name, text, number, code }

  var text: String
  var kind: Kind
  var link: String?
  /// The exact figure, or the whole of a shortened id.
  var exact: String?
  var tone: Tone?
  /// A small word beside it: revoked, unrated.
  var badge: String?

  static func name(_ text: String, _ link: String?) -> Cell { Cell(text, .name, link: link) }
  static func words(_ text: String, link: String? = nil) -> Cell { Cell(text, .text, link: link) }
  static func number(
    _ text: String, link: String? = nil, exact: String? = nil, tone: Tone? = nil
  )
    -> Cell
  {
    Cell(text, .number, link: link, exact: exact, tone: tone)
  }
  static func code(_ text: String, link: String? = nil, exact: String? = nil) -> Cell {
    Cell(text, .code, link: link, exact: exact)
  }

  init(_ text: String, _ kind: Kind, link: String? = nil, exact: String? = nil, tone: Tone? = nil) {
    self.text = text
    self.kind = kind
    self.link = link
    self.exact = exact
    self.tone = tone
  }

  func child(named name: String) -> Any? {
    switch name {
    case "text": text
    case "kind": kind.rawValue
    case "is_name": kind == .name
    case "link": link ?? false
    case "exact": exact ?? false
    case "tone": tone?.rawValue ?? false
    case "badge": badge ?? false
    default: nil
    }
  }
}

struct Column: ViewModel, Hashable, Sendable {
  let title: String
  let kind: String
  var unit: String?
  /// Sorts by this column when followed.
  var sort_link: String?
  /// `ascending` or `descending` when sorted by it (`aria-sort`).
  var sorted: String?

  init(_ title: String, _ kind: Cell.Kind = .number, unit: String? = nil) {
    self.title = title
    self.kind = kind.rawValue
    self.unit = unit
  }
}

struct Row: ViewModel, Hashable, Sendable {
  let cells: [Cell]
  /// A total, set apart by a line.
  var total = false
}

/// A table with its empty state and ways on: sorting, paging and download are links.
struct TableView: ViewModel, Hashable, Sendable {
  var id: String
  var caption: String
  var columns: [Column] = []
  var rows: [Row] = []
  var csv: String?
  var more: String?
  var newer: String?
  var older: String?
  /// "51–100".
  var shown: String?
  var empty_title = ""
  var empty_text = ""
  var empty_command: String?

  var paged: Bool { newer != nil || older != nil || shown != nil }

  func child(named name: String) -> Any? {
    switch name {
    case "has_rows": !rows.isEmpty
    case "paged": paged
    default: Self.reflected(self, name)
    }
  }

  private static func reflected(_ table: TableView, _ name: String) -> Any? {
    for child in Mirror(reflecting: table).children where child.label == name {
      let value = Mirror(reflecting: child.value)
      guard value.displayStyle == .optional else { return child.value }
      return value.children.first?.value ?? false
    }
    return nil
  }
}

/// A table's order, from the address: `sort=revenue`, `sort=-revenue` for the largest first.
struct SortOrder: Hashable, Sendable {
  let key: String
  let descending: Bool

  init(_ text: String?, keys: [String], initial: String) {
    let wanted = text ?? initial
    let bare = wanted.hasPrefix("-") ? String(wanted.dropFirst()) : wanted
    let chosen = keys.contains(bare) ? wanted : initial
    descending = chosen.hasPrefix("-")
    key = descending ? String(chosen.dropFirst()) : chosen
  }

  /// Marks the column of `key` and gives it a link that sorts by it, largest first, then reversed.
  func apply(_ column: Column, key: String, address: (String) -> String) -> Column {
    var column = column
    let now = key == self.key
    if now { column.sorted = descending ? "descending" : "ascending" }
    column.sort_link = address(now && descending ? key : "-" + key)
    return column
  }
}
