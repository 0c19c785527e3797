import Billing
import Foundation
import Ledger

/// Downloads: exact amounts, UTC instants, column names in English, so that a program reads the
/// same file in every language. Long ones are read from the books batch by batch as they are sent.
extension Pages {
  typealias Write = (String) async throws -> Void

  private func instant(_ time: Timestamp) -> String {
    let utc = LocalTime(zone: .gmt)
    let second = utc.secondOfDay(time)
    return
      "\(utc.day(of: time))T\(padded(second / 3_600)):\(padded(second / 60 % 60)):\(padded(second % 60))Z"
  }

  func requestsCSV(_ visit: Visit, write: Write) async throws {
    try await write(
      CSV.line([
        "request", "admitted", "settled", "customer", "key", "model", "plan", "price_version",
        "vendor",
        "outcome", "streamed", "input_tokens", "cached_input_tokens", "output_tokens", "currency",
        "charge",
        "uncollected", "compute_nanoseconds", "cost_currency", "compute_cost", "upstream_currency",
        "upstream_cost", "first_token_ms", "duration_ms",
      ]))
    var filter = usageFilter(visit)
    filter.limit = Dashboard.csvBatch
    // New requests would shift the batches; the file ends where it began.
    filter.to = min(filter.to ?? visit.now, visit.now)
    while filter.offset < Dashboard.csvRows {
      let events = try await books.usageEvents(filter)
      if !events.isEmpty { try await write(events.map(line).joined()) }
      guard events.count == filter.limit else { return }
      filter.offset += filter.limit
    }
  }

  private func line(_ event: UsageEvent) -> String {
    CSV.line([
      event.id, instant(event.admitted), instant(event.settled), event.customer, event.key,
      event.model,
      event.plan ?? "", event.priceVersion, event.vendor ?? "", event.outcome.rawValue,
      event.streamed ? "true" : "false", event.usage.map { "\($0.input)" } ?? "",
      event.usage.map { "\($0.cachedInput)" } ?? "", event.usage.map { "\($0.output)" } ?? "",
      event.charge?.currency.code ?? "", event.charge?.decimal ?? "", event.uncollected.decimal,
      "\(event.computeNanoseconds)", event.computeCost?.currency.code ?? "",
      event.computeCost?.decimal ?? "",
      event.upstreamCost?.currency.code ?? "", event.upstreamCost?.decimal ?? "",
      event.firstTokenMilliseconds.map { "\($0)" } ?? "", "\(event.durationMilliseconds)",
    ])
  }

  func ledgerCSV(_ visit: Visit, write: Write) async throws {
    try await write(
      CSV.line([
        "sequence", "transaction", "kind", "date", "corrects", "line", "account", "currency",
        "amount",
        "nanoseconds", "customer", "key", "model", "plan", "price_version", "machine", "vendor",
        "request",
        "hash",
      ]))
    var filter = journalFilter(visit)
    filter.limit = Dashboard.csvBatch
    for _ in 0..<(Dashboard.csvRows / Dashboard.csvBatch) {
      let rows = try await books.journal(filter)
      if !rows.isEmpty { try await write(rows.map(line).joined()) }
      guard rows.count == filter.limit, let last = rows.last else { return }
      filter.after = last.sequence
    }
  }

  private func line(_ row: JournalRow) -> String {
    let entry = row.entry
    let dimensions = entry.dimensions
    return CSV.line([
      "\(row.sequence)", row.transaction, row.kind.rawValue, instant(row.date), row.corrects ?? "",
      "\(row.line)", entry.account.rawValue, entry.amount.currency.code, entry.amount.decimal,
      entry.nanoseconds.map { "\($0)" } ?? "", dimensions.customer ?? "", dimensions.key ?? "",
      dimensions.model ?? "", dimensions.plan ?? "", dimensions.priceVersion ?? "",
      dimensions.machine ?? "", dimensions.vendor ?? "", dimensions.request ?? "",
      row.hash.map { hex($0) }.joined(),
    ])
  }

  /// Margin by customer or model, in the reader's currency.
  func marginCSV(_ visit: Visit, by grouping: Grouping, write: Write) async throws {
    let totals = try await books.totals(from: visit.period.from, to: visit.period.to, by: grouping)
    let usage = try await books.usageTotals(
      from: visit.period.from, to: visit.period.to, by: grouping)
    let names = grouping == .customer ? names(try await books.customers()) : [:]
    let statement = ProfitStatement(totals: totals, usage: usage, in: visit.conversion)
    try await write(
      CSV.line([
        grouping.rawValue, "name", "requests", "unrated", "input_tokens", "cached_input_tokens",
        "output_tokens", "currency", "revenue", "compute", "idle_capacity", "upstream",
        "other_variable",
        "contribution",
      ]))
    for row in statement.rows {
      let (economics, volume) = (row.economics, row.volume)
      try await write(
        CSV.line([
          row.group ?? "", row.group.map { names[$0] ?? $0 } ?? "", "\(volume.requests)",
          "\(volume.unrated)",
          "\(volume.input)", "\(volume.cachedInput)", "\(volume.output)", economics.currency.code,
          economics.revenue.decimal, economics.computeUsed.decimal, economics.idleCapacity.decimal,
          economics.upstream.decimal, economics.otherVariable.decimal,
          economics.contribution.decimal,
        ]))
    }
  }

  func statementsCSV(_ visit: Visit, write: Write) async throws {
    let totals = try await books.totals(from: visit.period.from, to: visit.period.to, by: .none)
    try await write(CSV.line(["account", "kind", "currency", "amount", "nanoseconds"]))
    for total in totals.sorted(by: {
      ($0.account.rawValue, $0.amount.currency.code) < (
        $1.account.rawValue, $1.amount.currency.code
      )
    }) {
      try await write(
        CSV.line([
          total.account.rawValue, total.account.kind.rawValue, total.amount.currency.code,
          total.amount.decimal, "\(total.nanoseconds)",
        ]))
    }
  }
}
