import Billing
import Ledger
import Store
import TestSupport
import Testing

/// What the books should say, kept in the plainest way.
struct BooksModel {
  struct Open {
    let admission: Admission
    let expires: Timestamp
    var isHeld = true
  }

  var balance: [String: Int128] = [:]
  var open: [String: Open] = [:]
  var settled: [String: UsageEvent] = [:]
  var charged: Int128 = 0
  var uncollected: Int128 = 0
  var machineNanoseconds: Int64 = 0

  func held(_ customer: String) -> Int128 {
    open.values.filter { $0.isHeld && $0.admission.customer.id == customer }
      .reduce(0) { $0 + $1.admission.hold.picos }
  }

  /// Charge and what of it credit cannot bear.
  func charge(_ open: Open, _ usage: TokenUsage) -> (Int128, uncollected: Int128) {
    let price = open.admission.price
    let charge =
      (Int128(usage.input) * price.input.picos + Int128(usage.cachedInput) * price.cachedInput.picos
        + Int128(usage.output) * price.output.picos) / 1_000_000 + price.perRequest.picos
    guard open.admission.customer.terms == .prepaid else { return (charge, 0) }
    let customer = open.admission.customer.id
    let others = held(customer) - (open.isHeld ? open.admission.hold.picos : 0)
    return (charge, max(0, charge - max(0, balance[customer, default: 0] - others)))
  }
}

@Suite struct LawTests {
  @Test("Laws 1, 2, 5, 6 and 7 hold after random operations, restarts included", arguments: 1...6)
  func randomOperations(_ seed: UInt64) async throws {
    var run = try await Run(seed: seed)
    for step in 0..<400 {
      try await run.step(step)
      if step % 100 == 99 {
        try await run.compare()
        try await run.reopen()
      }
    }
    try await run.compare()
  }
}

private struct Run {
  let books: Books
  var store: SQLiteBooks
  var model = BooksModel()
  var generator: SplitMix64
  var number = 0
  let customers = ["acme", "beta", "gamma"]

  init(seed: UInt64) async throws {
    generator = SplitMix64(seed: seed)
    books = try Books()
    store = books.store
    for (index, id) in customers.enumerated() {
      let terms: Customer.Terms = index == 2 ? .onAccount : .prepaid
      try await store.createCustomer(Sample.customer(id, terms: terms))
      try await store.createKey(
        Sample.key("key_\(id)", customer: id), credit: index == 2 ? nil : Sample.money("0.01"))
      model.balance[id] = index == 2 ? 0 : Sample.money("0.01").picos
    }
    try await store.setPrice(Sample.price(perRequest: "0.000001"))
    try await store.closeMachine(
      "m1", rate: Sample.rate("1.234567"), shares: [], until: books.clock.now())
  }

  mutating func step(_ step: Int) async throws {
    books.clock.advance(nanoseconds: Int64.random(in: 0...3_000_000_000, using: &generator))
    switch Int.random(in: 0..<20, using: &generator) {
    case 0..<8: try await admit()
    case 8..<14: try await settle()
    case 14: try await settleAgain()
    case 15: try await release()
    case 16: try await sweep()
    case 17: try await topUp(step)
    case 18: try await newPrice(step)
    default: try await closeMachine()
    }
  }

  private mutating func admit() async throws {
    let customer = customers.randomElement(using: &generator)!
    number += 1
    let prompt = Int.random(in: 0...900, using: &generator)
    let output = Int.random(in: 1...900, using: &generator)
    let expires = books.clock.now().advanced(
      bySeconds: Int64.random(in: 1...200, using: &generator))
    let request = Sample.request(
      "r\(number)", key: "key_\(customer)", prompt: prompt, output: output, expires: expires)
    let price = try store.catalogue().price(
      model: "small", for: Sample.customer(customer), at: books.clock.now())
    let worst = Rating.worstCase(prompt: prompt, output: output, at: price).picos
    let isPrepaid = store.catalogue().customers[customer]!.terms == .prepaid
    let fits = !isPrepaid || worst <= model.balance[customer]! - model.held(customer)
    do {
      let admission = try await books.admitOn(store, request)
      #expect(fits)
      #expect(admission.hold.picos == (isPrepaid ? worst : 0))
      model.open[request.request] = .init(admission: admission, expires: expires)
    } catch let error as BillingError {
      #expect(error.code == .insufficientCredit && !fits)
    }
  }

  private mutating func settle() async throws {
    guard let id = model.open.keys.sorted().randomElement(using: &generator) else { return }
    let open = model.open[id]!
    let usage =
      Int.random(in: 0..<12, using: &generator) == 0
      ? nil
      : Sample.usage(
        Int.random(in: 3...900, using: &generator),
        cached: Int.random(in: 0...3, using: &generator),
        output: Int.random(in: 0...1200, using: &generator))
    let compute =
      Bool.random(using: &generator)
      ? ComputeShare(machine: "m1", nanoseconds: Int64.random(in: 0...999_999, using: &generator))
      : nil
    let event = try await store.settle(
      Sample.settlement(
        open.admission, usage: usage, outcome: usage == nil ? .failed : .completed, compute: compute
      ))
    if let usage {
      let (charge, uncollected) = model.charge(open, usage)
      #expect(event.charge?.picos == charge && event.uncollected.picos == uncollected)
      model.charged += charge
      model.uncollected += uncollected
      if open.admission.customer.terms == .prepaid {
        model.balance[open.admission.customer.id]! -= charge - uncollected
      }
    } else {
      #expect(event.charge == nil && event.uncollected.isZero)
    }
    #expect(event.priceVersion == open.admission.price.id)
    model.machineNanoseconds += compute?.nanoseconds ?? 0
    model.open[id] = nil
    model.settled[id] = event
  }

  private mutating func settleAgain() async throws {
    guard let id = model.settled.keys.sorted().randomElement(using: &generator) else { return }
    let first = model.settled[id]!
    let admission = Admission(
      request: id, customer: Sample.customer(first.customer), key: Sample.key(), model: "small",
      price: Sample.price("other", input: "9"), upstream: nil, hold: Sample.money("1"),
      outputTokens: 1, admitted: books.clock.now())
    #expect(try await store.settle(Sample.settlement(admission)) == first)
    let refusal = try await code { [store] in
      _ = try await store.admit(Sample.request(id, key: "key_\(first.customer)"))
    }
    #expect(refusal == .duplicateRequest)
  }

  private mutating func release() async throws {
    guard let id = model.open.keys.sorted().randomElement(using: &generator) else { return }
    try await store.release(request: id)
    model.open[id] = nil
  }

  private mutating func sweep() async throws {
    let now = books.clock.now()
    var lapsed = 0
    for (id, open) in model.open where open.isHeld && open.expires <= now {
      model.open[id]!.isHeld = false
      lapsed += 1
    }
    #expect(try await store.sweepHolds(all: false) == lapsed)
  }

  private mutating func topUp(_ step: Int) async throws {
    let customer = customers[Int.random(in: 0..<2, using: &generator)]
    try await store.topUp(customer: customer, amount: Sample.money("0.003"), id: "top\(step)")
    model.balance[customer]! += Sample.money("0.003").picos
  }

  private mutating func newPrice(_ step: Int) async throws {
    let now = books.clock.now()
    try await store.setPrice(
      Sample.price(
        "p\(step)", input: "\(Int.random(in: 0...5, using: &generator))", cached: "0.123456",
        output: "\(Int.random(in: 0...9, using: &generator))", effective: now, created: now))
  }

  private mutating func closeMachine() async throws {
    let shares = model.open.keys.sorted().prefix(3).map {
      (request: $0, nanoseconds: Int64.random(in: 0...5_000_000, using: &generator))
    }
    try await store.closeMachine(
      "m1", rate: Sample.rate("1.234567"), shares: shares, until: books.clock.now())
    model.machineNanoseconds += shares.reduce(0) { $0 + $1.nanoseconds }
  }

  mutating func reopen() async throws {
    store.close()
    store = try SQLiteBooks(path: books.path, time: books.clock)
  }

  func compare() async throws {
    #expect(try await store.verify().findings == [])
    for balance in try await store.customers() where balance.customer.terms == .prepaid {
      #expect(balance.balances[0].balance.picos == model.balance[balance.customer.id])
      #expect(balance.balances[0].held.picos == model.held(balance.customer.id))
      #expect(balance.balances[0].balance >= balance.balances[0].held)
    }
    let totals = try await store.totals(from: .distantPast, to: .distantFuture, by: .none)
    func sum(_ account: Account) -> Int128 {
      totals.filter { $0.account == account }.reduce(0) { $0 + $1.amount.picos }
    }
    #expect(-sum(.usage) == model.charged && sum(.badDebt) == model.uncollected)
    #expect(
      totals.first { $0.account == .computeUsed }?.nanoseconds ?? 0 == model.machineNanoseconds)
    #expect(totals.reduce(0) { $0 + $1.amount.picos } == 0)
    let usage = try await store.usageTotals(from: .distantPast, to: .distantFuture, by: .none)
    #expect(usage.first?.requests ?? 0 == model.settled.count)
  }
}

extension Books {
  fileprivate func admitOn(
    _ store: SQLiteBooks, _ request: AdmissionRequest
  ) async throws -> Admission {
    guard case .admitted(let admission) = try await store.admit(request) else {
      throw BillingError(.invalid, "replayed")
    }
    return admission
  }
}
