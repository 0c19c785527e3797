import Billing
import Foundation
import Hummingbird
import Ledger
import Testing

@testable import Dashboard

@Suite struct ViewModelTests {
  private func visit(_ setup: Setup, _ query: String) -> Visit {
    let request = Request(
      head: .init(method: .get, scheme: "http", authority: "localhost", path: "/?" + query),
      body: RequestBody(buffer: ByteBuffer()))
    return setup.routes.visit(request, nil)
  }

  private func margin(_ setup: Setup, _ visit: Visit) async throws -> MarginTable {
    let (from, to) = (visit.period.from, visit.period.to)
    return MarginTable(
      visit: visit, totals: try await setup.books.totals(from: from, to: to, by: .customer),
      usage: try await setup.books.usageTotals(from: from, to: to, by: .customer), name: { $0 },
      link: { visit.customer($0) })
  }

  @Test func `contributions less idle capacity are the gross profit, to the last unit`()
    async throws
  {
    let setup = try Setup(Setup.month())
    let margin = try await margin(setup, visit(setup, ""))
    let contributions = margin.groups.reduce(Money.zero(.usd)) { $0 + $1.economics.contribution }
    #expect(contributions - margin.whole.idleCapacity == margin.whole.grossProfit)
    #expect(margin.groups.reduce(0) { $0 + $1.volume.tokens } == margin.wholeVolume.tokens)
    #expect(margin.groups.count == 5)
  }

  @Test(arguments: MarginTable.sortKeys) func `a table sorts both ways, and says by what`(
    key: String
  ) async throws {
    let setup = try Setup(Setup.month())
    let margin = try await margin(setup, visit(setup, "range=7d&currency=CNY"))
    func table(_ sort: String) -> TableView {
      margin.table(
        id: "t", caption: "", first: "",
        order: SortOrder(sort, keys: MarginTable.sortKeys, initial: "name"),
        param: "sort", limit: 10)
    }
    let (up, down) = (table(key), table("-" + key))
    // Equal figures keep the order of their names, so the figures are compared, not the rows.
    let column = try #require(up.columns.firstIndex { $0.sorted != nil })
    let figures = { (table: TableView) in table.rows.prefix(5).map { $0.cells[column].text } }
    #expect(figures(up) == figures(down).reversed())
    #expect(Set(figures(up)).count > 1)
    #expect(up.columns.filter { $0.sorted == "ascending" }.count == 1)
    #expect(down.columns.filter { $0.sorted == "descending" }.count == 1)
    let link = try #require(down.columns.first { $0.sorted != nil }?.sort_link)
    #expect(link == "/?currency=CNY&range=7d&sort=\(key)#t")
  }

  @Test func `rows beyond the limit are summed up, and the total stays`() async throws {
    let setup = try Setup(Setup.month())
    let margin = try await margin(setup, visit(setup, ""))
    let order = SortOrder(nil, keys: MarginTable.sortKeys, initial: "-revenue")
    let short = margin.table(id: "t", caption: "", first: "", order: order, param: "sort", limit: 2)
    let whole = margin.table(
      id: "t", caption: "", first: "", order: order, param: "sort", limit: 10)
    #expect(short.rows.count == 5)
    #expect(short.rows[2].cells[0].text == "3 others")
    #expect(short.rows.last == whole.rows.last)
  }

  @Test(arguments: [
    "range=today", "range=7d", "range=month", "range=custom&from=2026-06-01&to=2026-11-24",
  ])
  func `the chart's bars add up to the period's revenue and cost`(query: String) async throws {
    let setup = try Setup(Setup.month())
    let visit = visit(setup, query)
    let step = visit.period.buckets(local: visit.local).stepSeconds
    let chart = RevenueChart(
      try await setup.books.series(
        from: visit.period.from, to: visit.period.to, stepSeconds: step, by: .none),
      visit: visit)
    let whole = Economics(
      try await setup.books.totals(from: visit.period.from, to: visit.period.to, by: .none),
      in: visit.conversion)
    // Each sum in yuan is converted once a bar, so a bar can be half a unit of 10⁻¹² off.
    let revenue = chart.steps.reduce(Money.zero(.usd)) { $0 + $1.revenue }
    #expect((revenue - whole.revenue).picos.magnitude <= UInt128(chart.steps.count))
    #expect(chart.steps.reduce(Money.zero(.usd)) { $0 + $1.idleCapacity } == whole.idleCapacity)
    #expect(!whole.revenue.isZero)
    #expect(chart.labels.count == chart.steps.count)
  }

  @Test func `marks of the break-even line keep their order and stay inside`() throws {
    let setup = try Setup()
    var economics = Economics(.usd)
    economics.revenue = Money(units: 2, .usd)
    economics.computeUsed = Money(units: 1, .usd)
    economics.idleCapacity = Money(units: 23, .usd)
    economics.usedNanoseconds = 7_200_000_000_000
    economics.idleNanoseconds = 165_600_000_000_000
    var volume = Volume()
    volume.output = 2_000_000
    let line = BreakEven(economics, volume, machines: 1)
    let capacity = CapacityLine(line, today: line, visit: visit(setup, "range=today"))
    #expect(capacity.marks.map(\.key) == ["today", "break_even", "capacity"])
    #expect(capacity.marks.map(\.position) == ["4.0%", "48.0%", "96.0%"])
    #expect(capacity.words.contains("8.3%"))
  }
}
