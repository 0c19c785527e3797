import Billing
import Foundation
import Ledger

/// Reads and writes the rows that a `Catalogue` is made of, on any connection.
enum CatalogueRows {
  static func version(_ database: OpaquePointer) throws -> Int64 {
    try RawStatement(database, "SELECT catalogue_version FROM state").first { $0.integer(0) } ?? 0
  }

  static func read(_ database: OpaquePointer) throws -> Catalogue {
    var catalogue = Catalogue(version: try version(database))
    for customer in try customers(database) { catalogue.customers[customer.id] = customer }
    for key in try keys(database, customer: nil) { catalogue.keys[key.digest] = key }
    for price in try prices(database) { catalogue.prices[price.model, default: []].append(price) }
    for upstream in try upstreams(database) { catalogue.upstreams[upstream.name] = upstream }
    return catalogue
  }

  static func customers(_ database: OpaquePointer) throws -> [Customer] {
    var customers: [Customer] = []
    let sql = "SELECT id, name, currency, terms, plan, created FROM customers ORDER BY created, id"
    try RawStatement(database, sql).each { row in
      customers.append(
        Customer(
          id: try row.requiredText(0), name: try row.requiredText(1),
          currency: try row.currency(2),
          terms: try row.decoded(3, Customer.Terms.init(rawValue:)), plan: row.text(4),
          created: Timestamp(nanoseconds: row.integer(5))))
    }
    return customers
  }

  static func keys(_ database: OpaquePointer, customer: String?) throws -> [APIKey] {
    var keys: [APIKey] = []
    let statement = try RawStatement(
      database,
      """
      SELECT id, customer, digest, prefix, created, expires, revoked, models FROM keys
      WHERE ?1 IS NULL OR customer = ?1 ORDER BY created, id
      """)
    statement.bind(1, customer)
    try statement.each { row in
      keys.append(
        APIKey(
          id: try row.requiredText(0), customer: try row.requiredText(1),
          digest: KeyDigest(bytes: row.bytes(2)), prefix: try row.requiredText(3),
          created: Timestamp(nanoseconds: row.integer(4)),
          expires: row.optionalInteger(5).map(Timestamp.init(nanoseconds:)),
          revoked: row.optionalInteger(6).map(Timestamp.init(nanoseconds:)),
          models: try row.text(7).map {
            try JSONDecoder().decode([String].self, from: Data($0.utf8))
          }))
    }
    return keys
  }

  /// Newest effective first, then newest made.
  static func prices(_ database: OpaquePointer) throws -> [PriceVersion] {
    var prices: [PriceVersion] = []
    let sql = """
      SELECT id, model, currency, input_micro, cached_micro, output_micro, request_micro, effective,
        created, plan FROM prices ORDER BY effective DESC, created DESC, seq DESC
      """
    try RawStatement(database, sql).each { row in
      let currency = try row.currency(2)
      func amount(_ column: Int32) -> Money {
        Money(picos: Money.join(micro: row.integer(column), pico: 0), currency)
      }
      prices.append(
        try PriceVersion(
          id: try row.requiredText(0), model: try row.requiredText(1), plan: row.text(9),
          input: amount(3), cachedInput: amount(4), output: amount(5), perRequest: amount(6),
          effective: Timestamp(nanoseconds: row.integer(7)),
          created: Timestamp(nanoseconds: row.integer(8))))
    }
    return prices
  }

  /// Every version, oldest first: the last of a name is the one in force.
  static func upstreams(_ database: OpaquePointer) throws -> [Upstream] {
    var upstreams: [Upstream] = []
    let sql = """
      SELECT name, url, model, key_environment, cost_version, currency, input_micro, cached_micro,
        output_micro FROM upstreams ORDER BY seq
      """
    try RawStatement(database, sql).each { row in
      let currency = try row.currency(5)
      func amount(_ column: Int32) -> Money {
        Money(picos: Money.join(micro: row.integer(column), pico: 0), currency)
      }
      upstreams.append(
        Upstream(
          name: try row.requiredText(0), url: try row.requiredText(1),
          model: try row.requiredText(2), keyEnvironment: row.text(3),
          cost: try UpstreamCost(input: amount(6), cachedInput: amount(7), output: amount(8)),
          costVersion: try row.requiredText(4)))
    }
    return upstreams
  }
}

/// A row that says something the program cannot understand.
struct UnreadableRow: Error, CustomStringConvertible {
  let column: Int32
  let value: String
  var description: String {
    "column \(column) holds '\(value)', which this version does not know; was the file written by a newer one?"
  }
}

extension RawStatement {
  func requiredText(_ column: Int32) throws -> String {
    guard let text = text(column) else { throw UnreadableRow(column: column, value: "NULL") }
    return text
  }

  func decoded<Value>(_ column: Int32, _ decode: (String) -> Value?) throws -> Value {
    let text = try requiredText(column)
    guard let value = decode(text) else { throw UnreadableRow(column: column, value: text) }
    return value
  }

  func currency(_ column: Int32) throws -> Currency {
    guard let currency = Currency(number: integer(column)) else {
      throw UnreadableRow(column: column, value: "\(integer(column))")
    }
    return currency
  }

  func account(_ column: Int32) throws -> Account {
    guard let account = Account(code: integer(column)) else {
      throw UnreadableRow(column: column, value: "\(integer(column))")
    }
    return account
  }

  /// An amount of the two columns from `column` on.
  func money(_ column: Int32, _ currency: Currency) -> Money {
    Money(picos: Money.join(micro: integer(column), pico: integer(column + 1)), currency)
  }
}
