import Billing
import Ledger
import Store
import TestSupport
import Testing

@Suite struct AdmissionTests {
  @Test("A hold is the worst case, and leaves the credit when it is released")
  func holdAndRelease() async throws {
    let books = try await Books.open()
    let admission = try await books.admit(Sample.request("r1", prompt: 1000, output: 500))
    // 1000 × 1 + 500 × 3 a million.
    #expect(admission.hold == Sample.money("0.0025"))
    #expect(try await books.credit()?.held == Sample.money("0.0025"))
    try await books.store.release(request: "r1")
    try await books.store.release(request: "r1")
    #expect(try await books.credit()?.held == Sample.money("0"))
    #expect(try await books.credit()?.balance == Sample.money("10"))
    try await books.expectSound()
  }

  @Test("No price, no serving: a model without one is refused, whatever the terms")
  func unpriced() async throws {
    for terms in [Customer.Terms.prepaid, .onAccount] {
      let books = try await Books.open(credit: terms == .prepaid ? "10" : nil, terms: terms)
      let refusal = try await code {
        _ = try await books.admit(Sample.request("r", model: "other"))
      }
      #expect(refusal == .modelNotPriced)
    }
  }

  @Test(
    "A refusal leaves nothing",
    arguments: [
      (Sample.request("r", key: "nobody"), BillingError.Code.invalidKey),
      (Sample.request("r", key: "key_old"), .expiredKey),
      (Sample.request("r", key: "key_gone"), .revokedKey),
      (Sample.request("r", key: "key_other"), .modelNotAllowed),
      (Sample.request("r", model: "dear-currency"), .currencyMismatch),
      (Sample.request("r", output: 10_000_000), .insufficientCredit),
      (Sample.request("taken"), .duplicateRequest),
      (Sample.request("settled"), .duplicateRequest),
    ] as [(AdmissionRequest, BillingError.Code)])
  func refusals(_ request: AdmissionRequest, _ expected: BillingError.Code) async throws {
    let books = try await Books.open()
    let store = books.store
    try await store.createKey(Sample.key("key_old", expires: Sample.start), credit: nil)
    try await store.createKey(Sample.key("key_gone"), credit: nil)
    try await store.revokeKey("key_gone", at: Sample.start)
    try await store.createKey(Sample.key("key_other", models: ["large"]), credit: nil)
    try await store.setPrice(Sample.price("p2", model: "dear-currency", currency: .cny))
    _ = try await books.admit(Sample.request("taken"))
    try await books.serve("settled")
    let before = try await books.credit()
    #expect(try await code { _ = try await books.store.admit(request) } == expected)
    let after = try await books.credit()
    #expect(before?.balance == after?.balance && before?.held == after?.held)
    try await books.expectSound()
  }

  @Test(
    "A key made by another process is known at once to admission, and to the snapshot on refresh")
  func otherProcess() async throws {
    let books = try await Books.open()
    let other = try SQLiteBooks(path: books.path, time: books.clock)
    try await other.createKey(Sample.key("key_new"), credit: Sample.money("1"))
    _ = try await books.admit(Sample.request("r", key: "key_new"))
    try await other.revokeKey("key_new", at: Sample.start)
    let snapshot = try await books.store.refreshCatalogue()
    #expect(snapshot.keys[Sample.digest("key_new")]?.revoked == Sample.start)
    let refusal = try await code { _ = try await books.admit(Sample.request("r2", key: "key_new")) }
    #expect(refusal == .revokedKey)
    #expect(books.store.catalogue().version == snapshot.version)
  }

  @Test("A limit the caller did not name is lowered to what the credit affords; a named one is not")
  func lowering() async throws {
    let books = try await Books.open(credit: "0.0004")
    // 100 prompt tokens cost 0.0001, which leaves 0.0003 = 100 completion tokens.
    let lowered = try await books.admit(Sample.request("r1", output: 100_000, mayLower: true))
    #expect(lowered.outputTokens == 100)
    #expect(lowered.hold == Sample.money("0.0004"))
    let refusal = try await code { _ = try await books.admit(Sample.request("r2", output: 1)) }
    #expect(refusal == .insufficientCredit)
  }

  @Test("Law 6, defect 4: 64 tasks on a small credit never spend more than it")
  func neverOverspend() async throws {
    let books = try await Books.open(credit: "0.01")
    let admitted = try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<64 {
        group.addTask {
          var served = 0
          for attempt in 0..<4 {
            let request = Sample.request("r\(task)-\(attempt)", prompt: 100, output: 100)
            do {
              let admission = try await books.admit(request)
              _ = try await books.store.settle(
                Sample.settlement(admission, usage: Sample.usage(100, output: 100)))
              served += 1
            } catch let error as BillingError {
              #expect(error.code == .insufficientCredit)
            }
          }
          return served
        }
      }
      return try await group.reduce(0, +)
    }
    // Each costs 0.0004: 25 fit into 0.01, no 26th does.
    #expect(admitted == 25)
    let credit = try #require(try await books.credit())
    #expect(credit.balance.isZero && credit.held.isZero)
    try await books.expectSound()
  }

  @Test("Top-ups: the same id again changes nothing, another amount under it is refused")
  func topUps() async throws {
    let books = try await Books.open(credit: nil, terms: .onAccount)
    try await books.store.topUp(customer: "acme", amount: Sample.money("5"), id: "t1")
    try await books.store.topUp(customer: "acme", amount: Sample.money("5"), id: "t1")
    #expect(try await books.credit()?.balance == Sample.money("5"))
    #expect(books.store.catalogue().customers["acme"]?.terms == .prepaid)
    let store = books.store
    for (amount, id, expected) in [
      (Sample.money("6"), "t1", BillingError.Code.exists),
      (Sample.money("6", .cny), "t2", .currencyMismatch), (Sample.money("0"), "t3", .invalid),
      (Sample.money("-1"), "t4", .invalid), (Sample.money("6"), "use_r1", .invalid),
    ] {
      let refusal = try await code {
        try await store.topUp(customer: "acme", amount: amount, id: id)
      }
      #expect(refusal == expected, "\(amount) \(id)")
    }
    let unknown = try await code {
      try await store.topUp(customer: "nobody", amount: Sample.money("1"), id: "t5")
    }
    #expect(unknown == .unknown)
    try await books.expectSound()
  }

  @Test("What exists is not made twice")
  func duplicates() async throws {
    let books = try await Books.open()
    let store = books.store
    try await store.addUpstream(Sample.upstream())
    #expect(try await code { try await store.createCustomer(Sample.customer()) } == .exists)
    #expect(try await code { try await store.createKey(Sample.key(), credit: nil) } == .exists)
    #expect(try await code { try await store.setPrice(Sample.price()) } == .exists)
    #expect(try await code { try await store.addUpstream(Sample.upstream()) } == .exists)
    #expect(try await code { try await store.revokeKey("none", at: Sample.start) } == .unknown)
    #expect(
      try await code { try await store.createKey(Sample.key("k", customer: "x"), credit: nil) }
        == .unknown)
    try await store.addUpstream(Sample.upstream(output: "9", costVersion: "cost_2"))
    #expect(try await store.upstreams().map(\.costVersion) == ["cost_2"])
  }
}
