import Forecast
import Foundation
import Ledger
import Venture

/// What the pages of a plan's parts share: the reader's words and figures, links to the plan's lines,
/// and cells made of them.
struct PlanPart: Sendable {
  let visit: Visit
  let plan: Plan
  let words: Words
  let format: FigureFormat
  let places: PlanPlaces

  var text: TextCatalogue { visit.text }

  /// The plan's line, by its number or by its place in the file; nil when it has none.
  func link(_ line: Int) -> String? { line > 0 ? "/plan/file#L\(line)" : nil }
  func link(at path: String) -> String? { link(places.line(of: path)) }

  // MARK: Names

  func person(_ id: String) -> String {
    plan.team.people.first { $0.id == id }?.name ?? plan.team.hires.first { $0.id == id }?.name
      ?? id
  }

  func people(_ ids: [String]) -> String { list(ids.map(person)) }

  func capability(_ id: String) -> String {
    plan.team.capabilities.first { $0.id == id }?.name ?? id
  }

  /// A live metric by its name in the reader's words; other metrics as the plan writes them.
  func metric(_ name: String) -> String {
    let key = "plan_metric_\(name)"
    return words.has(key) ? text(key) : name
  }

  func list(_ items: [String]) -> String { items.joined(separator: text("list_separator")) }

  // MARK: Figures

  /// `0.62 (0.51–0.7)`; the value alone when it is certain.
  func interval(_ summary: SampleSummary, _ show: (Double) -> String) -> String {
    let (low, middle, high) = (show(summary.low), show(summary.median), show(summary.high))
    return low == high ? middle : "\(middle) (\(low)–\(high))"
  }

  // MARK: Cells and tables

  func money(_ value: Double, link: String? = nil, signed: Bool = false) -> Cell {
    Cell.number(format.money(value), link: link, tone: signed && value < 0 ? .loss : nil)
  }
  func share(_ value: Double, link: String? = nil) -> Cell {
    Cell.number(format.percent(value), link: link)
  }
  func number(_ value: Double, link: String? = nil) -> Cell {
    Cell.number(format.number(value), link: link)
  }
  /// Words, or a dash where the plan says nothing.
  func cell(_ value: String, link: String? = nil) -> Cell {
    .words(value.isEmpty ? "–" : value, link: value.isEmpty ? nil : link)
  }

  func columns(_ list: [(String, Cell.Kind)]) -> [Column] {
    list.map { Column(text($0.0), $0.1) }
  }

  /// - Parameter missing: key of what to write into the plan when there are no rows.
  func block(
    _ id: String, _ key: String, aside: String? = nil, drawing: Drawing? = nil,
    prose: [String] = [], columns: [(String, Cell.Kind)], rows: [Row],
    missing: String = "plan_part_empty"
  ) -> PlanPages.Block {
    titled(
      id, text(key), aside: aside, drawing: drawing, prose: prose, columns: columns, rows: rows,
      missing: missing)
  }

  func titled(
    _ id: String, _ title: String, aside: String? = nil, drawing: Drawing? = nil,
    prose: [String] = [], columns: [(String, Cell.Kind)], rows: [Row],
    missing: String = "plan_part_empty"
  ) -> PlanPages.Block {
    var table = TableView(id: id, caption: title)
    table.columns = self.columns(columns)
    table.rows = rows
    table.empty_title = text(
      Self.settled.contains(missing) ? "plan_part_settled" : "plan_part_empty_title")
    table.empty_text = text(missing)
    return PlanPages.Block(
      id: id, title: title, aside: aside, drawing: drawing, prose: prose, table: table)
  }

  /// What it is good to have none of.
  private static let settled: Set<String> = [
    "plan_findings_none", "plan_reviews_none", "plan_matrix_no_pairs", "plan_consistency_none",
  ]

  /// A name with what it is beside others: chosen, recommended, a gate.
  func marked(_ name: String, _ key: String?) -> String {
    key.map { "\(name) · \(text($0))" } ?? name
  }

  /// A figure of the page's answer.
  func piece(_ text: String, _ link: String? = nil, tone: Tone? = nil) -> Piece {
    Piece(text: text, link: link, strong: true, tone: tone)
  }

  func chance(_ share: Double) -> String { format.chance(share, words) }
}

extension PlanPages {
  /// - Throws: `DeskError` when there is no plan without errors.
  func part(_ visit: Visit) throws -> PlanPart {
    let plan = try desk.plan().plan
    return PlanPart(
      visit: visit, plan: plan, words: words(visit), format: format(visit, plan.currency),
      places: PlanPlaces(text: plan.text))
  }
}
