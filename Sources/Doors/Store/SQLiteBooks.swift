package import Billing
import Foundation
import GRDB
package import Ledger
import Synchronization

/// The books in one SQLite file (WAL). Opening runs the migrations. Any number of processes may have
/// the file open; within one process, one instance serves all tasks.
package final class SQLiteBooks: BillingStore, BooksReader {
  package struct Options: Sendable {
    /// Operations in one commit.
    package var batch = 256
    /// Operations that may wait for the writer; more are refused with `storageUnavailable`.
    package var queue = 16_384
    /// A commit of fewer operations than this waits for more, when several callers are about.
    package var gather = 32
    package var gatherMicroseconds = 200
    /// Concurrent readers (pages, reports).
    package var readers = 4
    /// How long to wait for another process's commit.
    package var busyMilliseconds = 5_000
    /// Largest size of the file in pages of 4 KiB; nil: the disk's.
    package var maximumPages: Int?
    /// Whether the process that a token names still runs (`sweepHolds`).
    package var isAlive: @Sendable (String) -> Bool = ProcessToken.isAlive

    package init() {}
  }

  let pool: DatabasePool
  let time: any TimeSource
  private let commit: GroupCommit
  private let snapshot: CatalogueSnapshot
  private let options: Options
  private let token: ProcessToken
  private let isClosed = Mutex(false)

  /// - Throws: `storageUnavailable` when the file cannot be opened or is not a ledger.
  package init(
    path: String, time: any TimeSource, options: Options = Options()
  ) throws(BillingError) {
    self.options = options
    do {
      Self.createPrivately(path)
      let pool = try DatabasePool(path: path, configuration: Self.configuration(options))
      let migrator = Migrations.migrator()
      guard try !pool.read(migrator.hasBeenSuperseded) else { throw WrittenByNewerVersion() }
      try migrator.migrate(pool)
      let token = ProcessToken()
      let snapshot = CatalogueSnapshot(
        try pool.read { try CatalogueRows.read($0.sqliteConnection!) })
      let commit = GroupCommit(
        pool: pool,
        limits: GroupCommit.Limits(
          batch: max(1, options.batch), queue: max(1, options.queue), gather: options.gather,
          gatherMicroseconds: UInt32(clamping: options.gatherMicroseconds)))
      self.pool = pool
      self.time = time
      self.token = token
      self.snapshot = snapshot
      self.commit = commit
      // The threads must not hold `self`, whose end waits for theirs.
      try commit.start(
        open: { try Session($0, time: time, process: token.text) }, publish: snapshot.publish)
    } catch {
      // The statement that failed says nothing to an owner.
      let reason = (error as? DatabaseError)?.message ?? "\(error)"
      throw BillingError(
        .storageUnavailable,
        "cannot open the books at \(path): \(reason); check the path and its rights")
    }
  }

  deinit { close() }

  /// Commits and flushes what is queued, then closes the file. Later calls are refused.
  package func close() {
    let isFirst = isClosed.withLock { isClosed in
      defer { isClosed = true }
      return !isClosed
    }
    guard isFirst else { return }
    commit.stop()
    token.forget()
    try? pool.close()
    // Last, since only a connection that may write tidies the WAL away.
    commit.closeFile()
  }

  /// The books hold customers' answers and key digests: the file is its owner's alone to read. SQLite
  /// gives its companions (`-wal`, `-shm`) the same rights. A file that exists keeps its own.
  private static func createPrivately(_ path: String) {
    let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    if descriptor >= 0 { Foundation.close(descriptor) }
  }

  private static func configuration(_ options: Options) -> Configuration {
    var configuration = Configuration()
    configuration.label = "books"
    configuration.busyMode = .timeout(Double(options.busyMilliseconds) / 1000)
    configuration.maximumReaderCount = options.readers
    configuration.prepareDatabase { db in
      // Some builds overwrite what is deleted; nothing in the books is secret enough to pay for that.
      try db.execute(
        sql: "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = OFF")
      if let pages = options.maximumPages {
        try db.execute(sql: "PRAGMA max_page_count = \(pages)")
      }
    }
    return configuration
  }

  // MARK: Catalogue

  package func catalogue() -> Catalogue { snapshot.value }

  package func refreshCatalogue() async throws(BillingError) -> Catalogue {
    let known = catalogue()
    do {
      let newer = try await pool.read { db -> Catalogue? in
        let database = db.sqliteConnection!
        guard try CatalogueRows.version(database) > known.version else { return nil }
        return try CatalogueRows.read(database)
      }
      if let newer { snapshot.publish(newer) }
      return catalogue()
    } catch {
      throw BillingError(.storageUnavailable, "the books cannot be read: \(error)")
    }
  }

  // MARK: Operations

  /// Runs `body` on the writer's thread in the next commit.
  func perform<Value: Sendable>(
    durable: Bool = true, _ body: @escaping @Sendable (Session) throws -> Value
  ) async throws(BillingError) -> Value {
    let outcome = await withUnsafeContinuation { continuation in
      commit.submit(Work(isDurable: durable, continuation, body))
    }
    return try outcome.get()
  }

  package func admit(_ request: AdmissionRequest) async throws(BillingError) -> AdmissionOutcome {
    try await perform(durable: false) { try $0.admit(request) }
  }

  package func settle(_ settlement: Settlement) async throws(BillingError) -> UsageEvent {
    try await perform { try $0.settle(settlement) }
  }

  package func release(request: String) async throws(BillingError) {
    try await perform(durable: false) { try $0.release(request) }
  }

  package func sweepHolds(all: Bool) async throws(BillingError) -> Int {
    let isAlive = options.isAlive
    return try await perform { try $0.sweep(all: all, isAlive: isAlive) }
  }

  package func closeMachine(
    _ machine: String, rate: MachineRate, shares: [(request: String, nanoseconds: Int64)],
    until: Timestamp
  ) async throws(BillingError) {
    try await perform {
      try $0.closeMachine(machine, rate: rate, shares: shares, until: until)
    }
  }

  package func createCustomer(_ customer: Customer) async throws(BillingError) {
    try await perform { try $0.createCustomer(customer) }
  }

  package func createKey(_ key: APIKey, credit: Money?) async throws(BillingError) {
    try await perform { try $0.createKey(key, credit: credit) }
  }

  package func revokeKey(_ id: String, at instant: Timestamp) async throws(BillingError) {
    try await perform { try $0.revokeKey(id, at: instant) }
  }

  package func topUp(customer: String, amount: Money, id: String) async throws(BillingError) {
    try await perform { try $0.topUp(customer: customer, amount: amount, id: id) }
  }

  package func setPrice(_ price: PriceVersion) async throws(BillingError) {
    try await perform { try $0.setPrice(price) }
  }

  package func addUpstream(_ upstream: Upstream) async throws(BillingError) {
    try await perform { try $0.addUpstream(upstream) }
  }

  package func book(_ transaction: Transaction) async throws(BillingError) {
    try await perform { try $0.bookManual(transaction) }
  }
}

private struct WrittenByNewerVersion: Error, CustomStringConvertible {
  let description = "a newer version of this program wrote it; use that one"
}

/// The newest catalogue that this process has.
private final class CatalogueSnapshot: Sendable {
  private let newest: Mutex<Catalogue>

  init(_ catalogue: Catalogue) { newest = Mutex(catalogue) }

  var value: Catalogue { newest.withLock { $0 } }

  @Sendable func publish(_ newer: Catalogue) {
    newest.withLock { if newer.version >= $0.version { $0 = newer } }
  }
}
