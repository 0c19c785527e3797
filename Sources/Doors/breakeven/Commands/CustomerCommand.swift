import ArgumentParser
import Billing
import Ledger
import Store

struct CustomerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "customer", abstract: "Who buys.", subcommands: [Create.self, List.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Add a customer; prints its id.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "The customer's name.") var name: String
    @Option(help: "The plan whose prices the customer pays.") var plan: String?
    @Option(help: "The customer's currency (the price book's, or the workspace's).")
    var currency: String?

    func run() async throws {
      let space = try workspace.open()
      let books = try space.openBooks()
      let customer = Customer(
        id: Identifier.make("cus"), name: name,
        currency: try await defaultCurrency(space, books), terms: .onAccount, plan: plan,
        created: SystemTime().now())
      try await books.createCustomer(customer)
      if format.json {
        try Output.json(CustomerJSON(customer))
      } else {
        Output.line(customer.id)
      }
    }

    /// The one currency that prices are set in, where there is exactly one.
    private func defaultCurrency(_ space: Workspace, _ books: SQLiteBooks) async throws -> Currency
    {
      if let currency { return try Currency(currency) }
      let priced = Set(try await books.prices().map(\.currency))
      return priced.count == 1 ? priced.first! : space.configuration.currency
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Customers with their balances.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions

    func run() async throws {
      let balances = try await workspace.open().openBooks().customers()
      if format.json { return try Output.json(balances.map(CustomerBalanceJSON.init)) }
      Output.table(
        ["ID", "NAME", "PLAN", "TERMS", "CREDIT", "HELD", "UNBILLED"],
        balances.map { row in
          [
            row.customer.id, row.customer.name, row.customer.plan ?? "-",
            row.customer.terms.rawValue,
            row.balances.map { "\($0.balance)" }.joined(separator: ", "),
            row.balances.map { "\($0.held)" }.joined(separator: ", "),
            row.unbilled.map { "\($0)" }.joined(separator: ", "),
          ]
        }, right: [4, 5, 6])
    }
  }
}

struct CustomerJSON: Encodable {
  let id, name, currency, terms: String
  let plan: String?
  init(_ customer: Customer) {
    id = customer.id
    name = customer.name
    currency = customer.currency.code
    terms = customer.terms.rawValue
    plan = customer.plan
  }
}

struct CustomerBalanceJSON: Encodable {
  let customer: CustomerJSON
  let credit, held, unbilled: [AmountJSON]
  init(_ row: CustomerBalance) {
    customer = CustomerJSON(row.customer)
    credit = row.balances.map { AmountJSON($0.balance) }
    held = row.balances.map { AmountJSON($0.held) }
    unbilled = row.unbilled.map(AmountJSON.init)
  }
}

/// Ids and key texts from the system's generator.
enum Identifier {
  private static let letters = Array("0123456789abcdefghjkmnpqrstvwxyz")
  static func make(_ prefix: String) -> String {
    var generator = SystemRandomNumberGenerator()
    return prefix + "_"
      + String((0..<16).map { _ in letters[Int.random(in: 0..<32, using: &generator)] })
  }
}

extension SQLiteBooks {
  /// A customer by name or id.
  func customer(named name: String) async throws -> Customer {
    let matches = try await customers().map(\.customer).filter { $0.name == name || $0.id == name }
    guard let customer = matches.first else {
      throw CommandError("no customer '\(name)'; add it with: breakeven customer create \(name)")
    }
    return customer
  }
}
