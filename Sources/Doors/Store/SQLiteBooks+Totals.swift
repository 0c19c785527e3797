package import Billing
import GRDB
package import Ledger

/// Sums over periods: whole quarters of an hour from the projection, the edges from the rows, in one
/// snapshot, exact to the last unit.
extension SQLiteBooks {
  package func totals(
    from: Timestamp, to: Timestamp, by grouping: Grouping
  ) async throws -> [AccountTotal] {
    try await read { try Totals($0, grouping).totals(from: from, to: to) }
  }

  /// - Throws: `invalid` when the step is not a multiple of 900 or would make more than 10,000 steps.
  package func series(
    from: Timestamp, to: Timestamp, stepSeconds: Int64, by grouping: Grouping
  ) async throws -> [SeriesTotal] {
    guard stepSeconds > 0, stepSeconds % 900 == 0, stepSeconds <= 900 * 1_000_000 else {
      throw BillingError(.invalid, "step: \(stepSeconds) s must be a multiple of 900 s")
    }
    let step = stepSeconds * 1_000_000_000
    guard from < to else { return [] }
    guard (to.nanoseconds - max(0, from.nanoseconds)) / step < 10_000 else {
      throw BillingError(
        .invalid, "step: more than 10000 steps; choose a longer step or a shorter period")
    }
    return try await read { database in
      let totals = try Totals(database, grouping)
      if from.nanoseconds % Projection.bucket == 0 {
        return try totals.series(from: from, to: to, step: step)
      }
      var series: [SeriesTotal] = []
      var start = from.nanoseconds
      while start < to.nanoseconds {
        let end = Timestamp(nanoseconds: min(start + step, to.nanoseconds))
        let at = Timestamp(nanoseconds: start)
        series += try totals.totals(from: at, to: end).map { SeriesTotal(start: at, total: $0) }
        start += step
      }
      return series
    }
  }

  package func usageTotals(
    from: Timestamp, to: Timestamp, by grouping: Grouping
  ) async throws -> [UsageTotal] {
    try await read { try Totals($0, grouping).usage(from: from, to: to) }
  }

  package func serviceQuality(from: Timestamp, to: Timestamp) async throws -> ServiceQuality {
    guard from < to else { return ServiceQuality(requests: 0, failed: 0, p95Milliseconds: nil) }
    return try await read { database in
      let positions = try JournalPositions(database)
      let first = try positions.firstUsage(from: from.nanoseconds)
      let end = try positions.firstUsage(from: to.nanoseconds)
      let counts = try RawStatement(
        database,
        """
        SELECT COUNT(*), COUNT(*) FILTER (WHERE outcome = 'failed') FROM usage
        WHERE seq >= ?1 AND seq < ?2
        """)
      counts.bind(1, first)
      counts.bind(2, end)
      let (requests, failed) = try counts.first { ($0.integer(0), $0.integer(1)) } ?? (0, 0)
      // The smallest duration that 95% do not exceed.
      let place = ((requests - failed) * 95 + 99) / 100 - 1
      var p95: Int?
      if place >= 0 {
        let statement = try RawStatement(
          database,
          """
          SELECT duration_ms FROM usage WHERE seq >= ?1 AND seq < ?2 AND outcome <> 'failed'
          ORDER BY duration_ms LIMIT 1 OFFSET ?3
          """)
        for (index, value) in [first, end, place].enumerated() {
          statement.bind(Int32(index + 1), value)
        }
        p95 = try statement.first { Int($0.integer(0)) }
      }
      return ServiceQuality(requests: Int(requests), failed: Int(failed), p95Milliseconds: p95)
    }
  }

  /// One consistent snapshot, beside the writer.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (OpaquePointer) throws -> Value
  ) async throws -> Value {
    try await pool.read { try body($0.sqliteConnection!) }
  }
}

private struct Totals {
  let database: OpaquePointer
  let column: String
  let positions: JournalPositions

  struct Key: Hashable {
    let step: Int64
    let group: String?
    let account, currency: Int64
  }

  init(_ database: OpaquePointer, _ grouping: Grouping) throws {
    self.database = database
    positions = try JournalPositions(database)
    column = grouping == .none ? "NULL" : "d.\(grouping.rawValue)"
  }

  func totals(from: Timestamp, to: Timestamp) throws -> [AccountTotal] {
    // Without steps all falls into step 0.
    try sums(from: from.nanoseconds, to: to.nanoseconds, step: .max).map(\.total)
  }

  /// `from` is the start of a quarter of an hour, `step` a multiple of one.
  func series(from: Timestamp, to: Timestamp, step: Int64) throws -> [SeriesTotal] {
    try sums(from: from.nanoseconds, to: to.nanoseconds, step: step).map {
      SeriesTotal(
        start: Timestamp(nanoseconds: from.nanoseconds + $0.step * step), total: $0.total)
    }
  }

  private func sums(
    from: Int64, to: Int64, step: Int64
  ) throws -> [(step: Int64, total: AccountTotal)] {
    guard from < to else { return [] }
    let parts = try PeriodParts(
      from: from, to: to, projected: positions.state.projectedEntries,
      first: positions.firstEntry(from:))
    var sums: [Key: (picos: Int128, nanoseconds: Int64)] = [:]
    let whole = try RawStatement(
      database,
      """
      SELECT (t.bucket - ?3) / ?4, \(column), t.account, t.currency, SUM(t.micro), SUM(t.pico),
        SUM(t.nanoseconds)
      FROM totals t JOIN dimensions d ON d.id = t.dimensions
      WHERE t.bucket >= ?1 AND t.bucket < ?2 GROUP BY 1, 2, 3, 4
      """)
    whole.bind(1, parts.buckets.lowerBound)
    whole.bind(2, parts.buckets.upperBound)
    whole.bind(3, step == .max ? 0 : from / Projection.bucket)
    whole.bind(4, step == .max ? Int64.max : step / Projection.bucket)
    try add(whole, to: &sums)
    for range in parts.rows {
      let rows = try RawStatement(
        database,
        """
        SELECT (t.date - ?3) / ?4, \(column), e.account, e.currency, SUM(e.micro), SUM(e.pico),
          SUM(e.nanoseconds)
        FROM entries e JOIN transactions t ON t.seq = e.tx JOIN dimensions d ON d.id = e.dimensions
        WHERE e.seq >= ?1 AND e.seq < ?2 GROUP BY 1, 2, 3, 4
        """)
      rows.bind(1, range.lowerBound)
      rows.bind(2, range.upperBound)
      rows.bind(3, step == .max ? 0 : from)
      rows.bind(4, step)
      try add(rows, to: &sums)
    }
    return try sums.map { key, sum in
      guard let account = Account(code: key.account), let currency = Currency(number: key.currency)
      else { throw UnreadableRow(column: 2, value: "\(key.account), \(key.currency)") }
      return (
        key.step,
        AccountTotal(
          group: key.group, account: account, amount: Money(picos: sum.picos, currency),
          nanoseconds: sum.nanoseconds)
      )
    }.sorted(by: Self.order)
  }

  private func add(
    _ statement: RawStatement, to sums: inout [Key: (picos: Int128, nanoseconds: Int64)]
  ) throws {
    try statement.each { row in
      let key = Key(
        step: row.integer(0), group: row.text(1), account: row.integer(2), currency: row.integer(3))
      sums[key, default: (0, 0)].picos += Money.join(micro: row.integer(4), pico: row.integer(5))
      sums[key]!.nanoseconds += row.integer(6)
    }
  }

  /// By step, group (what has none last), account in the chart's order, currency.
  private static func order(
    _ left: (step: Int64, total: AccountTotal), _ right: (step: Int64, total: AccountTotal)
  ) -> Bool {
    func key(_ item: (step: Int64, total: AccountTotal)) -> (Int64, Int, String, Int64, String) {
      let total = item.total
      return (
        item.step, total.group == nil ? 1 : 0, total.group ?? "", total.account.code,
        total.amount.currency.code
      )
    }
    return key(left) < key(right)
  }

  func usage(from: Timestamp, to: Timestamp) throws -> [UsageTotal] {
    guard from < to else { return [] }
    let parts = try PeriodParts(
      from: from.nanoseconds, to: to.nanoseconds, projected: positions.state.projectedUsages,
      first: positions.firstUsage(from:))
    var sums: [String?: Projection.Usage] = [:]
    func add(_ statement: RawStatement, _ low: Int64, _ high: Int64) throws {
      statement.bind(1, low)
      statement.bind(2, high)
      try statement.each { row in
        sums[row.text(0), default: Projection.Usage()].add(
          Projection.Usage(
            requests: row.integer(1), unrated: row.integer(2), input: row.integer(3),
            cached: row.integer(4), output: row.integer(5)))
      }
    }
    let whole = try RawStatement(
      database,
      """
      SELECT \(column), SUM(requests), SUM(unrated), SUM(input), SUM(cached), SUM(output)
      FROM usage_totals t JOIN dimensions d ON d.id = t.dimensions
      WHERE t.bucket >= ?1 AND t.bucket < ?2 GROUP BY 1
      """)
    try add(whole, parts.buckets.lowerBound, parts.buckets.upperBound)
    let rows = try RawStatement(
      database,
      """
      SELECT \(column), COUNT(*), SUM(u.input IS NULL), SUM(u.input), SUM(u.cached), SUM(u.output)
      FROM usage u JOIN dimensions d ON d.id = u.dimensions
      WHERE u.seq >= ?1 AND u.seq < ?2 GROUP BY 1
      """)
    for range in parts.rows { try add(rows, range.lowerBound, range.upperBound) }
    return sums.map { group, sum in
      UsageTotal(
        group: group, requests: Int(sum.requests), unrated: Int(sum.unrated), input: Int(sum.input),
        cachedInput: Int(sum.cached), output: Int(sum.output))
    }.sorted {
      ($0.group == nil ? 1 : 0, $0.group ?? "") < ($1.group == nil ? 1 : 0, $1.group ?? "")
    }
  }
}
