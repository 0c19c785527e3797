import Billing
import Ledger
import Store
import TestSupport
import Testing

@Suite struct CatalogueTests {
  @Test("A plan's price is its customers' alone, also for a process that opens the books later")
  func planPrice() async throws {
    let books = try await Books.open()
    try await books.store.createCustomer(Sample.customer("other", terms: .onAccount))
    try await books.store.createKey(Sample.key("key_other", customer: "other"), credit: nil)
    try await books.store.setPrice(
      Sample.price("price_basic", plan: "basic", input: "7", effective: Sample.start))
    let later = try SQLiteBooks(path: books.path, time: books.clock)
    for store in [books.store, later] {
      guard case .admitted(let own) = try await store.admit(Sample.request("own")),
        case .admitted(let other) = try await store.admit(
          Sample.request("other", key: "key_other"))
      else {
        Issue.record("not admitted")
        return
      }
      #expect(own.price.id == "price_basic" && own.price.plan == "basic")
      #expect(other.price.id == "price_1" && other.price.plan == nil)
      try await store.release(request: "own")
      try await store.release(request: "other")
    }
    #expect(try await later.prices().first { $0.id == "price_basic" }?.plan == "basic")
  }

  @Test(
    "A name is one visible line",
    arguments: ["", " ", "a ", "\u{3000}a", "a\nb", "a\u{0}", String(repeating: "x", count: 201)])
  func names(_ name: String) async throws {
    let store = try await Books.open().store
    let customer = Customer(
      id: "c", name: name, currency: .usd, terms: .onAccount, plan: nil, created: Sample.start)
    #expect(try await code { try await store.createCustomer(customer) } == .invalid)
    #expect(
      try await code { try await store.createCustomer(Sample.customer("c", plan: name)) }
        == .invalid)
    #expect(
      try await code { try await store.setPrice(Sample.price("p", model: name)) } == .invalid)
    #expect(
      try await code { try await store.addUpstream(Sample.upstream(name)) } == .invalid)
  }

  @Test("Names of any script, with spaces and signs inside, are kept as they are")
  func names() async throws {
    let store = try await Books.open().store
    for (number, name) in ["青石科技", "Bär & Söhne", "org/model:v1.2", "=SUM(A1)", "👍 team"]
      .enumerated()
    {
      try await store.createCustomer(
        Customer(
          id: "c\(number)", name: name, currency: .usd, terms: .onAccount, plan: nil,
          created: Sample.start))
      #expect(try await store.customers().contains { $0.customer.name == name })
    }
  }
}
