/// What the rows name must be there, and history must still be guarded against slips: customers and
/// keys that bookings are about, transactions without entries, the append-only triggers.
struct ReferenceCheck {
  private let verification: Verification

  init(_ verification: Verification) { self.verification = verification }

  func run() throws {
    try missing("customer", named: "d.customer", in: "customers")
    try missing("key", named: "d.key", in: "keys")
    try emptyTransactions()
    try triggers()
  }

  private func missing(_ what: String, named column: String, in table: String) throws {
    let sql = """
      SELECT DISTINCT \(column) FROM dimensions d
      WHERE \(column) IS NOT NULL AND \(column) NOT IN (SELECT id FROM \(table))
      """
    try RawStatement(verification.database, sql).each { row in
      verification.found(
        "references", at: "\(what) \(try row.requiredText(0))",
        "bookings are about it, but its row is missing from \(table)")
    }
  }

  private func emptyTransactions() throws {
    let sql = """
      SELECT t.seq, COALESCE(t.id, '') FROM transactions t
      WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.seq = t.first_entry AND e.tx = t.seq)
      """
    try RawStatement(verification.database, sql).each { row in
      verification.found(
        "append_only", at: "transaction number \(row.integer(0)) \(row.text(1) ?? "")",
        "it has no entries: it was added, or they were deleted, by hand")
    }
  }

  private func triggers() throws {
    var found: [String: String] = [:]
    let sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    try RawStatement(verification.database, sql).each { row in
      found[try row.requiredText(0)] = row.text(1) ?? ""
    }
    for (name, text) in Migrations.triggers where found[name] != text {
      verification.found(
        "append_only", at: "trigger \(name)",
        "it is missing or changed, so that history can be edited; who did that may have edited more"
      )
    }
  }
}
