import Billing
import Foundation
import Ledger

/// Revenue against cost over the range, and the same as a table. A bar that reaches the cost line
/// is a step that broke even. Only coordinates become floating point, here.
struct RevenueChart {
  let visit: Visit
  let labels: [String]
  let steps: [Economics]
  private let unit: Buckets.Unit

  init(_ series: [SeriesTotal], visit: Visit) {
    self.visit = visit
    let buckets = visit.period.buckets(local: visit.local)
    unit = buckets.unit
    var steps = [Economics](repeating: Economics(visit.currency), count: buckets.count)
    for point in series {
      guard let index = buckets.index(of: point.start, local: visit.local),
        steps.indices.contains(index)
      else { continue }
      steps[index].add(point.total, visit.conversion)
    }
    self.steps = steps
    labels = steps.indices.map { buckets.label($0, format: visit.format) }
  }

  /// A title says what the chart shows.
  func title(_ whole: Economics) -> String {
    let text = visit.text
    guard whole.costOfRevenue.picos > 0 else {
      return text(whole.revenue.isZero ? "chart_title_nothing" : "chart_title_no_cost")
    }
    guard !whole.revenue.isZero else { return text("chart_title_no_revenue") }
    let covered = visit.format.percent(whole.revenue.picos, of: whole.costOfRevenue.picos) ?? "–"
    let idle = visit.format.percent(whole.idleCapacity.picos, of: whole.costOfRevenue.picos) ?? "–"
    return text(
      whole.grossProfit.isNegative ? "chart_title_loss" : "chart_title_profit",
      ["covered": covered, "idle": idle])
  }

  var isDrawn: Bool { steps.contains { !$0.isEmpty } }

  /// How to read it, or what will be there.
  var note: String { visit.text(isDrawn ? "chart_note" : "empty_chart_text") }

  struct Payload: Encodable {
    let labels: [String]
    /// False while there is nothing to draw.
    let drawn: Bool
    let revenue: [Double]
    let cost: [Double?]
    let used: [Double?]
    let symbol: String
    let revenueLabel: String
    let costLabel: String
    let usedLabel: String
    let language: String
  }

  private static func coordinate(_ amount: Money) -> Double {
    Double(amount.picos) / Double(Money.picosPerUnit)
  }

  /// Lines end where the books end; the future has no cost yet.
  var json: String {
    let last = steps.lastIndex { !$0.isEmpty } ?? -1
    let payload = Payload(
      labels: labels, drawn: isDrawn, revenue: steps.map { Self.coordinate($0.revenue) },
      cost: steps.enumerated().map { $0 <= last ? Self.coordinate($1.costOfRevenue) : nil },
      used: steps.enumerated().map {
        $0 <= last ? Self.coordinate($1.computeUsed + $1.upstream) : nil
      },
      symbol: visit.currency.symbol, revenueLabel: visit.text("figure_revenue"),
      costLabel: visit.text("chart_cost"), usedLabel: visit.text("chart_used"),
      language: visit.text.language.tag)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let data = try? encoder.encode(payload) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }

  var table: TableView {
    let text = visit.text
    let code = visit.currency.code
    var table = TableView(id: "chart-table", caption: text("chart_caption"))
    let amounts = steps.flatMap { [$0.revenue, $0.costOfRevenue] }
    let digits = ReaderFormat.digits(for: amounts.isEmpty ? [.zero(visit.currency)] : amounts)
    table.columns = [
      Column(
        text(unit == .hour ? "column_hour" : unit == .day ? "column_day" : "column_week"), .name),
      Column(text("column_revenue"), unit: code), Column(text("column_compute"), unit: code),
      Column(text("column_idle"), unit: code), Column(text("column_vendors"), unit: code),
      Column(text("column_result"), unit: code),
    ]
    table.rows = zip(labels, steps).filter { !$1.isEmpty }.map { label, step in
      Row(cells: [
        .name(label, nil), visit.moneyCell(step.revenue, digits: digits),
        visit.moneyCell(step.computeUsed, digits: digits),
        visit.moneyCell(step.idleCapacity, digits: digits),
        visit.moneyCell(step.upstream + step.otherVariable, digits: digits),
        visit.resultCell(step.grossProfit, digits: digits),
      ])
    }
    table.empty_title = text("empty_chart_title")
    table.empty_text = text("empty_chart_text")
    return table
  }
}
