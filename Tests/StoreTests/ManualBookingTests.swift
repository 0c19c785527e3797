import Billing
import Ledger
import Store
import TestSupport
import Testing

/// What the owner books by hand.
struct ManualBookingTests {
  private func transaction(
    _ id: String = "salaries-2026-01", debit: Account = .people, credit: Account = .cash,
    amount: String = "50000", date: Timestamp = Sample.start, _ about: Dimensions = Dimensions()
  ) throws -> Transaction {
    let amount = Sample.money(amount)
    return try Transaction(
      id: id, kind: .manual, date: date,
      entries: [.debit(debit, amount, about), .credit(credit, amount, about)])
  }

  @Test func aBookingIsInTheJournalWithItsStreamAndTheBooksStaySound() async throws {
    let books = try await Books.open()
    try await books.serve("r1")
    let about = Dimensions(customer: "acme", plan: "basic", stream: "membership")
    try await books.store.book(
      transaction("fee-1", debit: .cash, credit: .membership, amount: "299", about))
    var filter = JournalFilter()
    filter.transaction = "fee-1"
    let rows = try await books.store.journal(filter)
    #expect(rows.map(\.entry.account) == [.cash, .membership])
    #expect(rows.map(\.kind) == [.manual, .manual])
    #expect(rows.allSatisfy { $0.entry.dimensions == about })
    try await books.serve("r2")
    try await books.expectSound()
  }

  @Test func theSameBookingAgainChangesNothingAndAnotherUnderItsIdIsRefused() async throws {
    let books = try await Books.open()
    try await books.store.book(transaction())
    let position = try await books.store.position()
    books.clock.advance(seconds: 90_000)
    try await books.store.book(transaction(date: books.clock.now()))
    #expect(try await books.store.position() == position)
    let other = try transaction(amount: "50001", date: books.clock.now())
    #expect(try await code { try await books.store.book(other) } == .exists)
    let moved = try transaction(credit: .loans, date: books.clock.now())
    #expect(try await code { try await books.store.book(moved) } == .exists)
    try await books.expectSound()
  }

  @Test func anIdOfAnotherKindOfBookingIsRefusedBothWays() async throws {
    let books = try await Books.open()
    try await books.store.topUp(customer: "acme", amount: Sample.money("5"), id: "pay-1")
    let booking = try transaction("pay-1")
    #expect(try await code { try await books.store.book(booking) } == .exists)
    try await books.store.book(transaction("pay-2"))
    #expect(
      try await code {
        try await books.store.topUp(customer: "acme", amount: Sample.money("5"), id: "pay-2")
      } == .exists)
    try await books.expectSound()
  }

  @Test(
    arguments: [
      (Account.customerCredit, Account.cash), (.cash, .customerCredit),
      (.machineCapacity, .cash), (.computeUsed, .cash), (.idleCapacity, .cash), (.cash, .usage),
      (.upstreamModels, .cash), (.unbilledReceivable, .licence), (.cash, .unbilledReceivable),
      (.people, .accruedInfrastructure), (.people, .payableToVendors),
    ])
  func whatTheProgramKeepsIsNotBookedByHand(debit: Account, credit: Account) async throws {
    let books = try await Books.open()
    let booking = try transaction(debit: debit, credit: credit)
    let error = await #expect(throws: BillingError.self) { try await books.store.book(booking) }
    #expect(error?.code == .invalid)
    let kept = [debit, credit].contains { error?.message.hasPrefix("\($0.rawValue): ") ?? false }
    #expect(kept, "\(error?.message ?? "")")
  }

  @Test func billsAreSettledByHand() async throws {
    let books = try await Books.open(credit: nil, terms: .onAccount)
    try await books.serve("r1", Sample.usage(1_000_000, output: 0))
    try await books.store.book(
      transaction(
        "paid", debit: .cash, credit: .unbilledReceivable, amount: "1", Dimensions(customer: "acme")
      ))
    try await books.store.book(transaction("vendor", debit: .payableToVendors, credit: .cash))
    try await books.store.book(transaction("cloud", debit: .accruedInfrastructure, credit: .cash))
    let unbilled = try await books.store.customers().first?.unbilled ?? []
    #expect(unbilled.contains { !$0.isZero } == false)
    try await books.expectSound()
  }

  @Test(arguments: ["use_x", "close_x", "top_x", "", " x", "a\nb"])
  func keptAndUnprintableIdsAreRefused(id: String) async throws {
    let books = try await Books.open()
    let booking = try transaction(id)
    #expect(try await code { try await books.store.book(booking) } == .invalid)
  }

  @Test func datesLieBetweenTheLastBookingAndNow() async throws {
    let books = try await Books.open()
    books.clock.advance(seconds: 7_200)
    try await books.serve("r1")
    let past = try transaction("past", date: Sample.start)
    #expect(try await code { try await books.store.book(past) } == .invalid)
    let future = try transaction("future", date: books.clock.now().advanced(bySeconds: 1))
    #expect(try await code { try await books.store.book(future) } == .invalid)
    let justBefore = try transaction(
      "just-before", date: books.clock.now().advanced(bySeconds: -30))
    try await books.store.book(justBefore)
    books.clock.advance(seconds: 3_600)
    let between = books.clock.now().advanced(bySeconds: -1_800)
    try await books.store.book(transaction("between", date: between))
    var filter = JournalFilter()
    filter.transaction = "between"
    #expect(try await books.store.journal(filter).first?.date == between)
    try await books.expectSound()
  }

  @Test func whatABookingIsAboutMustExistAndBeTheOwnersToSay() async throws {
    let books = try await Books.open()
    let stranger = try transaction("stranger", Dimensions(customer: "nobody"))
    #expect(try await code { try await books.store.book(stranger) } == .unknown)
    for about in [
      Dimensions(key: "key_acme"), Dimensions(request: "r"), Dimensions(machine: "m"),
      Dimensions(priceVersion: "p"),
    ] {
      let booking = try transaction("about", about)
      #expect(try await code { try await books.store.book(booking) } == .invalid)
    }
    let timed = try Transaction(
      id: "t", kind: .manual, date: Sample.start,
      entries: [
        .debit(.people, Sample.money("1"), nanoseconds: 5, Dimensions()),
        .credit(.cash, Sample.money("1"), Dimensions()),
      ])
    #expect(try await code { try await books.store.book(timed) } == .invalid)
    let wrongKind = try Transaction(
      id: "k", kind: .refund, date: Sample.start,
      entries: [
        .debit(.people, Sample.money("1"), Dimensions()),
        .credit(.cash, Sample.money("1"), Dimensions()),
      ])
    #expect(try await code { try await books.store.book(wrongKind) } == .invalid)
    let large = try transaction(amount: "1000000001")
    #expect(try await code { try await books.store.book(large) } == .invalid)
  }

  @Test func aHandBookingOnAKeptAccountIsFoundByVerification() async throws {
    let books = try await Books.open()
    try await books.store.book(transaction())
    try await books.serve("r1")
    books.store.close()
    // Account 111 (people) becomes 90 (compute used), as an edit of the file would.
    try SQLite(books.path).tamper("UPDATE entries SET account = 90 WHERE account = 111")
    let reopened = try SQLiteBooks(path: books.path, time: books.clock)
    let findings = try await reopened.verify().findings
    #expect(
      findings.contains { $0.check == "exactly_once" && $0.message.contains("booked by hand") })
  }
}
