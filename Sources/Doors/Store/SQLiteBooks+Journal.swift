package import Billing
import GRDB
import Ledger

extension SQLiteBooks {
  package func journal(_ filter: JournalFilter) async throws -> [JournalRow] {
    try await read { try JournalRows.page(filter, $0) }
  }
}

/// Journal entries as rows.
enum JournalRows {
  /// What `decode` reads. A usage transaction and its entries are named by their request.
  static let columns = """
    e.seq, e.tx, t.id, u.request, t.kind, t.date, t.corrects, e.line, e.account, e.currency,
      e.micro, e.pico, e.nanoseconds, e.request, e.hash, d.customer, d.key, d.model, d.plan,
      d.price_version, d.machine, d.vendor, d.region, d.stream
    """
  static let joins = """
    JOIN transactions t ON t.seq = e.tx JOIN dimensions d ON d.id = e.dimensions
    LEFT JOIN usage u ON u.seq = t.usage
    """

  static func page(_ filter: JournalFilter, _ database: OpaquePointer) throws -> [JournalRow] {
    let positions = try JournalPositions(database)
    let low = try filter.from.map { try positions.firstEntry(from: $0.nanoseconds) } ?? 1
    let high = try filter.to.map { try positions.firstEntry(from: $0.nanoseconds) } ?? .max
    let statement = try RawStatement(database, sql(filter))
    statement.bind(1, max(filter.after == .max ? .max : filter.after + 1, low))
    statement.bind(2, high)
    if let id = filter.transaction {
      let prefix = Posting.usageID("")
      statement.bind(3, id.hasPrefix(prefix) ? String(id.dropFirst(prefix.count)) : id)
    }
    if let request = filter.request { statement.bind(4, request) }
    if let account = filter.account { statement.bind(5, account.code) }
    if let customer = filter.customer { statement.bind(6, customer) }
    statement.bind(7, Int64(max(0, filter.limit)))
    var rows: [JournalRow] = []
    try statement.each { rows.append(try decode($0)) }
    return rows
  }

  private static func sql(_ filter: JournalFilter) -> String {
    var conditions: [String] = []
    var narrowing: [String] = []
    if let id = filter.transaction {
      narrowing.append(
        id.hasPrefix(Posting.usageID(""))
          ? "SELECT tx FROM usage WHERE request = ?3"
          : "SELECT seq FROM transactions WHERE id = ?3")
    }
    if filter.request != nil {
      narrowing.append(
        """
        SELECT tx FROM usage WHERE request = ?4
        UNION SELECT tx FROM closing_shares WHERE request = ?4
        """)
      conditions.append("COALESCE(e.request, u.request) = ?4")
    }
    if filter.account != nil { conditions.append("e.account = ?5") }
    if filter.customer != nil { conditions.append("d.customer = ?6") }
    var source = "entries e"
    if narrowing.isEmpty {
      conditions += ["e.seq >= ?1", "e.seq < ?2"]
    } else {
      // A transaction's entries lie together: read those alone (the `+` keeps SQLite from searching by
      // the wider bounds).
      conditions += ["+e.seq >= ?1", "+e.seq < ?2"]
      source = """
        (SELECT n.first_entry AS low, COALESCE((SELECT first_entry FROM transactions m
           WHERE m.seq > n.seq ORDER BY m.seq LIMIT 1), 9223372036854775807) AS high
         FROM transactions n
         WHERE \(narrowing.map { "n.seq IN (\($0))" }.joined(separator: " AND "))) p
        CROSS JOIN entries e ON e.seq >= p.low AND e.seq < p.high
        """
    }
    return """
      SELECT \(columns) FROM \(source) \(joins)
      WHERE \(conditions.joined(separator: " AND "))
      ORDER BY e.seq \(filter.newestFirst ? "DESC" : "ASC") LIMIT ?7
      """
  }

  static func decode(_ row: RawStatement) throws -> JournalRow {
    let request = row.text(3)
    guard let kind = Transaction.Kind(number: row.integer(4)) else {
      throw UnreadableRow(column: 4, value: "\(row.integer(4))")
    }
    let dimensions = Dimensions(
      customer: row.text(15), key: row.text(16), model: row.text(17), plan: row.text(18),
      priceVersion: row.text(19), machine: row.text(20), vendor: row.text(21), region: row.text(22),
      stream: row.text(23), request: row.text(13) ?? request)
    return JournalRow(
      sequence: row.integer(0), transaction: request.map(Posting.usageID) ?? row.text(2) ?? "",
      kind: kind, date: Timestamp(nanoseconds: row.integer(5)), corrects: row.text(6),
      line: Int(row.integer(7)),
      entry: Entry(
        try row.account(8), row.money(10, try row.currency(9)),
        nanoseconds: row.optionalInteger(12), dimensions),
      hash: row.bytes(14))
  }
}
