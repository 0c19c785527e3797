import Foundation
import Testing

@testable import Forecast

/// The deterministic limit against a workbook of plain formulas, recalculated by LibreOffice
/// (scripts/fixtures/spreadsheet.py).
struct SpreadsheetTests {
  private static func fixture(_ name: String, _ kind: String) throws -> Data {
    let url = try #require(
      Bundle.module.url(forResource: name, withExtension: kind, subdirectory: "Fixtures"))
    return try Data(contentsOf: url)
  }

  static let names: [(column: String, series: String)] = [
    ("token_price_index", "token_price_index"), ("machine_price_index", "machine_price_index"),
    ("loss", "shocks.breach.loss"), ("small_churned", "segments.small.churned"),
    ("small_new", "segments.small.new"), ("small", "segments.small.customers"),
    ("adopters", "segments.small.adopters"), ("free", "segments.small.free"),
    ("converted", "segments.small.converted"), ("big", "segments.big.customers"),
    ("tokens_small", "segments.small.tokens"), ("demand", "fleet.demand"),
    ("served", "fleet.served"), ("missed", "fleet.missed"), ("machines", "fleet.machines"),
    ("machine_cost", "fleet.cost"), ("depreciation", "fleet.depreciation"),
    ("purchases", "cash.purchases"), ("heads", "roles.delivery.heads"),
    ("delivery_pay", "roles.delivery.paid"), ("support_heads", "roles.support.heads"),
    ("revenue_usage", "streams.usage.revenue"), ("revenue_plan", "streams.plan.revenue"),
    ("billed_plan", "streams.plan.billed"), ("deferred", "deferred"),
    ("revenue_packages", "streams.packages.revenue"),
    ("revenue_devices", "streams.devices.revenue"), ("orders", "streams.devices.quantity"),
    ("revenue_projects", "streams.projects.revenue"), ("backlog", "streams.projects.backlog"),
    ("revenue_ads", "streams.ads.revenue"), ("revenue_share", "streams.share.revenue"),
    ("revenue", "revenue"), ("collected", "cash.collected"), ("receivable", "receivable"),
    ("fees", "cash.fees"), ("owed", "owed"), ("paid", "cash.suppliers"), ("payable", "payable"),
    ("direct", "cash.direct"), ("loan_in", "cash.loans"), ("interest", "cash.interest"),
    ("principal", "cash.principal"), ("balance", "loans"), ("gross_profit", "gross_profit"),
    ("revenue_tax_paid", "cash.revenue_tax"), ("income_tax_paid", "cash.income_tax"),
    ("carried", "loss_carried"), ("profit", "profit"),
    ("cumulative_profit", "cumulative_profit"), ("free_cash", "cash.free"), ("cash", "cash"),
  ]

  @Test func theDeterministicLimitEqualsAPlainSpreadsheetInEveryMonth() throws {
    let model = try JSONDecoder().decode(Model.self, from: Self.fixture("spreadsheet", "json"))
    let text = String(decoding: try Self.fixture("spreadsheet", "csv"), as: UTF8.self)
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    let header = lines[0].split(separator: ",").map(String.init)
    let rows = lines.dropFirst().map { $0.split(separator: ",").map { Double($0)! } }
    #expect(rows.count == model.months)
    let trace = try Simulation(model).trace(isDeterministic: true)
    for (column, name) in Self.names {
      let place = try #require(header.firstIndex(of: column))
      let series = try #require(trace.series[name], "\(name)")
      // What is the difference of large numbers has their absolute precision.
      let size = rows.map { abs($0[place]) }.max() ?? 0
      for month in rows.indices {
        let expected = rows[month][place]
        #expect(
          abs(series[month] - expected) <= 1e-9 * abs(expected) + 1e-10 * size + 1e-9,
          "\(column) in month \(month): \(series[month]), the spreadsheet says \(expected)")
      }
    }
  }
}
