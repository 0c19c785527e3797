import Billing
import Foundation
import Ledger
import Store
import TestSupport
import Testing

@Suite struct RecoveryTests {
  /// The file and its WAL as they are now, as a crash would leave them.
  static func snapshot(_ path: String, to folder: TemporaryFolder) throws -> String {
    let copy = folder.file("copy.db")
    for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
      try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
    }
    return copy
  }

  @Test("Law 3, defect 3: what settled is in the files when settle returns")
  func durable() async throws {
    let books = try await Books.open()
    for number in 0..<20 {
      let event = try await books.serve("r\(number)")
      let folder = try TemporaryFolder()
      let again = try SQLiteBooks(path: Self.snapshot(books.path, to: folder), time: books.clock)
      #expect(try await again.usageEvent(event.id) == event)
      #expect(try await again.verify().findings.isEmpty)
      again.close()
    }
  }

  @Test(
    "Laws 1 to 6 hold in files copied at any moment of a load, with all that had returned by then")
  func copiedUnderLoad() async throws {
    let books = try await Books.open(credit: "1000")
    try await books.store.closeMachine(
      "m1", rate: Sample.rate(), shares: [], until: books.clock.now())
    let returned = Guarded<Set<String>>([])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<16 {
        group.addTask {
          for number in 0..<60 {
            let event = try await books.serve(
              "r\(task)-\(number)", compute: ComputeShare(machine: "m1", nanoseconds: 1000))
            returned.change { $0.insert(event.id) }
            books.clock.advance(nanoseconds: 1_000_000)
          }
        }
      }
      group.addTask {
        for _ in 0..<12 {
          let before = returned.value
          let folder = try TemporaryFolder()
          // The WAL alone is appended to; with less than a checkpoint's worth the file stands still.
          let copy = try Self.snapshot(books.path, to: folder)
          let again = try SQLiteBooks(path: copy, time: books.clock)
          #expect(try await again.verify().findings == [])
          var filter = UsageFilter()
          filter.limit = .max
          let events = Set(try await again.usageEvents(filter).map(\.id))
          #expect(before.isSubset(of: events), "lost \(before.subtracting(events))")
          books.clock.advance(seconds: 601)
          _ = try await again.sweepHolds(all: false)
          let left = try #require(try await again.customers().first?.balances.first)
          #expect(left.held.isZero)
          again.close()
          try await books.store.closeMachine(
            "m1", rate: Sample.rate(), shares: [], until: books.clock.now())
        }
      }
      try await group.waitForAll()
    }
    try await books.expectSound()
  }

  @Test("Two openings of one file, interleaved, keep one chain and one credit")
  func twoOpenings() async throws {
    let books = try await Books.open(credit: "0.02")
    let other = try SQLiteBooks(path: books.path, time: books.clock)
    try await books.store.closeMachine(
      "m1", rate: Sample.rate(), shares: [], until: books.clock.now())
    let served = Guarded(0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, store) in [books.store, other].enumerated() {
        for task in 0..<8 {
          group.addTask {
            for number in 0..<10 {
              let id = "r\(index)-\(task)-\(number)"
              do {
                guard case .admitted(let admission) = try await store.admit(Sample.request(id))
                else {
                  return
                }
                _ = try await store.settle(
                  Sample.settlement(
                    admission, usage: Sample.usage(100, output: 100),
                    compute: ComputeShare(machine: "m1", nanoseconds: 10)))
                served.change { $0 += 1 }
              } catch let error as BillingError {
                #expect(error.code == .insufficientCredit)
              }
            }
          }
        }
        group.addTask {
          for number in 0..<10 {
            books.clock.advance(nanoseconds: 1_000_000)
            try await store.closeMachine(
              "m1", rate: Sample.rate(), shares: [], until: books.clock.now())
            try await store.createCustomer(Sample.customer("c\(index)-\(number)"))
          }
        }
      }
      try await group.waitForAll()
    }
    // 50 × 0.0004 = 0.02.
    #expect(served.value == 50)
    #expect(try await books.credit()?.balance.isZero == true)
    #expect(try await other.verify().findings == [])
    let (mine, theirs) = (
      try await books.store.refreshCatalogue(), try await other.refreshCatalogue()
    )
    #expect(mine.version == theirs.version && mine.customers.count == 21)
  }

  @Test("Opening again changes nothing: migrations run once")
  func reopening() async throws {
    let books = try await Books.open()
    try await books.serve("r1")
    let head = try await books.store.verify().head
    books.store.close()
    for _ in 0..<3 {
      let again = try SQLiteBooks(path: books.path, time: books.clock)
      let report = try await again.verify()
      #expect(report.head == head && report.findings.isEmpty)
      #expect(again.catalogue().customers["acme"]?.plan == "basic")
      again.close()
    }
  }

  @Test("After closing, calls are refused, none hangs")
  func closed() async throws {
    let books = try await Books.open()
    let admission = try await books.admit(Sample.request("r1"))
    books.store.close()
    books.store.close()
    let store = books.store
    #expect(
      try await code { _ = try await store.settle(Sample.settlement(admission)) }
        == .storageUnavailable)
  }

  @Test("The file is its owner's alone to read, its companions too")
  func privateFile() async throws {
    let books = try await Books.open()
    for suffix in ["", "-wal", "-shm"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: books.path + suffix)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(suffix)")
    }
  }

  @Test("A file that a newer version wrote is refused")
  func newerVersion() async throws {
    let books = try await Books.open()
    books.store.close()
    try SQLite(books.path).execute("INSERT INTO grdb_migrations VALUES ('999 later')")
    let refusal = try await code { _ = try SQLiteBooks(path: books.path, time: books.clock) }
    #expect(refusal == .storageUnavailable)
  }

  @Test("A file that is no ledger, or cannot be made, is refused with a remedy")
  func unreadable() async throws {
    let folder = try TemporaryFolder()
    try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: folder.file("text.db")))
    for path in [folder.file("text.db"), folder.file("missing/books.db")] {
      let refusal = try await code { _ = try SQLiteBooks(path: path, time: HandClock()) }
      #expect(refusal == .storageUnavailable)
    }
  }
}
