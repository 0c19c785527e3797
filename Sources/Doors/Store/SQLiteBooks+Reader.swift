package import Billing
import GRDB
import Ledger

extension SQLiteBooks {
  package func customers() async throws -> [CustomerBalance] {
    try await read { database in
      let balances = try Balances(database)
      return try CatalogueRows.customers(database).map(balances.of)
    }
  }

  package func keys(customer: String?) async throws -> [APIKey] {
    try await read { try CatalogueRows.keys($0, customer: customer) }
  }

  package func prices() async throws -> [PriceVersion] {
    try await read { try CatalogueRows.prices($0) }
  }

  /// The version in force of each, by name.
  package func upstreams() async throws -> [Upstream] {
    try await read { database in
      var newest: [String: Upstream] = [:]
      for upstream in try CatalogueRows.upstreams(database) { newest[upstream.name] = upstream }
      return newest.values.sorted { $0.name < $1.name }
    }
  }

  package func usageEvents(_ filter: UsageFilter) async throws -> [UsageEvent] {
    try await read { database in
      let positions = try JournalPositions(database)
      let low = try filter.from.map { try positions.firstUsage(from: $0.nanoseconds) } ?? 1
      let high = try filter.to.map { try positions.firstUsage(from: $0.nanoseconds) } ?? .max
      let statement = try RawStatement(
        database,
        """
        \(UsageRows.select) WHERE u.seq >= ?1 AND u.seq < ?2
          \(filter.customer == nil ? "" : "AND d.customer = ?3")
          \(filter.model == nil ? "" : "AND d.model = ?4")
          \(filter.unratedOnly ? "AND u.input IS NULL" : "")
        ORDER BY u.seq DESC LIMIT ?5 OFFSET ?6
        """)
      statement.bind(1, low)
      statement.bind(2, high)
      if let customer = filter.customer { statement.bind(3, customer) }
      if let model = filter.model { statement.bind(4, model) }
      statement.bind(5, Int64(max(0, filter.limit)))
      statement.bind(6, Int64(max(0, filter.offset)))
      let shares = try UsageRows.sharesStatement(database)
      var events: [UsageEvent] = []
      try statement.each { events.append(try UsageRows.decode($0, shares: shares)) }
      return events
    }
  }

  package func usageEvent(_ id: String) async throws -> UsageEvent? {
    try await read { try UsageRows.event(id, $0) }
  }

  package func machines() async throws -> [MachineClock] {
    try await read { database in
      var clocks: [MachineClock] = []
      let sql = """
        SELECT machine, hourly_pico, currency, opened, closed, open_nanoseconds FROM machines
        ORDER BY machine
        """
      try RawStatement(database, sql).each { row in
        clocks.append(
          MachineClock(
            machine: try row.requiredText(0),
            rate: try MachineRate(
              hourly: Money(picos: Int128(row.integer(1)), try row.currency(2))),
            opened: Timestamp(nanoseconds: row.integer(3)),
            closed: Timestamp(nanoseconds: row.integer(4)), openNanoseconds: row.integer(5)))
      }
      return clocks
    }
  }

  package func position() async throws -> Int64 {
    try await read { database in
      try RawStatement(database, "SELECT transactions + usages FROM state").first { $0.integer(0) }
        ?? 0
    }
  }
}

/// Credit, holds and unbilled receivable by customer: the projection, and the entries after it.
private struct Balances {
  private var credit: [String: [Currency: Int128]] = [:]
  private var unbilled: [String: [Currency: Int128]] = [:]
  private var held: [String: [Currency: Int128]] = [:]

  init(_ database: OpaquePointer) throws {
    let entries = try RawStatement(
      database,
      """
      SELECT customer, account, currency, micro, pico FROM balances
      UNION ALL
      SELECT d.customer, e.account, e.currency, e.micro, e.pico
      FROM entries e JOIN dimensions d ON d.id = e.dimensions
      WHERE e.seq > (SELECT projected_entries FROM state) AND e.account IN (?1, ?2)
      """)
    entries.bind(1, Account.customerCredit.code)
    entries.bind(2, Account.unbilledReceivable.code)
    try entries.each { row in
      guard let customer = row.text(0) else { return }
      let currency = try row.currency(2)
      let picos = Money.join(micro: row.integer(3), pico: row.integer(4))
      if try row.account(1) == .customerCredit {
        credit[customer, default: [:]][currency, default: 0] -= picos
      } else {
        unbilled[customer, default: [:]][currency, default: 0] += picos
      }
    }
    let holds = try RawStatement(
      database,
      """
      SELECT d.customer, h.currency, SUM(h.micro), SUM(h.pico)
      FROM holds h JOIN dimensions d ON d.id = h.dimensions
      GROUP BY 1, 2 HAVING SUM(h.micro) <> 0 OR SUM(h.pico) <> 0
      """)
    try holds.each { row in
      guard let customer = row.text(0) else { return }
      held[customer, default: [:]][try row.currency(1)] = Money.join(
        micro: row.integer(2), pico: row.integer(3))
    }
  }

  func of(_ customer: Customer) -> CustomerBalance {
    let credit = credit[customer.id] ?? [:]
    let held = held[customer.id] ?? [:]
    let currencies = Set(credit.keys).union(held.keys).sorted { $0.code < $1.code }
    return CustomerBalance(
      customer: customer,
      balances: currencies.map {
        (Money(picos: credit[$0] ?? 0, $0), Money(picos: held[$0] ?? 0, $0))
      },
      unbilled: (unbilled[customer.id] ?? [:]).sorted { $0.key.code < $1.key.code }.map {
        Money(picos: $0.value, $0.key)
      })
  }
}
