import Billing
import Foundation
import Ledger

/// Customers, keys, prices, upstreams and credit.
extension Session {
  /// No charge and no top-up comes near it; it keeps every sum of the rows within 64 bits.
  static let largestAmount = ManualBooking.largestAmount

  func createCustomer(_ customer: Customer) throws {
    try Name.check(customer.name, field: "name")
    if let plan = customer.plan { try Name.check(plan, field: "plan") }
    guard catalogue.customers[customer.id] == nil,
      !catalogue.customers.values.contains(where: { $0.name == customer.name })
    else {
      throw BillingError(.exists, "customer '\(customer.name)' exists already; choose another name")
    }
    let row = try cached("INSERT INTO customers VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
    row.bind(1, customer.id)
    row.bind(2, customer.name)
    row.bind(3, customer.currency.number)
    row.bind(4, customer.terms.rawValue)
    row.bind(5, customer.plan)
    row.bind(6, customer.created.nanoseconds)
    try row.run()
    changeCatalogue { $0.customers[customer.id] = customer }
  }

  func createKey(_ key: APIKey, credit: Money?) throws {
    guard let customer = catalogue.customers[key.customer] else {
      throw unknown(customer: key.customer)
    }
    guard catalogue.keys[key.digest] == nil,
      !catalogue.keys.values.contains(where: { $0.id == key.id })
    else { throw BillingError(.exists, "API key \(key.id) exists already; make another") }
    let topUp = try credit.map { try checkedTopUp(customer, amount: $0, id: "top_\(key.id)") }
    let row = try cached("INSERT INTO keys VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
    row.bind(1, key.id)
    row.bind(2, key.customer)
    row.bind(3, key.digest.bytes)
    row.bind(4, key.prefix)
    row.bind(5, key.created.nanoseconds)
    row.bind(6, key.expires?.nanoseconds)
    row.bind(7, key.revoked?.nanoseconds)
    row.bind(
      8, try key.models.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) })
    try row.run()
    changeCatalogue { $0.keys[key.digest] = key }
    if let topUp { try bookTopUp(topUp, customer) }
  }

  /// The first revocation counts.
  func revokeKey(_ id: String, at instant: Timestamp) throws {
    guard let key = catalogue.keys.values.first(where: { $0.id == id }) else {
      throw BillingError(.unknown, "no API key has id '\(id)'; list them with: breakeven key list")
    }
    guard key.revoked == nil else { return }
    let row = try cached("UPDATE keys SET revoked = ?2 WHERE id = ?1")
    row.bind(1, id)
    row.bind(2, instant.nanoseconds)
    try row.run()
    changeCatalogue {
      $0.keys[key.digest] = APIKey(
        id: key.id, customer: key.customer, digest: key.digest, prefix: key.prefix,
        created: key.created, expires: key.expires, revoked: instant, models: key.models)
    }
  }

  /// The same id again changes nothing; another amount or customer under it is refused.
  func topUp(customer id: String, amount: Money, id transaction: String) throws {
    guard let customer = catalogue.customers[id] else { throw unknown(customer: id) }
    if let booked = try bookedTopUp(transaction) {
      guard booked == (id, amount) else {
        throw BillingError(.exists, "transaction '\(transaction)' is another booking; use a new id")
      }
      return
    }
    try bookTopUp(checkedTopUp(customer, amount: amount, id: transaction), customer)
  }

  private func checkedTopUp(_ customer: Customer, amount: Money, id: String) throws -> Transaction {
    guard amount.currency == customer.currency else {
      throw BillingError(
        .currencyMismatch,
        "credit: \(amount.currency) is not \(customer.name)'s currency; give it in \(customer.currency)"
      )
    }
    guard amount.picos > 0, amount.picos <= Self.largestAmount else {
      throw BillingError(.invalid, "credit: \(amount) must be above 0 and at most 1000000000")
    }
    guard !id.isEmpty, !id.hasPrefix(Posting.usageID("")), !id.hasPrefix("close_") else {
      throw BillingError(
        .invalid, "id: '\(id)' is kept for usage and closings; start it with something else")
    }
    guard try !isBooked(id) else {
      throw BillingError(.exists, "transaction '\(id)' is booked already; use a new id")
    }
    return try Posting.topUp(customer: customer.id, amount: amount, id: id, at: now())
  }

  /// Books the credit; an on-account customer becomes prepaid with the first.
  private func bookTopUp(_ transaction: Transaction, _ customer: Customer) throws {
    try book(transaction)
    guard customer.terms != .prepaid else { return }
    let row = try cached("UPDATE customers SET terms = ?2 WHERE id = ?1")
    row.bind(1, customer.id)
    row.bind(2, Customer.Terms.prepaid.rawValue)
    try row.run()
    changeCatalogue {
      $0.customers[customer.id] = Customer(
        id: customer.id, name: customer.name, currency: customer.currency, terms: .prepaid,
        plan: customer.plan, created: customer.created)
    }
  }

  private func bookedTopUp(_ id: String) throws -> (String, Money)? {
    let statement = try cached(
      """
      SELECT d.customer, e.currency, -e.micro, -e.pico FROM transactions t
      JOIN entries e ON e.seq >= t.first_entry AND e.tx = t.seq AND e.account = ?2
      JOIN dimensions d ON d.id = e.dimensions
      WHERE t.id = ?1 AND e.seq < t.first_entry + 2
      """)
    statement.bind(1, id)
    statement.bind(2, Account.customerCredit.code)
    return try statement.first { row in
      (row.text(0) ?? "", row.money(2, try row.currency(1)))
    }
  }

  func setPrice(_ price: PriceVersion) throws {
    try Name.check(price.model, field: "model")
    if let plan = price.plan { try Name.check(plan, field: "plan") }
    guard !catalogue.prices.values.joined().contains(where: { $0.id == price.id }) else {
      throw BillingError(
        .exists, "price version \(price.id) exists already; a new price needs a new id")
    }
    let row = try cached(
      """
      INSERT INTO prices (id, model, currency, input_micro, cached_micro, output_micro,
        request_micro, effective, created, plan) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      """)
    row.bind(1, price.id)
    row.bind(2, price.model)
    row.bind(3, price.currency.number)
    row.bind(4, Money.split(price.input.picos).micro)
    row.bind(5, Money.split(price.cachedInput.picos).micro)
    row.bind(6, Money.split(price.output.picos).micro)
    row.bind(7, Money.split(price.perRequest.picos).micro)
    row.bind(8, price.effective.nanoseconds)
    row.bind(9, price.created.nanoseconds)
    row.bind(10, price.plan)
    try row.run()
    changeCatalogue { catalogue in
      let others = catalogue.prices[price.model, default: []]
      // Newest effective, then newest made, first; this one is the last made.
      let index = others.firstIndex {
        ($0.effective, $0.created) <= (price.effective, price.created)
      }
      catalogue.prices[price.model, default: []].insert(price, at: index ?? others.endIndex)
    }
  }

  /// A name again is a new version of its address and cost.
  func addUpstream(_ upstream: Upstream) throws {
    try Name.check(upstream.name, field: "name")
    try Name.check(upstream.model, field: "model")
    let row = try cached("SELECT 1 FROM upstreams WHERE cost_version = ?1")
    row.bind(1, upstream.costVersion)
    guard try row.first({ _ in true }) == nil else {
      throw BillingError(
        .exists, "cost version \(upstream.costVersion) exists already; a new cost needs a new id")
    }
    let insert = try cached(
      """
      INSERT INTO upstreams (name, url, model, key_environment, cost_version, currency, input_micro,
        cached_micro, output_micro) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
      """)
    insert.bind(1, upstream.name)
    insert.bind(2, upstream.url)
    insert.bind(3, upstream.model)
    insert.bind(4, upstream.keyEnvironment)
    insert.bind(5, upstream.costVersion)
    insert.bind(6, upstream.cost.currency.number)
    insert.bind(7, Money.split(upstream.cost.input.picos).micro)
    insert.bind(8, Money.split(upstream.cost.cachedInput.picos).micro)
    insert.bind(9, Money.split(upstream.cost.output.picos).micro)
    try insert.run()
    changeCatalogue { $0.upstreams[upstream.name] = upstream }
  }

  private func changeCatalogue(_ change: (inout Catalogue) -> Void) {
    change(&catalogue)
    catalogue.version += 1
    catalogueChanged = true
    changed = true
  }

  func unknown(customer: String) -> BillingError {
    BillingError(
      .unknown,
      "no customer has id '\(customer)'; make one with: breakeven customer create NAME")
  }
}
