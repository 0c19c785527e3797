import Billing
import Foundation
import Ledger

/// What the overview reads: a fixed number of sums, however long the journal.
struct OverviewFigures: Sendable {
  let byCustomer: [AccountTotal]
  let byModel: [AccountTotal]
  let today: Economics
  let todayVolume: Volume
  let usageByCustomer: [UsageTotal]
  let usageByModel: [UsageTotal]
  let series: [SeriesTotal]
  let newest: [UsageEvent]
  let customers: [CustomerBalance]
  let machines: Int
}

extension Pages {
  func overview(_ visit: Visit) async throws -> String {
    let figures = try await read(visit)
    return page(
      "overview", visit, title: visit.text("nav_overview"), section: "overview",
      overviewFields(figures, visit))
  }

  /// The parts that move, as HTML by element id, and the chart's data.
  func overviewParts(_ visit: Visit) async throws -> [String: String] {
    let fields = frame(visit, title: "", section: "overview")
      .merging(overviewFields(try await read(visit), visit)) { $1 }
    var parts: [String: String] = [:]
    for part in ["answer", "figures", "capacity"] { parts[part] = render(part, fields) }
    for name in ["by_customer", "by_model", "newest", "chart_table"] {
      guard let table = fields[name] as? TableView else { continue }
      parts[table.id] = render("part", fields.merging(["table": table]) { $1 })
    }
    parts["chart-title"] = fields["chart_title"] as? String
    parts["chart-note"] = fields["chart_note"] as? String
    parts["chart-data"] = fields["chart_data"] as? String
    parts["as-of"] = fields["as_of"] as? String
    return parts
  }

  func read(_ visit: Visit) async throws -> OverviewFigures {
    let (from, to) = (visit.period.from, visit.period.to)
    let day = Period(query: Query(["range": "today"]), now: visit.now, local: visit.local)
    let buckets = visit.period.buckets(local: visit.local)
    var newest = UsageFilter()
    newest.limit = Dashboard.newestRequests
    let latest = newest
    async let byCustomer = books.totals(from: from, to: to, by: .customer)
    async let byModel = books.totals(from: from, to: to, by: .model)
    async let today = books.totals(from: day.from, to: day.to, by: .none)
    async let todayUsage = books.usageTotals(from: day.from, to: day.to, by: .none)
    async let usageByCustomer = books.usageTotals(from: from, to: to, by: .customer)
    async let usageByModel = books.usageTotals(from: from, to: to, by: .model)
    async let series = books.series(from: from, to: to, stepSeconds: buckets.stepSeconds, by: .none)
    async let events = books.usageEvents(latest)
    async let customers = books.customers()
    async let machines = books.machines()
    return try await OverviewFigures(
      byCustomer: byCustomer, byModel: byModel,
      today: Economics(today, in: visit.conversion), todayVolume: Volume(todayUsage),
      usageByCustomer: usageByCustomer, usageByModel: usageByModel, series: series,
      newest: events, customers: customers, machines: machines.count)
  }

  func overviewFields(_ figures: OverviewFigures, _ visit: Visit) -> [String: Any] {
    let text = visit.text
    let whole = Economics(figures.byCustomer, in: visit.conversion)
    let volume = Volume(figures.usageByCustomer)
    let line = BreakEven(whole, volume, machines: figures.machines)
    let today = BreakEven(figures.today, figures.todayVolume, machines: figures.machines)
    let names = names(figures.customers)
    let chart = RevenueChart(figures.series, visit: visit)
    let customers = MarginTable(
      visit: visit, totals: figures.byCustomer, usage: figures.usageByCustomer,
      name: { names[$0] ?? $0 }, link: { visit.customer($0) })
    let models = MarginTable(
      visit: visit, totals: figures.byModel, usage: figures.usageByModel, name: { $0 },
      link: { visit.model($0) })
    func order(_ param: String) -> SortOrder {
      SortOrder(visit.query[param], keys: MarginTable.sortKeys, initial: "-revenue")
    }
    var byCustomer = customers.table(
      id: "by-customer", caption: text("title_by_customer"), first: text("column_customer"),
      order: order("sort"), param: "sort", limit: 10)
    byCustomer.more = visit.address("/customers")
    var byModel = models.table(
      id: "by-model", caption: text("title_by_model"), first: text("column_model"),
      order: order("sort_model"), param: "sort_model", limit: 10)
    byModel.more = visit.address("/models")
    emptyMargin(&byCustomer, visit)
    emptyMargin(&byModel, visit)
    byModel.empty_text = text("empty_models_text")
    byModel.empty_command = Self.priceCommand
    return [
      "answer": visit.answer.sentence(whole, volume, line: line, today: today),
      "unconverted": visit.answer.unconverted(whole) as Any? ?? false,
      "figures": overviewTiles(whole, today: figures.today, visit),
      "capacity": CapacityLine(line, today: today, visit: visit),
      "chart_title": chart.title(whole), "chart_note": chart.note, "chart_drawn": chart.isDrawn,
      "chart_data": chart.json, "chart_table": chart.table,
      "by_customer": byCustomer, "by_model": byModel,
      "newest": newestTable(figures.newest, names: names, visit), "live_page": true,
      "events": visit.query.address("/events", ["lang": visit.text.language.rawValue]),
    ]
  }

  private func emptyMargin(_ table: inout TableView, _ visit: Visit) {
    table.empty_title = visit.text("empty_margin_title")
    table.empty_text = visit.text("empty_margin_text")
    table.empty_command = "breakeven key create --customer NAME --credit 10"
  }

  private func overviewTiles(_ whole: Economics, today: Economics, _ visit: Visit) -> [Figure] {
    let (text, format) = (visit.text, visit.format)
    func note(_ value: String) -> String? {
      visit.period.name == .today ? nil : text("today_is", ["value": value])
    }
    func money(
      _ key: String, _ amount: Money, _ now: Money, _ link: String, tone: Bool = false
    )
      -> Figure
    {
      Figure(
        key: key, label: text("figure_\(key)"), value: format.money(amount), link: link,
        exact: format.exact(amount), note: note(format.money(now)),
        tone: tone && amount.isNegative ? .loss : nil)
    }
    func share(
      _ key: String, _ part: (Economics) -> Int128, of all: (Economics) -> Int128, _ link: String
    ) -> Figure {
      Figure(
        key: key, label: text("figure_\(key)"),
        value: format.percent(part(whole), of: all(whole)) ?? "–", link: link,
        note: note(format.percent(part(today), of: all(today)) ?? "–"),
        tone: part(whole) < 0 ? .loss : nil)
    }
    return [
      money(
        "revenue", whole.revenue, today.revenue, visit.address("/ledger", ["account": "usage"])),
      money(
        "compute", whole.computeUsed, today.computeUsed,
        visit.address("/ledger", ["account": "compute_used"])),
      money(
        "idle", whole.idleCapacity, today.idleCapacity,
        visit.address("/ledger", ["account": "idle_capacity"])),
      money(
        "gross_profit", whole.grossProfit, today.grossProfit, visit.address("/statements"),
        tone: true),
      share(
        "gross_margin", { $0.grossProfit.picos }, of: { $0.revenue.picos },
        visit.address("/statements")),
      share(
        "utilisation", { Int128($0.usedNanoseconds) }, of: { Int128($0.machineNanoseconds) },
        visit.address("/ledger", ["account": "compute_used"])),
    ]
  }

  func newestTable(_ events: [UsageEvent], names: [String: String], _ visit: Visit) -> TableView {
    var table = requestTable(events, names: names, visit, id: "newest", brief: true)
    table.caption = visit.text("title_newest")
    table.more = visit.address("/requests")
    return table
  }
}
