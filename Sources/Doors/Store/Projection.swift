import Ledger

/// Sums of the journal that reading should not have to repeat, gathered in memory and written every
/// thousand entries or so. The `state` row says up to which entry the rows include them; readers add
/// the entries after it, so that a lagging projection is exact at every instant, and a crash loses
/// nothing.
struct Projection {
  /// A quarter of an hour, in nanoseconds.
  static let bucket: Int64 = 900 * 1_000_000_000
  /// Entries and usage events between two writings.
  static let limit = 1024

  struct TotalKey: Hashable {
    let bucket, dimensions, account, currency: Int64
  }
  struct BalanceKey: Hashable {
    let customer: String
    let account, currency: Int64
  }
  struct UsageKey: Hashable {
    let bucket, dimensions: Int64
  }
  struct Total {
    var picos: Int128 = 0
    var nanoseconds: Int64 = 0
  }
  struct Usage: Equatable {
    var requests: Int64 = 0
    var unrated: Int64 = 0
    var input: Int64 = 0
    var cached: Int64 = 0
    var output: Int64 = 0
  }

  private(set) var totals: [TotalKey: Total] = [:]
  private(set) var balances: [BalanceKey: Int128] = [:]
  private(set) var usages: [UsageKey: Usage] = [:]
  private(set) var count = 0

  var isLarge: Bool { count >= Self.limit }

  static func bucket(of date: Int64) -> Int64 { date / bucket }

  mutating func add(
    _ entry: Entry, account: Int64, currency: Int64, dimensions: Int64, date: Timestamp
  ) {
    count += 1
    let key = TotalKey(
      bucket: Self.bucket(of: date.nanoseconds), dimensions: dimensions, account: account,
      currency: currency)
    totals[key, default: Total()].picos += entry.amount.picos
    if let nanoseconds = entry.nanoseconds { totals[key]!.nanoseconds += nanoseconds }
    if Self.isBalance(entry.account), let customer = entry.dimensions.customer {
      balances[BalanceKey(customer: customer, account: account, currency: currency), default: 0] +=
        entry.amount.picos
    }
  }

  /// The accounts kept by customer.
  static func isBalance(_ account: Account) -> Bool {
    account == .customerCredit || account == .unbilledReceivable
  }

  mutating func add(usage: Usage, dimensions: Int64, settled: Int64) {
    count += 1
    let key = UsageKey(bucket: Self.bucket(of: settled), dimensions: dimensions)
    usages[key, default: Usage()].add(usage)
  }
}

extension Projection.Usage {
  mutating func add(_ other: Projection.Usage) {
    requests += other.requests
    unrated += other.unrated
    input += other.input
    cached += other.cached
    output += other.output
  }
}

extension Session {
  /// Adds what is pending to the rows, and says so in `state`: one commit does both.
  func flushProjection(_ state: inout BooksState) throws {
    for (key, total) in pending.totals {
      let (micro, pico) = Money.split(total.picos)
      let row = statements.addTotal
      row.bind(1, key.bucket)
      row.bind(2, key.dimensions)
      row.bind(3, key.account)
      row.bind(4, key.currency)
      row.bind(5, micro)
      row.bind(6, pico)
      row.bind(7, total.nanoseconds)
      try row.run()
    }
    for (key, picos) in pending.balances {
      let (micro, pico) = Money.split(picos)
      let row = statements.addBalance
      row.bind(1, key.customer)
      row.bind(2, key.account)
      row.bind(3, key.currency)
      row.bind(4, micro)
      row.bind(5, pico)
      try row.run()
    }
    for (key, usage) in pending.usages {
      let row = statements.addUsageTotal
      row.bind(1, key.bucket)
      row.bind(2, key.dimensions)
      row.bind(3, usage.requests)
      row.bind(4, usage.unrated)
      row.bind(5, usage.input)
      row.bind(6, usage.cached)
      row.bind(7, usage.output)
      try row.run()
    }
    state.projectedEntries = state.entries
    state.projectedUsages = state.usages
    pending = Projection()
  }

  /// What the rows do not include yet, from the journal itself.
  func reloadProjection(_ state: BooksState) throws {
    pending = Projection()
    let entries = try RawStatement(
      database,
      """
      SELECT e.account, e.currency, e.micro, e.pico, e.nanoseconds, e.dimensions, t.date
      FROM entries e JOIN transactions t ON t.seq = e.tx WHERE e.seq > ?1
      """)
    entries.bind(1, state.projectedEntries)
    try entries.each { row in
      guard let account = Account(code: row.integer(0)),
        let currency = Currency(number: row.integer(1))
      else { return }
      let id = row.integer(5)
      let entry = Entry(
        account,
        Money(picos: Money.join(micro: row.integer(2), pico: row.integer(3)), currency),
        nanoseconds: row.optionalInteger(4), dimensions[id] ?? Dimensions())
      pending.add(
        entry, account: account.code, currency: currency.number, dimensions: id,
        date: Timestamp(nanoseconds: row.integer(6)))
    }
    let usages = try RawStatement(
      database, "SELECT dimensions, settled, input, cached, output FROM usage WHERE seq > ?1")
    usages.bind(1, state.projectedUsages)
    try usages.each { row in
      let usage = Projection.Usage(
        requests: 1, unrated: row.optionalInteger(2) == nil ? 1 : 0, input: row.integer(2),
        cached: row.integer(3), output: row.integer(4))
      pending.add(usage: usage, dimensions: row.integer(0), settled: row.integer(1))
    }
  }
}
