import Billing
import GRDBSQLite
import Ledger

/// The writer's own view of the books: prepared statements, and what the rows said when they were
/// last read. Belongs to the writer's thread and is valid between `BEGIN IMMEDIATE` and `COMMIT`.
///
/// Each operation checks everything before it writes or changes memory, so that a refused one leaves
/// nothing and needs no savepoint. When a commit fails, `forget` drops the memory and the next batch
/// reads the rows again. All that is kept here is rebuilt by set from the rows, never by adding to
/// what a former reading left.
final class Session {
  let database: OpaquePointer
  let time: any TimeSource
  /// Names this opening of the books; its row is written with the first hold.
  let process: String
  private var processID: Int64?
  let statements: Statements

  /// The `state` row as this session last read or wrote it; nil: read the books again.
  var state: BooksState?
  /// An operation of this batch wrote something.
  var changed = false
  var catalogue = Catalogue(version: -1)
  /// The catalogue changed in this batch or by another process: publish it after the commit.
  var catalogueChanged = false
  var chain = HashChain()
  var dimensionIDs: [Dimensions: Int64] = [:]
  var dimensions: [Int64: Dimensions] = [:]
  var lastInterned: (value: Dimensions, id: Int64)?
  var credits: [String: Credit] = [:]
  var holds: [String: Hold] = [:]
  var machines: [String: Machine] = [:]
  /// Machines whose row this batch must write.
  var changedMachines: Set<String> = []
  var pending = Projection()
  private var prepared: [String: RawStatement] = [:]

  /// Pages in the WAL after the last commit.
  let walPages = UnsafeMutablePointer<Int32>.allocate(capacity: 1)

  init(_ database: OpaquePointer, time: any TimeSource, process: String) throws {
    self.database = database
    self.time = time
    self.process = process
    statements = try Statements(database)
    walPages.initialize(to: 0)
    // In place of SQLite's automatic checkpoints: see `Checkpointer`.
    sqlite3_wal_hook(
      database,
      { pages, _, _, count in
        pages?.assumingMemoryBound(to: Int32.self).pointee = count
        return SQLITE_OK
      }, walPages)
  }

  deinit {
    sqlite3_wal_hook(database, nil, nil)
    walPages.deallocate()
  }

  /// Prepaid credit of one customer, in the customer's currency, and what of it is held.
  struct Credit {
    var balance: Int128 = 0
    var held: Int128 = 0
    var available: Int128 { balance - held }
  }

  struct Hold {
    var sequence: Int64
    var dimensions: Int64
    var customer: String
    var picos: Int128
    var expires: Int64
    var process: Int64
    var isIdempotent: Bool
    /// A closing has booked a part of the request's machine time.
    var hasShares: Bool
  }

  struct Machine {
    var rate: MachineRate
    var opened: Int64
    var closed: Int64
    var booked: Int64
    var openNanoseconds: Int64
  }

  /// A statement off the hot path, prepared once.
  func cached(_ sql: String) throws -> RawStatement {
    if let statement = prepared[sql] { return statement }
    let statement = try RawStatement(database, sql)
    prepared[sql] = statement
    return statement
  }

  /// The number that holds of this opening carry. Written lazily, so that reading needs no room on the
  /// disk.
  func registered() throws -> Int64 {
    if let processID { return processID }
    let row = try cached("INSERT INTO processes (token, started) VALUES (?1, ?2)")
    row.bind(1, process)
    row.bind(2, time.now().nanoseconds)
    try row.run()
    let id = sqlite3_last_insert_rowid(database)
    processID = id
    return id
  }

  // MARK: A batch

  /// Takes the write lock and reads again what another process may have changed.
  func begin() throws {
    try statements.begin.run()
    changed = false
    let row = try statements.readState.first(BooksState.init(row:))
    guard let row else { throw SQLiteFailure(SQLITE_CORRUPT, nil) }
    if state?.booksVersion != row.booksVersion { try reload(row) }
  }

  func commit() throws {
    try saveMachines()
    if changed, var state {
      state.booksVersion += 1
      state.catalogueVersion = catalogue.version
      state.head = chain.head
      if pending.isLarge { try flushProjection(&state) }
      try statements.writeState(state)
      self.state = state
    }
    try statements.commit.run()
  }

  /// Undoes the batch and drops all memory of the rows.
  func rollback() {
    if sqlite3_get_autocommit(database) == 0 { try? statements.rollback.run() }
    state = nil
    catalogue.version = -1
    changedMachines.removeAll()
    processID = nil
  }

  /// The instant to book at: the clock's, but never before the last booking, so that dates grow with
  /// sequence numbers.
  func now() -> Timestamp {
    max(time.now(), Timestamp(nanoseconds: state?.lastDate ?? 0))
  }

  // MARK: Reading the rows

  private func reload(_ row: BooksState) throws {
    state = nil
    if catalogue.version != row.catalogueVersion {
      catalogue = try CatalogueRows.read(database)
      catalogueChanged = true
    }
    chain = HashChain(head: row.head)
    try reloadDimensions()
    try reloadCredits(after: row.projectedEntries)
    try reloadHolds()
    try reloadMachines()
    try reloadProjection(row)
    state = row
  }

  private func reloadDimensions() throws {
    dimensionIDs.removeAll(keepingCapacity: true)
    dimensions.removeAll(keepingCapacity: true)
    lastInterned = nil
    let sql = """
      SELECT id, customer, key, model, plan, price_version, machine, vendor, region, stream
      FROM dimensions
      """
    try RawStatement(database, sql).each { row in
      let value = Dimensions(
        customer: row.text(1), key: row.text(2), model: row.text(3), plan: row.text(4),
        priceVersion: row.text(5), machine: row.text(6), vendor: row.text(7), region: row.text(8),
        stream: row.text(9))
      dimensionIDs[value] = row.integer(0)
      dimensions[row.integer(0)] = value
    }
  }

  /// Balance = the projection + the entries after it.
  private func reloadCredits(after sequence: Int64) throws {
    credits.removeAll(keepingCapacity: true)
    let sql = """
      SELECT customer, micro, pico FROM balances WHERE account = ?1
      UNION ALL
      SELECT d.customer, e.micro, e.pico FROM entries e JOIN dimensions d ON d.id = e.dimensions
      WHERE e.seq > ?2 AND e.account = ?1
      """
    let statement = try RawStatement(database, sql)
    statement.bind(1, Account.customerCredit.code)
    statement.bind(2, sequence)
    try statement.each { row in
      guard let customer = row.text(0) else { return }
      // A liability is a credit, which is negative.
      credits[customer, default: Credit()].balance -= Money.join(
        micro: row.integer(1), pico: row.integer(2))
    }
  }

  private func reloadHolds() throws {
    holds.removeAll(keepingCapacity: true)
    let sql = """
      SELECT h.request, h.seq, h.dimensions, d.customer, h.micro, h.pico, h.expires, h.process,
        h.idempotent, EXISTS (SELECT 1 FROM closing_shares s WHERE s.request = h.request)
      FROM holds h JOIN dimensions d ON d.id = h.dimensions
      """
    try RawStatement(database, sql).each { row in
      guard let request = row.text(0), let customer = row.text(3) else { return }
      let hold = Hold(
        sequence: row.integer(1), dimensions: row.integer(2), customer: customer,
        picos: Money.join(micro: row.integer(4), pico: row.integer(5)), expires: row.integer(6),
        process: row.integer(7), isIdempotent: row.integer(8) != 0,
        hasShares: row.integer(9) != 0)
      holds[request] = hold
      credits[customer, default: Credit()].held += hold.picos
    }
  }

  private func reloadMachines() throws {
    machines.removeAll(keepingCapacity: true)
    let sql = """
      SELECT machine, hourly_pico, currency, opened, closed, booked, open_nanoseconds FROM machines
      """
    try RawStatement(database, sql).each { row in
      guard let name = row.text(0), let currency = Currency(number: row.integer(2)) else { return }
      machines[name] = Machine(
        rate: try MachineRate(hourly: Money(picos: Int128(row.integer(1)), currency)),
        opened: row.integer(3), closed: row.integer(4), booked: row.integer(5),
        openNanoseconds: row.integer(6))
    }
  }
}

/// The one row of `state`.
struct BooksState {
  var booksVersion: Int64
  var catalogueVersion: Int64
  var transactions: Int64
  var entries: Int64
  var usages: Int64
  var holds: Int64
  var lastDate: Int64
  var head: [UInt8]
  var projectedEntries: Int64
  var projectedUsages: Int64

  init(row: RawStatement) {
    booksVersion = row.integer(0)
    catalogueVersion = row.integer(1)
    transactions = row.integer(2)
    entries = row.integer(3)
    usages = row.integer(4)
    holds = row.integer(5)
    lastDate = row.integer(6)
    head = row.bytes(7)
    projectedEntries = row.integer(8)
    projectedUsages = row.integer(9)
  }
}
