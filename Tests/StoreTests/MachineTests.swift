import Billing
import Ledger
import Store
import TestSupport
import Testing

@Suite struct MachineTests {
  let second: Int64 = 1_000_000_000

  func totals(_ books: Books) async throws -> [Account: (Money, Int64)] {
    let totals = try await books.store.totals(from: .distantPast, to: .distantFuture, by: .none)
    return Dictionary(totals.map { ($0.account, ($0.amount, $0.nanoseconds)) }) { first, _ in first
    }
  }

  @Test("Law 5: requests + idle = the clock, cost = accrual, and capacity is zero at each closing")
  func interval() async throws {
    let books = try await Books.open()
    let rate = Sample.rate("3.6")
    try await books.store.closeMachine("m1", rate: rate, shares: [], until: books.clock.now())
    let running = try await books.admit(Sample.request("running"))
    try await books.serve("done", compute: ComputeShare(machine: "m1", nanoseconds: second))
    books.clock.advance(seconds: 10)
    try await books.store.closeMachine(
      "m1", rate: rate, shares: [("running", 2 * second)], until: books.clock.now())
    var sums = try await totals(books)
    #expect(try #require(sums[.computeUsed]) == (Sample.money("0.003"), 3 * second))
    #expect(try #require(sums[.idleCapacity]) == (Sample.money("0.007"), 7 * second))
    #expect(try #require(sums[.accruedInfrastructure]).0 == Sample.money("-0.01"))
    #expect(try #require(sums[.machineCapacity]).0.isZero)

    let event = try await books.store.settle(
      Sample.settlement(running, compute: ComputeShare(machine: "m1", nanoseconds: second)))
    #expect(event.computeNanoseconds == 3 * second)
    #expect(event.computeCost == Sample.money("0.003"))
    #expect(try await books.store.usageEvent("running") == event)
    sums = try await totals(books)
    #expect(try #require(sums[.machineCapacity]).0 == Sample.money("-0.001"))
    let clock = try #require(try await books.store.machines().first)
    #expect(clock.openNanoseconds == second && clock.closed == books.clock.now())
    var filter = JournalFilter()
    filter.request = "running"
    let rows = try await books.store.journal(filter)
    #expect(
      rows.filter { $0.entry.account == .computeUsed }.map(\.entry.nanoseconds) == [
        2 * second, second,
      ])
    #expect(rows.allSatisfy { $0.entry.dimensions.customer == "acme" })
    try await books.expectSound()
  }

  @Test("Downtime is idle capacity; a share after settlement goes to its request")
  func afterRestart() async throws {
    let books = try await Books.open()
    try await books.store.closeMachine(
      "m1", rate: Sample.rate(), shares: [], until: books.clock.now())
    try await books.serve("r1", compute: ComputeShare(machine: "m1", nanoseconds: second))
    books.store.close()
    books.clock.advance(seconds: 3600)
    let again = try SQLiteBooks(path: books.path, time: books.clock)
    try await again.closeMachine(
      "m1", rate: Sample.rate(), shares: [("r1", second)], until: books.clock.now())
    let totals = try await again.totals(from: .distantPast, to: .distantFuture, by: .none)
    let idle = totals.first { $0.account == .idleCapacity }
    #expect(idle?.nanoseconds == 3598 * second)
    #expect(try await again.usageEvent("r1")?.computeNanoseconds == 2 * second)
    #expect(try await again.verify().findings.isEmpty)
  }

  @Test("A new rate or currency starts after the interval at the old one")
  func rateChange() async throws {
    let books = try await Books.open()
    let start = books.clock.now()
    try await books.store.closeMachine("m1", rate: Sample.rate("3.6"), shares: [], until: start)
    books.clock.advance(seconds: 10)
    try await books.store.closeMachine(
      "m1", rate: Sample.rate("36", .cny), shares: [], until: books.clock.now())
    try await books.serve("r1", compute: ComputeShare(machine: "m1", nanoseconds: second))
    books.clock.advance(seconds: 10)
    try await books.store.closeMachine(
      "m1", rate: Sample.rate("36", .cny), shares: [], until: books.clock.now())
    let idle = try await books.store.totals(from: .distantPast, to: .distantFuture, by: .machine)
      .filter { $0.account == .idleCapacity }.map(\.amount)
    #expect(idle == [Sample.money("0.09", .cny), Sample.money("0.01")])
    #expect(try await books.store.usageEvent("r1")?.computeCost == Sample.money("0.01", .cny))
    try await books.expectSound()
  }

  @Test("Shares beyond the interval push the clock on; the next closing finds less")
  func overrun() async throws {
    let books = try await Books.open()
    let rate = Sample.rate("0.7")
    try await books.store.closeMachine("m1", rate: rate, shares: [], until: books.clock.now())
    _ = try await books.admit(Sample.request("r1"))
    books.clock.advance(seconds: 1)
    try await books.store.closeMachine(
      "m1", rate: rate, shares: [("r1", second + 500)], until: books.clock.now())
    #expect(
      try await books.store.machines()[0].closed.nanoseconds == books.clock.now().nanoseconds + 500)
    books.clock.advance(seconds: 1)
    try await books.store.closeMachine("m1", rate: rate, shares: [], until: books.clock.now())
    #expect(try await books.store.machines()[0].closed == books.clock.now())
    try await books.expectSound()
  }

  @Test("A free machine's time is counted all the same")
  func freeMachine() async throws {
    let books = try await Books.open()
    let rate = Sample.rate("0")
    try await books.store.closeMachine("m1", rate: rate, shares: [], until: books.clock.now())
    try await books.serve("r1", compute: ComputeShare(machine: "m1", nanoseconds: second))
    books.clock.advance(seconds: 3)
    try await books.store.closeMachine("m1", rate: rate, shares: [], until: books.clock.now())
    try await books.store.closeMachine("m1", rate: rate, shares: [], until: books.clock.now())
    let sums = try await totals(books)
    #expect(sums[.idleCapacity]?.1 == 2 * second && sums[.computeUsed]?.1 == second)
    try await books.expectSound()
  }

  @Test("Machine time on a machine never opened is refused, and the request can settle without")
  func unopened() async throws {
    let books = try await Books.open()
    let admission = try await books.admit(Sample.request("r1"))
    let refusal = try await code {
      _ = try await books.store.settle(
        Sample.settlement(admission, compute: ComputeShare(machine: "m1", nanoseconds: 1)))
    }
    #expect(refusal == .unknown)
    _ = try await books.store.settle(Sample.settlement(admission))
    try await books.expectSound()
  }
}
