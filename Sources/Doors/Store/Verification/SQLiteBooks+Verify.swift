package import Billing
import GRDB
import Ledger

extension SQLiteBooks {
  /// Checks every law from the rows alone, in one snapshot, beside a running server.
  /// - Complexity: one pass over the entries and one over the usage events; memory grows with
  ///   customers, machines and one quarter of an hour of totals, not with the journal.
  package func verify() async throws -> VerificationReport {
    let now = time.now()
    return try await read { try Verification($0, now: now).run() }
  }
}

/// The passes, and what they found.
final class Verification {
  /// Findings kept; a ruined file would have one for each row.
  static let limit = 1000

  let database: OpaquePointer
  let now: Timestamp
  let state: BooksState
  private(set) var findings: [VerificationReport.Finding] = []

  init(_ database: OpaquePointer, now: Timestamp) throws {
    self.database = database
    self.now = now
    state = try JournalPositions(database).state
  }

  func found(_ check: String, at location: String, _ message: String) {
    guard findings.count < Self.limit else { return }
    findings.append(.init(check: check, location: location, message: message))
  }

  static let checks = [
    "append_only", "hash_chain", "double_entry", "exactly_once", "rating", "clock", "credit",
    "balances", "totals", "usage_totals", "holds", "references",
  ]

  func run() throws -> VerificationReport {
    let journal = try JournalCheck(self)
    try journal.run()
    let usage = try UsageCheck(self)
    try usage.run()
    try ReferenceCheck(self).run()
    try HoldCheck(self).run(credit: journal.balances.credit)
    return VerificationReport(
      transactions: Int(journal.transactions), entries: Int(journal.entries),
      requests: Int(usage.requests), head: journal.head, checks: Self.checks, findings: findings)
  }
}
