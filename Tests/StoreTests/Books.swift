import Billing
import Ledger
import Store
import TestSupport
import Testing

/// Books in a folder of their own, with a clock moved by hand.
struct Books {
  let folder: TemporaryFolder
  let clock: HandClock
  let store: SQLiteBooks
  var path: String { folder.file("books.db") }

  init(options: SQLiteBooks.Options = .init(), clock: HandClock = HandClock()) throws {
    folder = try TemporaryFolder()
    self.clock = clock
    store = try SQLiteBooks(path: folder.file("books.db"), time: clock, options: options)
  }

  /// A customer with a key, and a price for `small`.
  static func open(
    credit: String? = "10", terms: Customer.Terms = .prepaid, price: PriceVersion = Sample.price(),
    options: SQLiteBooks.Options = .init()
  ) async throws -> Books {
    let books = try Books(options: options)
    try await books.store.createCustomer(Sample.customer(terms: terms, plan: "basic"))
    try await books.store.createKey(Sample.key(), credit: credit.map { Sample.money($0) })
    try await books.store.setPrice(price)
    return books
  }

  func admit(_ request: AdmissionRequest) async throws -> Admission {
    guard case .admitted(let admission) = try await store.admit(request) else {
      throw BillingError(.invalid, "\(request.request) was answered from memory")
    }
    return admission
  }

  /// Admits and settles.
  @discardableResult
  func serve(
    _ id: String, _ usage: TokenUsage? = Sample.usage(), key: String = "key_acme",
    model: String = "small", compute: ComputeShare? = nil,
    outcome: Settlement.Outcome = .completed, milliseconds: Int = 34
  ) async throws -> UsageEvent {
    let admission = try await admit(
      Sample.request(
        id, key: key, model: model, prompt: usage?.prompt ?? 100, output: usage?.output ?? 100,
        expires: clock.now().advanced(bySeconds: 600)))
    return try await store.settle(
      Sample.settlement(
        admission, usage: usage, outcome: outcome, milliseconds: milliseconds, compute: compute))
  }

  /// Credit and what of it is held.
  func credit(_ customer: String = "acme") async throws -> (balance: Money, held: Money)? {
    try await store.customers().first { $0.customer.id == customer }?.balances.first
  }

  func expectSound(_ location: SourceLocation = #_sourceLocation) async throws {
    let report = try await store.verify()
    #expect(report.findings.isEmpty, sourceLocation: location)
  }
}

/// The code of the error that `body` throws; nil when it throws none.
func code(_ body: () async throws -> Void) async throws -> BillingError.Code? {
  do {
    try await body()
    return nil
  } catch let error as BillingError {
    return error.code
  }
}
