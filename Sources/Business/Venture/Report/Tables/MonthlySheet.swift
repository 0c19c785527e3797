import Forecast
import Ledger

/// The months without chance, every input at its mean, as a sheet that calculates: revenue is the sum
/// of the streams, profit is revenue less costs, and the closing cash is the opening cash and the
/// month's flows. Change a number and the rest follows.
struct MonthlySheet {
  private typealias Cell = Workbook.Cell

  private let content: BusinessPlan.Content
  private let words: Words
  private let trace: PathTrace
  private let streams: [RevenueStream]
  private let accounts: [String]

  /// What moves cash, with its sign.
  private static let flows: [(name: String, sign: Double)] = [
    ("collected", 1), ("fees", -1), ("suppliers", -1), ("direct", -1), ("purchases", -1),
    ("revenue_tax", -1), ("income_tax", -1), ("rounds", 1), ("loans", 1), ("interest", -1),
    ("principal", -1),
  ]

  init(_ content: BusinessPlan.Content, _ words: Words) {
    self.content = content
    self.words = words
    trace = content.trace
    streams = content.forecasted.model.streams
    // In the chart's order; accounts that never move are left out.
    accounts = Account.allCases.map(\.rawValue).filter { name in
      content.trace["costs.\(name)"].contains { $0 != 0 }
    }
  }

  func sheet() -> Workbook.Sheet {
    var rows = [head]
    var opening = trace.openingCash
    for month in 0..<trace.months {
      let row = self.row(month, opening: opening)
      rows.append(row.cells)
      opening = row.closing
    }
    return .init(name: words("report_sheet_monthly"), rows: rows)
  }

  private var head: [Cell] {
    [.head(words("report_column_month")), .head(words("report_measure_customers"))]
      + streams.map { .head($0.name) } + [.head(words("report_measure_revenue"))]
      + accounts.map { .head(words("account_\($0)")) }
      + [
        .head(words("report_column_costs")), .head(words("report_measure_profit")),
        .head(words("report_column_opening")),
      ]
      + Self.flows.map { .head(words("report_flow_\($0.name)")) }
      + [.head(words("report_column_change")), .head(words("report_column_closing"))]
  }

  private func row(_ month: Int, opening: Double) -> (cells: [Cell], closing: Double) {
    let line = month + 2
    func place(_ column: Int) -> String { "\(Workbook.column(column))\(line)" }
    func sum(_ first: Int, _ count: Int) -> String {
      count > 0 ? "SUM(\(place(first)):\(place(first + count - 1)))" : "0"
    }
    let sold = streams.map { trace["streams.\($0.id).revenue"][month] }
    let costs = accounts.map { trace["costs.\($0)"][month] }
    let flows = Self.flows.map { $0.sign * trace["cash.\($0.name)"][month] }
    let (revenue, cost) = (sold.reduce(0, +), costs.reduce(0, +))
    let change = flows.reduce(0, +)
    let revenueAt = 2 + sold.count
    let costAt = revenueAt + 1 + costs.count
    let openingAt = costAt + 2
    let changeAt = openingAt + 1 + flows.count
    var cells: [Cell] = [
      .text(content.forecasted.outcome.start.advanced(by: month).description),
      .number(trace["customers"][month]),
    ]
    cells += sold.map { .number($0) }
    cells.append(.formula(sum(2, sold.count), value: revenue))
    cells += costs.map { .number($0) }
    cells.append(.formula(sum(revenueAt + 1, costs.count), value: cost))
    cells.append(.formula("\(place(revenueAt))-\(place(costAt))", value: revenue - cost))
    cells.append(
      month == 0
        ? .number(opening)
        : .formula("\(Workbook.column(changeAt + 1))\(line - 1)", value: opening))
    cells += flows.map { .number($0) }
    cells.append(.formula(sum(openingAt + 1, flows.count), value: change))
    cells.append(
      .formula("\(place(openingAt))+\(place(changeAt))", value: opening + change))
    return (cells, opening + change)
  }
}
