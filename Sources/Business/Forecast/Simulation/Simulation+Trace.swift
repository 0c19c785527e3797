import Ledger

extension Simulation {
  /// All states and flows of one path: of path `path` of a run with the seed, or of the deterministic
  /// limit.
  package func trace(path: Int = 0, seed: UInt64 = 1, isDeterministic: Bool = false) -> PathTrace {
    let kernel = Kernel(plan: plan, seed: seed, isDeterministic: isDeterministic)
    let slots = PathSlots(plan: plan, program: program, seed: seed)
    if isDeterministic {
      slots.fillMeans(kernel.slots, means)
    } else {
      slots.fill(kernel.slots, firstPath: path, count: 1)
    }
    let named = kernel.named
    var series = named.mapValues { _ in [Double]() }
    kernel.run(firstPath: path) { _ in
      for (name, rows) in named {
        series[name]?.append(rows.reduce(0) { $0 + $1.values[0] })
      }
    }
    var figures: [Outcome.Figure: Double] = [:]
    for figure in Outcome.Figure.allCases {
      let value = kernel.row(of: figure).values[0]
      if value == value { figures[figure] = value }
    }
    return PathTrace(
      months: model.months, openingCash: kernel.books.openingCash.values[0],
      slots: (0..<plan.slotCount).map { kernel.slots.advanced($0).values[0] }, series: series,
      figures: figures)
  }
}

extension Kernel {
  /// The rows that hold something at a month's end, by name; several are to be added up.
  var named: [String: [Row]] {
    var rows: [String: [Row]] = [
      "token_price_index": [common.tokenIndex], "machine_price_index": [common.machineIndex],
      "customers": [common.customers], "revenue": [common.revenue], "recurring": [common.recurring],
      "gross_profit": [books.gross], "profit": [books.profit],
      "cumulative_profit": [books.cumulative], "loss_carried": [books.lossCarried],
      "cash": [books.cash], "receivable": [books.receivable], "payable": [books.payables],
      "deferred": streams.filter { $0.advance != nil }.map(\.deferred),
      "loans": loans.map(\.balance), "hardware": [fleet.bookValue],
      "billed": streams.map(\.billed), "owed": [common.owed], "founder_share": [books.founders],
      "cash.collected": [common.collected], "cash.fees": [books.fees],
      "cash.suppliers": [books.paid],
      "cash.direct": [common.direct], "cash.purchases": [fleet.bought],
      "cash.revenue_tax": [books.revenueTax], "cash.income_tax": [books.incomeTax],
      "cash.rounds": [books.funded], "cash.loans": [books.lent],
      "cash.interest": [books.interest], "cash.principal": [books.principal],
      "cash.free": [books.free],
    ]
    rows.merge(fleetNames) { first, _ in first }
    for (account, row) in zip(plan.accounts, plan.accounts.indices) {
      rows["costs.\(account.rawValue)"] = [costs(row)]
    }
    for (segment, s) in zip(plan.model.segments, segments) {
      let path = "segments.\(segment.id)"
      rows["\(path).customers"] = [s.customers]
      rows["\(path).new"] = [s.fresh]
      rows["\(path).churned"] = [s.churned]
      rows["\(path).adopters"] = [s.adopters]
      rows["\(path).tokens"] = [s.tokens]
      rows["\(path).relative_usage"] = [s.relative]
      guard let free = s.free else { continue }
      rows["\(path).free"] = [free.users]
      rows["\(path).signups"] = [free.signedUp]
      rows["\(path).converted"] = [free.converted]
      rows["\(path).free_left"] = [free.left]
    }
    for (stream, s) in zip(plan.model.streams, streams) {
      let path = "streams.\(stream.id)"
      rows["\(path).quantity"] = [s.quantity]
      rows["\(path).revenue"] = [s.revenue]
      rows["\(path).billed"] = [s.billed]
      if s.advance != nil { rows["\(path).deferred"] = [s.deferred] }
      if s.kind == .projects { rows["\(path).backlog"] = [s.backlog] }
    }
    for (shock, s) in zip(plan.model.shocks, shocks) {
      rows["shocks.\(shock.id).events"] = [s.count]
      rows["shocks.\(shock.id).loss"] = [s.loss]
    }
    for (role, s) in zip(plan.model.roles, roles) {
      rows["roles.\(role.id).heads"] = [s.heads]
      rows["roles.\(role.id).hired"] = [s.hired]
      rows["roles.\(role.id).paid"] = [s.paid]
    }
    return rows
  }

  private var fleetNames: [String: [Row]] {
    [
      "fleet.machines": [fleet.machines], "fleet.demand": [fleet.demand],
      "fleet.served": [fleet.served], "fleet.vendor": fleet.overflow == nil ? [] : [fleet.vendor],
      "fleet.missed": [fleet.missed], "fleet.cost": [fleet.machineCost],
      "fleet.depreciation": [fleet.depreciation], "tokens": [figures.served],
      "token_cost": [figures.tokenCost],
    ]
  }
}
