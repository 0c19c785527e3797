import Dispatch
import Foundation
import GRDBSQLite
import Synchronization

/// Copies the WAL into the database beside the writer, on a connection of its own, so that neither
/// commits nor flushes wait for it. A WAL that is always written to never starts over that way: once
/// most is copied, the writer completes the little that is left (`finish`).
final class Checkpointer: Sendable {
  /// Pages in the WAL from which copying begins: 32 MB. Each round ends in a pause of the writer for
  /// two disk flushes, so rounds should be rare.
  static let pages: Int32 = 8000

  private enum Phase { case resting, wanted, copying, copied, stopping }
  private let phase = Mutex(Phase.resting)
  private let wake = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)
  private let path: String

  init(path: String) { self.path = path }

  func start() {
    let thread = Thread { [self] in
      run()
      done.signal()
    }
    thread.name = "books checkpointer"
    thread.start()
  }

  func stop() {
    phase.withLock { $0 = .stopping }
    wake.signal()
    done.wait()
  }

  /// The writer tells how long the WAL is after each commit.
  func writerCommitted(_ database: OpaquePointer, walPages: Int32) {
    guard walPages >= Self.pages else { return }
    let now = phase.withLock { phase -> Phase in
      let before = phase
      if phase == .resting { phase = .wanted }
      if phase == .copied { phase = .resting }
      return before
    }
    if now == .resting { wake.signal() }
    if now == .copied {
      _ = sqlite3_wal_checkpoint_v2(database, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }
  }

  private func run() {
    var database: OpaquePointer?
    defer { sqlite3_close_v2(database) }
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
    guard sqlite3_open_v2(path, &database, flags, nil) == SQLITE_OK else { return }
    sqlite3_exec(database, "PRAGMA synchronous = NORMAL", nil, nil, nil)
    while true {
      wake.wait()
      let isStopping = phase.withLock { phase in
        if phase == .wanted { phase = .copying }
        return phase == .stopping
      }
      if isStopping { return }
      // Twice: the second copies what came while the first ran, and leaves the writer next to nothing.
      for _ in 0..<2 {
        _ = sqlite3_wal_checkpoint_v2(database, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
      }
      phase.withLock { if $0 == .copying { $0 = .copied } }
    }
  }
}
