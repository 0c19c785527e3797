import Billing
import Ledger
import Store
import TestSupport
import Testing

@Suite struct SettlementTests {
  @Test("Laws 1 and 2: a settled request has one event, one charge, one set of entries")
  func once() async throws {
    let books = try await Books.open()
    let admission = try await books.admit(Sample.request("r1", prompt: 1000, output: 1000))
    let usage = Sample.usage(1000, cached: 400, output: 200)
    let first = try await books.store.settle(Sample.settlement(admission, usage: usage))
    // 600 × 1 + 400 × 0.1 + 200 × 3 a million.
    #expect(first.charge == Sample.money("0.00124"))
    books.clock.advance(seconds: 5)
    let again = try await books.store.settle(
      Sample.settlement(admission, usage: Sample.usage(9, output: 9)))
    #expect(again == first)
    #expect(try await books.store.usageEvent("r1") == first)
    var filter = JournalFilter()
    filter.request = "r1"
    let rows = try await books.store.journal(filter)
    #expect(rows.map(\.entry.account) == [.customerCredit, .usage])
    #expect(rows.map(\.entry.amount) == [Sample.money("0.00124"), Sample.money("-0.00124")])
    #expect(rows.allSatisfy { $0.transaction == "use_r1" && $0.entry.dimensions.request == "r1" })
    #expect(rows.allSatisfy { $0.entry.dimensions.plan == "basic" })
    #expect(try await books.credit()?.balance == Sample.money("9.99876"))
    #expect(try await books.credit()?.held.isZero == true)
    try await books.expectSound()
  }

  @Test("Defect 1: a stream and its buffered twin are rated the same")
  func streamedOrNot() async throws {
    let books = try await Books.open()
    var charges: [Money?] = []
    for streamed in [false, true] {
      let admission = try await books.admit(Sample.request("r-\(streamed)"))
      let event = try await books.store.settle(Sample.settlement(admission, streamed: streamed))
      #expect(event.streamed == streamed)
      charges.append(event.charge)
    }
    #expect(charges[0] == charges[1] && charges[0] != nil)
  }

  @Test(
    "Defect 1: unknown usage is unrated, listed, booked with its cost, and never charged as zero")
  func unrated() async throws {
    let books = try await Books.open()
    try await books.store.closeMachine(
      "m1", rate: Sample.rate("3.6"), shares: [], until: books.clock.now())
    try await books.serve("known")
    let event = try await books.serve(
      "unknown", nil, compute: ComputeShare(machine: "m1", nanoseconds: 1_000_000))
    #expect(event.charge == nil && event.usage == nil)
    // 3.6 an hour is 10⁻³ a second.
    #expect(event.computeCost == Sample.money("0.000001"))
    var filter = UsageFilter()
    filter.unratedOnly = true
    #expect(try await books.store.usageEvents(filter).map(\.id) == ["unknown"])
    let totals = try await books.store.usageTotals(
      from: .distantPast, to: .distantFuture, by: .none)
    #expect(totals.map(\.requests) == [2] && totals.map(\.unrated) == [1])
    #expect(try await books.credit()?.held.isZero == true)
    try await books.expectSound()
  }

  @Test("A count that no request can have is left unrated for a decision, and breaks nothing")
  func absurdUsage() async throws {
    let dear = Sample.price(model: "vendor-model", output: "1000000")
    let books = try await Books.open(price: dear)
    try await books.store.addUpstream(Sample.upstream())
    let admission = try await books.admit(
      Sample.request("r1", model: "vendor-model", output: 1))
    let event = try await books.store.settle(
      Sample.settlement(admission, usage: Sample.usage(1, output: TokenUsage.limit)))
    #expect(event.usage == nil && event.charge == nil && event.upstreamCost == nil)
    #expect(try await books.credit()?.balance == Sample.money("10"))
    try await books.expectSound()
  }

  @Test("Defect 7: an aborted request pays for what was generated; its cost is booked in full")
  func aborted() async throws {
    let books = try await Books.open()
    try await books.store.closeMachine(
      "m1", rate: Sample.rate("3.6"), shares: [], until: books.clock.now())
    let admission = try await books.admit(Sample.request("r1", output: 1000))
    let event = try await books.store.settle(
      Sample.settlement(
        admission, usage: Sample.usage(100, output: 7), outcome: .aborted,
        compute: ComputeShare(machine: "m1", nanoseconds: 2_000_000_000)))
    #expect(event.outcome == .aborted)
    #expect(event.charge == Sample.money("0.000121"))
    #expect(event.computeCost == Sample.money("0.002"))
    try await books.expectSound()
  }

  @Test("Law 7: a price changed in mid-request or afterwards changes no charge already fixed")
  func pricesAreHistory() async throws {
    let books = try await Books.open()
    let admission = try await books.admit(Sample.request("r1", prompt: 1000, output: 0))
    let old = try await books.serve("r0", Sample.usage(1000, output: 0))
    books.clock.advance(seconds: 1)
    try await books.store.setPrice(
      Sample.price("price_2", input: "5", effective: books.clock.now(), created: books.clock.now()))
    let event = try await books.store.settle(
      Sample.settlement(admission, usage: Sample.usage(1000, output: 0)))
    #expect(event.priceVersion == "price_1" && event.charge == Sample.money("0.001"))
    let new = try await books.serve("r2", Sample.usage(1000, output: 0))
    #expect(new.priceVersion == "price_2" && new.charge == Sample.money("0.005"))
    #expect(try await books.store.usageEvent("r0")?.charge == old.charge)
    try await books.expectSound()
  }

  @Test("Law 6: what credit cannot bear is uncollected, never a negative balance")
  func overrun() async throws {
    let books = try await Books.open(credit: "0.001", price: Sample.price(model: "vendor-model"))
    try await books.store.addUpstream(Sample.upstream())
    let admission = try await books.admit(
      Sample.request("r1", model: "vendor-model", prompt: 100, output: 100))
    // The vendor ignored the limit.
    let event = try await books.store.settle(
      Sample.settlement(admission, usage: Sample.usage(100, output: 1000)))
    #expect(event.charge == Sample.money("0.0031"))
    #expect(event.uncollected == Sample.money("0.0021"))
    #expect(event.upstreamCost == Sample.money("0.00155"))
    #expect(event.vendor == "vendor-model" && event.costVersion == "cost_1")
    #expect(try await books.credit()?.balance.isZero == true)
    try await books.expectSound()
  }

  @Test("Law 6: an overrun takes nothing that another request holds")
  func overrunBesideHold() async throws {
    let books = try await Books.open(credit: "0.001")
    let first = try await books.admit(Sample.request("r1", prompt: 100, output: 100))
    let second = try await books.admit(Sample.request("r2", prompt: 100, output: 100))
    _ = try await books.store.settle(
      Sample.settlement(first, usage: Sample.usage(100, output: 1000)))
    let credit = try #require(try await books.credit())
    #expect(credit.balance == Sample.money("0.0004") && credit.held == credit.balance)
    let event = try await books.store.settle(
      Sample.settlement(second, usage: Sample.usage(100, output: 100)))
    #expect(event.uncollected.isZero)
    try await books.expectSound()
  }

  @Test("Defect 5: a lapsed hold is swept once, and its request still settles once")
  func lapsedHold() async throws {
    let books = try await Books.open(credit: "1")
    let admission = try await books.admit(Sample.request("r1"))
    #expect(try await books.store.sweepHolds(all: false) == 0)
    books.clock.advance(seconds: 601)
    #expect(try await books.store.sweepHolds(all: false) == 1)
    #expect(try await books.store.sweepHolds(all: false) == 0)
    #expect(try await books.credit()?.held.isZero == true)
    let event = try await books.store.settle(Sample.settlement(admission))
    #expect(event.charge == Sample.money("0.00025") && event.uncollected.isZero)
    #expect(try await books.store.settle(Sample.settlement(admission)) == event)
    try await books.store.release(request: "r1")
    #expect(try await books.credit()?.balance == Sample.money("0.99975"))
    try await books.expectSound()
  }

  @Test(
    "Law 3: holds of a process that is no more are released at start; a living one keeps its own")
  func formerProcess() async throws {
    let books = try await Books.open()
    let other = try SQLiteBooks(path: books.path, time: books.clock)
    _ = try await other.admit(Sample.request("theirs"))
    _ = try await books.admit(Sample.request("ours"))
    #expect(try await books.store.sweepHolds(all: true) == 0)
    other.close()
    #expect(try await books.store.sweepHolds(all: true) == 1)
    #expect(try await books.credit()?.held == Sample.money("0.0004"))
  }

  @Test("On account, a charge accrues to unbilled receivable in the price's currency")
  func onAccount() async throws {
    let books = try await Books.open(
      credit: nil, terms: .onAccount, price: Sample.price(currency: .cny))
    let event = try await books.serve("r1")
    #expect(event.charge == Sample.money("0.00025", .cny))
    let customer = try #require(try await books.store.customers().first)
    #expect(customer.unbilled == [Sample.money("0.00025", .cny)] && customer.balances.isEmpty)
    try await books.expectSound()
  }

  @Test("Defects 4 and 5: a request settled from many tasks at once is charged once")
  func settledAtOnce() async throws {
    let books = try await Books.open()
    let admission = try await books.admit(Sample.request("r1"))
    let events = try await withThrowingTaskGroup(of: UsageEvent.self) { group in
      for _ in 0..<32 {
        group.addTask { try await books.store.settle(Sample.settlement(admission)) }
      }
      return try await group.reduce(into: Set<UsageEvent>()) { $0.insert($1) }
    }
    #expect(events.count == 1)
    #expect(try await books.credit()?.balance == Sample.money("9.99975"))
    try await books.expectSound()
  }
}
