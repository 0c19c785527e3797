import Billing
import Ledger
import Store

/// A month of the simulated year, as the books say.
struct YearSummary: Encodable {
  struct Month: Encodable {
    let month: String
    let customers: Int
    let tokens: Int
    let revenue, cost, profit, cash: AmountJSON
  }

  let workspace: String
  let truth: String
  let requests: Int
  let months: [Month]
  /// First and last day.
  let from, to: String

  /// - Throws: when the books cannot be read.
  init(
    workspace: String, truthFile: String, demo: YearDemo, books: SQLiteBooks,
    calendar: YearCalendar
  ) async throws {
    self.workspace = workspace
    truth = truthFile
    requests = demo.requests
    from = "\(calendar.names[0])-01"
    let last = calendar.count - 1
    to = "\(calendar.names[last])-\(calendar.days(of: last))"
    var cash = Money.zero(demo.currency)
    var months: [Month] = []
    let conversion = Conversion(
      target: demo.currency, rates: try ExchangeRates(base: demo.currency, rates: []))
    for (index, name) in calendar.names.enumerated() {
      let totals = try await books.totals(
        from: calendar.boundaries[index], to: calendar.boundaries[index + 1], by: .none)
      let economics = Economics(totals, in: conversion)
      for total in totals where total.account == .cash { cash += total.amount }
      let cost = economics.costOfRevenue + economics.operating
      let realised = demo.truth.realised[index].segments
      months.append(
        Month(
          month: name, customers: realised.reduce(0) { $0 + $1.customers },
          tokens: realised.reduce(0) { $0 + $1.tokens }, revenue: AmountJSON(economics.revenue),
          cost: AmountJSON(cost), profit: AmountJSON(economics.revenue - cost),
          cash: AmountJSON(cash)))
    }
    self.months = months
  }

  func print() throws {
    func whole(_ amount: AmountJSON) throws -> String {
      try Money(parsing: amount.amount, Currency(amount.currency), field: "amount")
        .rounded(digits: 0)
    }
    Output.table(
      ["MONTH", "CUSTOMERS", "M TOKENS", "REVENUE", "COST", "PROFIT", "CASH"],
      try months.map { month in
        [
          month.month, "\(month.customers)", "\(month.tokens / 1_000_000)",
          try whole(month.revenue), try whole(month.cost), try whole(month.profit),
          try whole(month.cash),
        ]
      }, right: [1, 2, 3, 4, 5, 6])
    Output.line(
      "\n\(requests) usage events in \(workspace); what was true is in \(truth). Look at it with:")
    Output.line(
      "  breakeven report profit --workspace \(workspace) --from \(from) --to \(to) --by plan")
    Output.line("  breakeven ledger verify --workspace \(workspace)")
    Output.line("  breakeven plan calibrate --plan \(workspace)")
    Output.line("  breakeven plan forecast --plan \(workspace)")
  }
}
