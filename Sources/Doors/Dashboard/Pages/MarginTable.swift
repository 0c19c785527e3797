import Billing
import Ledger

/// Margin by customer or by model: what each earned and cost, idle capacity apart, and the total
/// that the figures above the table show.
struct MarginTable {
  struct Group {
    let id: String
    let name: String
    let link: String?
    let economics: Economics
    let volume: Volume
  }

  static let sortKeys = ["name", "requests", "tokens", "revenue", "contribution", "margin"]

  let visit: Visit
  let groups: [Group]
  let whole: Economics
  let wholeVolume: Volume

  /// Entries without a group (idle capacity, top-ups) go to the whole only.
  init(
    visit: Visit, totals: [AccountTotal], usage: [UsageTotal], name: (String) -> String,
    link: (String) -> String?
  ) {
    self.visit = visit
    var economics: [String: Economics] = [:]
    var volumes: [String: Volume] = [:]
    for total in totals where total.group != nil {
      economics[total.group!, default: Economics(visit.currency)].add(total, visit.conversion)
    }
    for total in usage where total.group != nil {
      volumes[total.group!, default: Volume()].add(total)
    }
    let ids = Set(economics.filter { !$0.value.isEmpty }.keys).union(volumes.keys)
    groups = ids.map {
      Group(
        id: $0, name: name($0), link: link($0),
        economics: economics[$0] ?? Economics(visit.currency), volume: volumes[$0] ?? Volume())
    }
    whole = Economics(totals, in: visit.conversion)
    wholeVolume = Volume(usage)
  }

  /// - Parameter limit: rows shown; what is beyond is summed up in one row.
  func table(
    id: String, caption: String, first: String, order: SortOrder, param: String, limit: Int
  ) -> TableView {
    let text = visit.text
    let sorted = groups.sorted { before($0, $1, order) }
    let digits = ReaderFormat.digits(for: [whole.revenue, whole.costOfRevenue])
    var table = TableView(id: id, caption: caption)
    let code = visit.currency.code
    func column(
      _ title: String, _ key: String?, _ kind: Cell.Kind = .number, unit: String? = nil
    )
      -> Column
    {
      let column = Column(title, kind, unit: unit)
      guard let key else { return column }
      return order.apply(column, key: key) { visit.here([param: $0]) + "#" + id }
    }
    table.columns = [
      column(first, "name", .name), column(text("column_requests"), "requests"),
      column(text("column_tokens"), "tokens"),
      column(text("column_revenue"), "revenue", unit: code),
      column(text("column_compute"), nil, unit: code),
      column(text("column_vendors"), nil, unit: code),
      column(text("column_contribution"), "contribution", unit: code),
      column(text("column_margin"), "margin"),
    ]
    table.rows = sorted.prefix(limit).map { row($0.name, $0.link, $0.economics, $0.volume, digits) }
    if sorted.count > limit {
      var rest = Economics(visit.currency)
      var volume = Volume()
      for group in sorted.dropFirst(limit) {
        rest.revenue += group.economics.revenue
        rest.computeUsed += group.economics.computeUsed
        rest.upstream += group.economics.upstream
        rest.otherVariable += group.economics.otherVariable
        volume.requests += group.volume.requests
        volume.input += group.volume.tokens
      }
      table.rows.append(
        row(
          text("row_others", ["count": visit.format.count(sorted.count - limit)]), nil, rest,
          volume, digits))
    }
    guard !groups.isEmpty else { return table }
    if !whole.idleCapacity.isZero { table.rows.append(idleRow(digits)) }
    table.rows.append(totalRow(digits))
    return table
  }

  private func before(_ a: Group, _ b: Group, _ order: SortOrder) -> Bool {
    func compare<T: Comparable>(_ x: T, _ y: T) -> Bool {
      if x == y { return (a.name, a.id) < (b.name, b.id) }
      return order.descending ? x > y : x < y
    }
    switch order.key {
    case "name": return compare(a.name, b.name)
    case "requests": return compare(a.volume.requests, b.volume.requests)
    case "tokens": return compare(a.volume.tokens, b.volume.tokens)
    case "contribution": return compare(a.economics.contribution, b.economics.contribution)
    case "margin": return compare(ratio(a), ratio(b))
    default: return compare(a.economics.revenue, b.economics.revenue)
    }
  }

  /// Contribution in millionths of revenue; without revenue, below every other.
  private func ratio(_ group: Group) -> Int128 {
    let revenue = group.economics.revenue.picos
    guard revenue > 0 else { return .min }
    return divide(group.economics.contribution.picos * 1_000_000, by: revenue, rounding: .halfEven)
  }

  private func row(
    _ name: String, _ link: String?, _ economics: Economics, _ volume: Volume, _ digits: Int
  ) -> Row {
    Row(cells: [
      .name(name, link),
      .number(visit.format.count(volume.requests)), .number(visit.format.count(volume.tokens)),
      visit.moneyCell(economics.revenue, digits: digits),
      visit.moneyCell(economics.computeUsed, digits: digits),
      visit.moneyCell(economics.upstream + economics.otherVariable, digits: digits),
      visit.resultCell(economics.contribution, digits: digits),
      visit.marginCell(economics.contribution, of: economics.revenue),
    ])
  }

  /// Idle capacity is nobody's cost: a line of its own, never spread.
  private func idleRow(_ digits: Int) -> Row {
    Row(cells: [
      .name(visit.text("row_idle"), visit.address("/ledger", ["account": "idle_capacity"])),
      .number(""), .number(""), .number(""), .number(""), .number(""),
      visit.resultCell(-whole.idleCapacity, digits: digits), .number(""),
    ])
  }

  private func totalRow(_ digits: Int) -> Row {
    Row(
      cells: [
        .name(visit.text("row_gross_profit"), visit.address("/statements")),
        .number(visit.format.count(wholeVolume.requests)),
        .number(visit.format.count(wholeVolume.tokens)),
        visit.moneyCell(whole.revenue, digits: digits),
        visit.moneyCell(whole.computeUsed, digits: digits),
        visit.moneyCell(whole.upstream + whole.otherVariable, digits: digits),
        visit.resultCell(whole.grossProfit, digits: digits),
        visit.marginCell(whole.grossProfit, of: whole.revenue),
      ], total: true)
  }
}
