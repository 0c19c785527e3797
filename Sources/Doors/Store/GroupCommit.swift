import Billing
import Dispatch
import Foundation
import GRDB
import GRDBSQLite
import Ledger
import Synchronization

/// Many callers, one commit, one disk flush.
///
/// A writer thread takes what callers have queued, up to `batch` operations, and runs them in one
/// transaction with `synchronous=NORMAL`, which writes the WAL without waiting for the disk. Callers
/// that need no durability go on right after the commit. The others are handed to a flusher thread,
/// which calls `fdatasync` on the WAL once for all commits that have gathered, while the writer
/// already runs the next ones, and only then lets them go on.
///
/// That is what `synchronous=FULL` promises: there SQLite syncs the same file after the same frames
/// are written and before `COMMIT` returns. Here the sync comes before the *caller* goes on, which is
/// all that a caller can see. Operations that read a commit not yet synced write their own frames
/// after it in the same file, and recovery keeps a prefix of the file (each frame's checksum covers
/// all before it): nothing that survives depends on something that was lost. Syncing through a
/// descriptor of our own syncs the file, whoever wrote it, and cannot drop SQLite's POSIX locks, as
/// those are on the database and `-shm` files. A checkpoint copies only synced frames (SQLite syncs
/// the WAL first), so a WAL that starts over loses nothing either.
final class GroupCommit: Sendable {
  let pool: DatabasePool
  let limits: Limits
  private let waiting = Mutex(Waiting())
  private let wakeWriter = DispatchSemaphore(value: 0)
  private let flusher: WALFlusher
  fileprivate let checkpointer: Checkpointer
  private let writerDone = DispatchSemaphore(value: 0)

  struct Limits: Sendable {
    /// Operations in one transaction.
    var batch: Int
    /// Operations that may wait; more are refused.
    var queue: Int
    /// When several callers are about, a commit of fewer than `gather` operations waits this long for
    /// more: a commit and a flush cost about 60 µs however few share them. A lone caller never waits.
    var gather: Int
    var gatherMicroseconds: UInt32
  }

  private struct Waiting {
    var jobs: [Job] = []
    var isIdle = false
    var isStopping = false
  }

  init(pool: DatabasePool, limits: Limits) {
    self.pool = pool
    self.limits = limits
    flusher = WALFlusher(path: pool.path + "-wal")
    checkpointer = Checkpointer(path: pool.path)
  }

  /// Starts the threads. `open` makes the session on the writer's connection, `publish` is called with
  /// each catalogue that a commit or another process made.
  func start(
    open: @escaping @Sendable (OpaquePointer) throws -> Session,
    publish: @escaping @Sendable (Catalogue) -> Void
  ) throws {
    let opened = DispatchSemaphore(value: 0)
    let failure = Mutex<(any Error)?>(nil)
    let thread = Thread { [self] in
      do {
        try pool.writeWithoutTransaction { db in
          let session = try open(db.sqliteConnection!)
          opened.signal()
          Writer(session: session, commit: self, publish: publish).run()
        }
      } catch {
        failure.withLock { $0 = error }
        opened.signal()
      }
      writerDone.signal()
    }
    thread.name = "books writer"
    thread.start()
    opened.wait()
    if let error = failure.withLock({ $0 }) { throw error }
    flusher.start()
    checkpointer.start()
  }

  /// Runs what is queued, flushes it, and ends the threads.
  func stop() {
    waiting.withLock { $0.isStopping = true }
    wakeWriter.signal()
    writerDone.wait()
    flusher.stop()
  }

  func closeFile() { checkpointer.stop() }

  func submit(_ job: Job) {
    enum Answer { case queued(wake: Bool), refused(String) }
    let answer = waiting.withLock { waiting -> Answer in
      if waiting.isStopping { return .refused("the books are closed") }
      guard waiting.jobs.count < limits.queue else {
        return .refused("\(limits.queue) operations wait for the disk; try again later")
      }
      waiting.jobs.append(job)
      defer { waiting.isIdle = false }
      return .queued(wake: waiting.isIdle)
    }
    switch answer {
    case .queued(let wake): if wake { wakeWriter.signal() }
    case .refused(let reason):
      job.fail(BillingError(.storageUnavailable, reason))
      job.resume()
    }
  }

  /// Waits for operations; nil when the books are closing and none is left.
  /// - Parameter last: how many the last commit had.
  fileprivate func next(after last: Int) -> [Job]? {
    enum Answer { case jobs([Job]), gather, wait, stop }
    var mayGather = last > 1 && limits.gatherMicroseconds > 0
    while true {
      let answer = waiting.withLock { waiting -> Answer in
        if waiting.jobs.isEmpty {
          if waiting.isStopping { return .stop }
          waiting.isIdle = true
          return .wait
        }
        if mayGather, waiting.jobs.count < limits.gather, !waiting.isStopping { return .gather }
        if waiting.jobs.count <= limits.batch {
          defer {
            waiting.jobs = []
            waiting.jobs.reserveCapacity(limits.batch)
          }
          return .jobs(waiting.jobs)
        }
        defer { waiting.jobs.removeFirst(limits.batch) }
        return .jobs(Array(waiting.jobs.prefix(limits.batch)))
      }
      switch answer {
      case .jobs(let jobs): return jobs
      case .gather:
        usleep(limits.gatherMicroseconds)
        mayGather = false
      case .wait: wakeWriter.wait()
      case .stop: return nil
      }
    }
  }

  fileprivate func settled(_ jobs: [Job]) {
    var durable: [Job] = []
    for job in jobs {
      if job.isDurable { durable.append(job) } else { job.resume() }
    }
    if !durable.isEmpty { flusher.flush(then: durable) }
  }
}

/// The writer's loop; lives on its thread.
private struct Writer {
  let session: Session
  let commit: GroupCommit
  let publish: @Sendable (Catalogue) -> Void

  func run() {
    var last = 0
    while let jobs = commit.next(after: last) {
      last = jobs.count
      attempt(jobs)
      if session.catalogueChanged {
        session.catalogueChanged = false
        publish(session.catalogue)
      }
      commit.settled(jobs)
      commit.checkpointer.writerCommitted(session.database, walPages: session.walPages.pointee)
    }
  }

  /// On a full disk, copies the WAL into the database: the next commit then writes it from its start,
  /// which takes no new room.
  private func makeRoom() {
    _ = sqlite3_wal_checkpoint_v2(session.database, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
  }

  /// One transaction for all. A fault of the disk fails all of them and leaves nothing; a fault of one
  /// operation's rows fails only that one.
  private func attempt(_ jobs: [Job]) {
    do {
      try session.begin()
      for job in jobs { try job.run(session) }
      try session.commit()
    } catch {
      session.rollback()
      let isOfOne = (error as? SQLiteFailure)?.isOfOneOperation ?? true
      if isOfOne, jobs.count > 1 {
        for job in jobs { attempt([job]) }
      } else {
        let reason = BillingError(
          .storageUnavailable, "the books cannot be written: \(error); nothing was booked")
        for job in jobs { job.fail(reason) }
        if (error as? SQLiteFailure)?.code == SQLITE_FULL { makeRoom() }
      }
    }
  }
}
