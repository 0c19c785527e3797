import GRDBSQLite

/// The prepared statements of the hot path.
struct Statements {
  let begin, commit, rollback, readState, updateState: RawStatement
  let insertTransaction, insertEntry, insertUsage, insertHold, deleteHold: RawStatement
  let usageExists, insertDimensions, insertShare, saveMachine: RawStatement
  let addTotal, addUsageTotal, addBalance: RawStatement

  init(_ database: OpaquePointer) throws {
    func prepare(_ sql: String) throws -> RawStatement { try RawStatement(database, sql) }
    begin = try prepare("BEGIN IMMEDIATE")
    commit = try prepare("COMMIT")
    rollback = try prepare("ROLLBACK")
    readState = try prepare(
      """
      SELECT books_version, catalogue_version, transactions, entries, usages, holds, last_date, head,
        projected_entries, projected_usages FROM state WHERE id = 1
      """)
    updateState = try prepare(
      """
      UPDATE state SET books_version = ?1, catalogue_version = ?2, transactions = ?3, entries = ?4,
        usages = ?5, holds = ?6, last_date = ?7, head = ?8, projected_entries = ?9,
        projected_usages = ?10 WHERE id = 1
      """)
    insertTransaction = try prepare("INSERT INTO transactions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
    insertEntry = try prepare(
      "INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
    insertUsage = try prepare(
      """
      INSERT INTO usage VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,
        ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)
      """)
    insertHold = try prepare("INSERT INTO holds VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
    deleteHold = try prepare("DELETE FROM holds WHERE seq = ?1")
    usageExists = try prepare("SELECT dimensions FROM usage WHERE request = ?1")
    insertDimensions = try prepare(
      "INSERT INTO dimensions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
    insertShare = try prepare("INSERT INTO closing_shares VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
    saveMachine = try prepare(
      """
      INSERT INTO machines VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      ON CONFLICT (machine) DO UPDATE SET hourly_pico = ?2, currency = ?3, closed = ?5, booked = ?6,
        open_nanoseconds = ?7
      """)
    addTotal = try prepare(
      """
      INSERT INTO totals VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET
        micro = micro + excluded.micro + (pico + excluded.pico) / 1000000,
        pico = (pico + excluded.pico) % 1000000, nanoseconds = nanoseconds + excluded.nanoseconds
      """)
    addUsageTotal = try prepare(
      """
      INSERT INTO usage_totals VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET
        requests = requests + excluded.requests, unrated = unrated + excluded.unrated,
        input = input + excluded.input, cached = cached + excluded.cached,
        output = output + excluded.output
      """)
    addBalance = try prepare(
      """
      INSERT INTO balances VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET
        micro = micro + excluded.micro + (pico + excluded.pico) / 1000000,
        pico = (pico + excluded.pico) % 1000000
      """)
  }

  func writeState(_ state: BooksState) throws {
    updateState.bind(1, state.booksVersion)
    updateState.bind(2, state.catalogueVersion)
    updateState.bind(3, state.transactions)
    updateState.bind(4, state.entries)
    updateState.bind(5, state.usages)
    updateState.bind(6, state.holds)
    updateState.bind(7, state.lastDate)
    updateState.bind(8, state.head)
    updateState.bind(9, state.projectedEntries)
    updateState.bind(10, state.projectedUsages)
    try updateState.run()
  }
}
