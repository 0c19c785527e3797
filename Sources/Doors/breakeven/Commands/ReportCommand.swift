import ArgumentParser
import Billing
import Ledger
import Store

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "What was earned and spent.", subcommands: [Profit.self])

  enum Division: String, ExpressibleByArgument, CaseIterable {
    case customer, model, plan
    var grouping: Grouping { Grouping(rawValue: rawValue)! }
  }

  struct Profit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Revenue, cost and margin of a period, with the break-even volume.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "From a date (the month's first day).") var from: String?
    @Option(help: "To a date, that day included (now).") var to: String?
    @Option(help: "customer, model or plan.") var by: Division = .customer
    @Option(help: "The currency to report in (the workspace's).") var currency: String?

    func run() async throws {
      let space = try workspace.open()
      let now = SystemTime().now()
      let start =
        try from.map { try space.dates.parse($0, option: "--from") }
        ?? space.dates.monthStart(of: now)
      let end = try to.map { try space.dates.parse($0, option: "--to", end: true) } ?? now
      guard start < end else {
        throw CommandError("--from: \(DateText.iso(start)) is not before \(DateText.iso(end))")
      }
      let unit = try currency.map { try Currency($0) } ?? space.configuration.currency
      let report = try await ProfitReport(
        books: space.openBooks(), from: start, to: end, by: by.grouping,
        conversion: Conversion(target: unit, rates: space.rates))
      if format.json { return try Output.json(ProfitJSON(report)) }
      report.print()
    }
  }
}

/// A profit statement with its period, names and break-even, ready to print.
struct ProfitReport {
  let from: Timestamp
  let to: Timestamp
  let grouping: Grouping
  let statement: ProfitStatement
  let breakEven: BreakEven
  let names: [String: String]

  init(
    books: SQLiteBooks, from: Timestamp, to: Timestamp, by grouping: Grouping,
    conversion: Conversion
  ) async throws {
    self.from = from
    self.to = to
    self.grouping = grouping
    statement = ProfitStatement(
      totals: try await books.totals(from: from, to: to, by: grouping),
      usage: try await books.usageTotals(from: from, to: to, by: grouping), in: conversion)
    breakEven = BreakEven(
      statement.total.economics, statement.total.volume, machines: try await books.machines().count)
    let customers = grouping == .customer ? try await books.customers().map(\.customer) : []
    names = Dictionary(uniqueKeysWithValues: customers.map { ($0.id, $0.name) })
  }

  func name(_ group: String?) -> String { group.map { names[$0] ?? $0 } ?? "-" }

  func print() {
    let unit = statement.total.economics.currency
    Output.line("\(DateText.iso(from)) to \(DateText.iso(to)), amounts in \(unit)")
    let rows = statement.rows.filter { $0.volume.requests > 0 || !$0.economics.contribution.isZero }
      .map { cells($0, name: name($0.group)) }
    Output.table(
      [
        grouping.rawValue.uppercased(), "REQUESTS", "TOKENS", "REVENUE", "COMPUTE", "UPSTREAM",
        "CONTRIBUTION", "MARGIN",
      ],
      rows + [cells(statement.total, name: "total")], right: [1, 2, 3, 4, 5, 6, 7])
    let economics = statement.total.economics
    Output.line()
    Output.line("idle capacity   \(amount(economics.idleCapacity)) \(unit)")
    Output.line(
      "gross profit    \(amount(economics.grossProfit)) \(unit)  (\(Self.percent(statement.grossMarginBasisPoints)) of revenue)"
    )
    if economics.machineNanoseconds > 0 {
      let share = Int128(economics.usedNanoseconds) * 10_000 / Int128(economics.machineNanoseconds)
      Output.line("utilisation     \(Self.percent(Int(share)))")
    }
    Output.line("break-even      \(breakEven.sentence)")
    for (currency, net) in economics.unconverted {
      Output.line(
        "not included    \(net) net, for want of exchange_rates.\(currency) in breakeven.yaml")
    }
  }

  private func cells(_ row: ProfitStatement.Row, name: String) -> [String] {
    let economics = row.economics
    return [
      name, "\(row.volume.requests)", "\(row.volume.tokens)", amount(economics.revenue),
      amount(economics.computeUsed), amount(economics.upstream), amount(economics.contribution),
      Self.percent(row.marginBasisPoints),
    ]
  }

  private func amount(_ money: Money) -> String { money.rounded(digits: 6) }

  static func percent(_ basisPoints: Int?) -> String {
    guard let basisPoints else { return "-" }
    let magnitude = basisPoints.magnitude
    let fraction = magnitude % 100
    return (basisPoints < 0 ? "-" : "")
      + "\(magnitude / 100).\(fraction < 10 ? "0" : "")\(fraction)%"
  }
}

extension BreakEven.Verdict {
  /// As JSON names it, like every other code there.
  fileprivate var code: String {
    switch self {
    case .noTraffic: "no_traffic"
    case .noMachine: "no_machine"
    case .never: "never"
    case .beyondCapacity: "beyond_capacity"
    case .reachable: "reachable"
    }
  }
}

extension BreakEven {
  /// One sentence for a terminal.
  var sentence: String {
    switch verdict {
    case .noTraffic: "nothing was sold yet, so there is no realised price"
    case .noMachine: "upstreams serve everything; there is no machine to pay for"
    case .never: "never at this price: a token earns no more than it costs upstream"
    case .beyondCapacity, .reachable:
      "\(breakEvenTokens ?? 0) tokens a day pay for the machine; sold at a rate of \(soldTokens) a day"
        + (capacityTokens.map { "; it can serve \($0)" } ?? "")
        + (verdict == .beyondCapacity ? ": out of reach at this price" : "")
    }
  }
}

struct ProfitJSON: Encodable {
  struct Row: Encodable {
    let group, name: String?
    let requests, unrated, inputTokens, cachedInputTokens, outputTokens: Int
    let revenue, computeCost, upstreamCost, otherCost, contribution: AmountJSON
    let marginBasisPoints: Int?

    init(_ row: ProfitStatement.Row, name: String?) {
      group = row.group
      self.name = name
      requests = row.volume.requests
      unrated = row.volume.unrated
      inputTokens = row.volume.input
      cachedInputTokens = row.volume.cachedInput
      outputTokens = row.volume.output
      revenue = AmountJSON(row.economics.revenue)
      computeCost = AmountJSON(row.economics.computeUsed)
      upstreamCost = AmountJSON(row.economics.upstream)
      otherCost = AmountJSON(row.economics.otherVariable)
      contribution = AmountJSON(row.economics.contribution)
      marginBasisPoints = row.marginBasisPoints
    }
  }

  struct BreakEvenJSON: Encodable {
    let verdict: String
    let tokensPerDay, capacityTokensPerDay: Int?
    let soldTokensPerDay: Int
    let machineCostPerDay: AmountJSON
    let revenuePerMillionTokens: AmountJSON?
  }

  let from, to, by, currency: String
  let rows: [Row]
  let total: Row
  let idleCapacity, grossProfit: AmountJSON
  let grossMarginBasisPoints: Int?
  let usedNanoseconds, idleNanoseconds: Int64
  let breakEven: BreakEvenJSON
  let notConverted: [AmountJSON]

  init(_ report: ProfitReport) {
    let statement = report.statement
    let economics = statement.total.economics
    from = DateText.iso(report.from)
    to = DateText.iso(report.to)
    by = report.grouping.rawValue
    currency = economics.currency.code
    rows = statement.rows.map { Row($0, name: report.name($0.group)) }
    total = Row(statement.total, name: nil)
    idleCapacity = AmountJSON(economics.idleCapacity)
    grossProfit = AmountJSON(economics.grossProfit)
    grossMarginBasisPoints = statement.grossMarginBasisPoints
    usedNanoseconds = economics.usedNanoseconds
    idleNanoseconds = economics.idleNanoseconds
    let line = report.breakEven
    breakEven = BreakEvenJSON(
      verdict: line.verdict.code, tokensPerDay: line.breakEvenTokens,
      capacityTokensPerDay: line.capacityTokens, soldTokensPerDay: line.soldTokens,
      machineCostPerDay: AmountJSON(line.machineCostPerDay),
      revenuePerMillionTokens: line.revenuePerMillion.map(AmountJSON.init))
    notConverted = economics.unconverted.values.map(AmountJSON.init)
  }
}
