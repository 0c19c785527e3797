import Billing
import Ledger

/// One pass over the entries in order: the chain, the balance of each transaction (law 1), and what
/// the other checks gather from them.
final class JournalCheck {
  private let verification: Verification
  private let clock: ClockCheck
  private let bookings: BookingCheck
  private let totals: TotalsCheck
  let balances: BalanceCheck
  private(set) var entries: Int64 = 0
  private(set) var transactions: Int64 = 0
  private var chain = HashChain()
  private var lastSequence: Int64 = 0
  private var lastDate: Int64 = 0
  private var open: OpenTransaction?

  var head: [UInt8] { chain.head }

  /// The transaction whose entries are being read.
  struct OpenTransaction {
    let sequence: Int64
    let usage: Int64?
    let row: JournalRow
    var entries: [Entry] = []
  }

  init(_ verification: Verification) throws {
    self.verification = verification
    clock = try ClockCheck(verification)
    bookings = try BookingCheck(verification)
    totals = try TotalsCheck(verification)
    balances = BalanceCheck(verification)
  }

  func run() throws {
    let statement = try RawStatement(
      verification.database,
      """
      SELECT \(JournalRows.columns), e.dimensions, t.usage, t.first_entry
      FROM entries e CROSS JOIN transactions t ON t.seq = e.tx
      JOIN dimensions d ON d.id = e.dimensions LEFT JOIN usage u ON u.seq = t.usage ORDER BY e.seq
      """)
    try statement.each { row in
      let sequence = row.integer(0)
      checkSequence(sequence)
      do {
        let entry = try JournalRows.decode(row)
        checkChain(entry)
        try take(entry, row)
      } catch let error as UnreadableRow {
        verification.found("hash_chain", at: "entry \(sequence)", error.description)
        chain = HashChain(head: Self.head(row.bytes(14)))
      }
    }
    try closeTransaction()
    try finish()
  }

  private func checkSequence(_ sequence: Int64) {
    entries += 1
    if sequence != lastSequence + 1 {
      let missing =
        lastSequence + 1 == sequence - 1
        ? "entry \(sequence - 1)" : "entries \(lastSequence + 1) to \(sequence - 1)"
      verification.found(
        "append_only", at: missing,
        "missing, or its transaction or dimensions are: a row was deleted")
    }
    lastSequence = sequence
  }

  private func checkChain(_ row: JournalRow) {
    let hash = chain.append(
      row.entry, line: row.line, transaction: row.transaction, kind: row.kind, date: row.date,
      corrects: row.corrects)
    guard hash != row.hash else { return }
    verification.found(
      "hash_chain", at: "entry \(row.sequence) (transaction \(row.transaction), line \(row.line))",
      "its hash is not that of its content after the entry before it: one of them was edited, removed or swapped"
    )
    // Go on from what is written, so that a second edit shows by itself.
    chain = HashChain(head: Self.head(row.hash))
  }

  private static func head(_ hash: [UInt8]) -> [UInt8] {
    hash.count == HashChain.length ? hash : HashChain.start
  }

  private func take(_ row: JournalRow, _ columns: RawStatement) throws {
    let transaction = columns.integer(1)
    if open?.sequence != transaction {
      try closeTransaction()
      open = OpenTransaction(
        sequence: transaction, usage: columns.optionalInteger(25), row: row)
      checkOpening(row, sequence: transaction, firstEntry: columns.integer(26))
    }
    open!.entries.append(row.entry)
    try totals.add(row, dimensions: columns.integer(24))
    balances.add(row, isProjected: row.sequence <= verification.state.projectedEntries)
    try clock.add(row, transaction: transaction)
  }

  private func checkOpening(_ row: JournalRow, sequence: Int64, firstEntry: Int64) {
    transactions += 1
    if sequence != transactions {
      verification.found(
        "append_only", at: "transaction \(row.transaction)",
        "it is number \(sequence) but \(transactions - 1) transactions with entries come before it")
      transactions = sequence
    }
    if firstEntry != row.sequence {
      verification.found(
        "append_only", at: "transaction \(row.transaction)",
        "its first entry is \(row.sequence), not \(firstEntry)")
    }
    if row.date.nanoseconds < lastDate {
      verification.found(
        "append_only", at: "transaction \(row.transaction)", "it is dated before the one before it")
    }
    lastDate = max(lastDate, row.date.nanoseconds)
  }

  private func closeTransaction() throws {
    guard let open else { return }
    var sums: [Currency: Int128] = [:]
    for entry in open.entries { sums[entry.amount.currency, default: 0] += entry.amount.picos }
    for (currency, sum) in sums where sum != 0 {
      verification.found(
        "double_entry", at: "transaction \(open.row.transaction)",
        "its entries are off by \(Money(picos: sum, currency)); they must sum to zero")
    }
    try bookings.check(open)
    if open.row.kind == .machine { clock.closed(open) }
    balances.transactionEnded(open.row)
    self.open = nil
  }

  private func finish() throws {
    let state = verification.state
    if lastSequence != state.entries {
      verification.found(
        "append_only", at: "entry \(state.entries)",
        "the journal ends at entry \(lastSequence): the last rows were deleted or added by hand")
    }
    if transactions != state.transactions {
      verification.found(
        "append_only", at: "transaction number \(state.transactions)",
        "the last transaction with entries is number \(transactions)")
    }
    if chain.head != state.head {
      verification.found(
        "hash_chain", at: "entry \(lastSequence)",
        "the last hash is not the head that the books remember")
    }
    try clock.finish()
    try totals.finish()
    try balances.finish()
    try bookings.finish()
  }
}
