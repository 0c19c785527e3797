import Billing
import Ledger
import Store
import TestSupport
import Testing

@Suite struct FaultTests {
  @Test("A full disk refuses, books nothing by halves, and serves again when there is room")
  func fullDisk() async throws {
    var options = SQLiteBooks.Options()
    options.maximumPages = 80
    let books = try await Books.open(credit: "100", options: options)
    var settled = 0
    var refused: Admission?
    for number in 0..<5000 where refused == nil {
      do {
        let admission = try await books.admit(Sample.request("r\(number)"))
        refused = admission
        _ = try await books.store.settle(Sample.settlement(admission))
        refused = nil
        settled += 1
      } catch {
        #expect(error as? BillingError != nil)
        #expect((error as? BillingError)?.code == .storageUnavailable)
        if refused == nil { break }
      }
    }
    #expect(settled > 20 && settled < 4999)
    #expect(try await books.store.verify().findings == [])
    let before = try #require(try await books.credit())

    // Many at once: all of the batch are refused alike.
    let codes = await withTaskGroup(of: BillingError.Code?.self) { group in
      for task in 0..<32 {
        group.addTask {
          try? await code {
            _ = try await books.admit(Sample.request("many\(task)", key: "key_acme"))
          }
        }
      }
      return await group.reduce(into: Set<BillingError.Code?>()) { $0.insert($1) }
    }
    #expect(codes.isSubset(of: [.storageUnavailable, nil]))
    #expect(try await books.store.verify().findings == [])

    // Room again: the same file under a larger limit.
    books.store.close()
    let again = try SQLiteBooks(path: books.path, time: books.clock)
    if let refused {
      let event = try await again.settle(Sample.settlement(refused))
      #expect(try await again.settle(Sample.settlement(refused)) == event)
    }
    guard case .admitted(let admission) = try await again.admit(Sample.request("after")) else {
      Issue.record("not admitted")
      return
    }
    _ = try await again.settle(Sample.settlement(admission))
    #expect(try await again.verify().findings == [])
    #expect(try await again.customers()[0].balances[0].balance < before.balance)
  }

  @Test("More operations than may wait are refused at once, and what was queued is served")
  func boundedQueue() async throws {
    var options = SQLiteBooks.Options()
    options.queue = 4
    options.batch = 2
    let books = try await Books.open(options: options)
    let codes = await withTaskGroup(of: BillingError.Code?.self) { group in
      for task in 0..<200 {
        group.addTask { try? await code { try await books.serve("r\(task)") } }
      }
      return await group.reduce(into: Set<BillingError.Code?>()) { $0.insert($1) }
    }
    #expect(codes.isSubset(of: [.storageUnavailable, nil]) && codes.contains(nil))
    try await books.expectSound()
  }

  @Test("A fault in one operation's rows fails that one alone, not those that share its commit")
  func faultOfOne() async throws {
    let books = try await Books.open()
    _ = try await books.store.sweepHolds(all: false)
    // A row that another program wrote, unannounced, under an id the books will want: the commit fails,
    // each operation is tried by itself, and the one at fault now sees it.
    try SQLite(books.path).execute(
      "INSERT INTO keys SELECT 'key_taken', customer, zeroblob(32), 'x', 0, NULL, NULL, NULL FROM keys"
    )
    let codes = await withTaskGroup(of: BillingError.Code?.self) { group in
      for task in 0..<20 {
        group.addTask { try? await code { try await books.serve("r\(task)") } }
      }
      group.addTask {
        try? await code {
          try await books.store.createKey(Sample.key("key_taken"), credit: Sample.money("1"))
        }
      }
      return await group.reduce(into: [BillingError.Code?]()) { $0.append($1) }
    }
    let refusals = codes.compactMap { $0 }
    #expect(refusals.count == 1)
    // Alone in its commit, it has not seen the row yet.
    #expect([.exists, .storageUnavailable].contains(refusals.first))
    #expect(try await books.credit()?.balance == Sample.money("9.995"))
    try await books.expectSound()
  }
}

/// A real file system of a few hundred kilobytes, where the tests may mount one.
@Suite(.enabled(if: SmallDisk.isAvailable)) struct SmallDiskTests {
  @Test("On a disk that fills and is then given room, the same books refuse and then serve again")
  func fillAndGrow() async throws {
    let disk = try SmallDisk(kilobytes: 2048)
    let clock = HandClock()
    let store = try SQLiteBooks(path: disk.file("books.db"), time: clock)
    try await store.createCustomer(Sample.customer())
    try await store.createKey(Sample.key(), credit: Sample.money("100"))
    try await store.setPrice(Sample.price())
    var settled = 0
    var refused = 0
    for number in 0..<20_000 where refused < 20 {
      do {
        guard case .admitted(let admission) = try await store.admit(Sample.request("r\(number)"))
        else { return }
        _ = try await store.settle(Sample.settlement(admission))
        settled += 1
      } catch {
        #expect(error.code == .storageUnavailable)
        refused += 1
      }
    }
    #expect(refused == 20 && settled > 50)
    try disk.resize(kilobytes: 16384)
    guard case .admitted(let admission) = try await store.admit(Sample.request("after")) else {
      Issue.record("not admitted")
      return
    }
    let event = try await store.settle(Sample.settlement(admission))
    #expect(try await store.usageEvent("after") == event)
    let report = try await store.verify()
    #expect(report.findings == [] && report.requests == settled + 1)
    store.close()
  }
}
