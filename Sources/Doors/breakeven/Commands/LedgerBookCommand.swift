import ArgumentParser
import Billing
import Ledger
import Store

extension LedgerCommand {
  struct Book: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Book by hand what no request books: salaries, marketing, loans, fees, taxes.",
      discussion: """
        Debit what was received or spent, credit what paid for it:
          salaries      --debit people --credit cash
          marketing     --debit marketing --credit cash
          funding       --debit cash --credit paid_in
          a loan        --debit cash --credit loans
          a fee         --debit cash --credit subscription --customer ACME --stream membership
          a paid bill   --debit cash --credit unbilled_receivable --customer ACME
          the cloud     --debit accrued_infrastructure --credit cash
        What the program itself keeps (prepaid credit, machine time, usage) is refused. History is not
        rewritten: a date before the last booking is refused too. --id names the booking, so that
        booking it again changes nothing.
        """)
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "When it happened (now).") var date: String?
    @Option(help: "The account to debit, such as people.") var debit: String
    @Option(help: "The account to credit, such as cash.") var credit: String
    @Option(help: "The amount, such as 50000 or '50000 CNY'.") var amount: String
    @Option(help: "Names this booking, such as salaries-2026-11.") var id: String?
    @Option(help: "The revenue stream it belongs to.") var stream: String?
    @Option(help: "The customer (name or id) it is about.") var customer: String?
    @Option(help: "The plan it is about (the customer's).") var plan: String?
    @Option(help: "The vendor it is about.") var vendor: String?

    func run() async throws {
      let space = try workspace.open()
      let books = try space.openBooks()
      let sum = try Money(
        parsing: amount, fallback: space.configuration.currency, field: "--amount")
      guard sum > .zero(sum.currency) else {
        throw CommandError("--amount: \(sum) must be above zero; swap --debit and --credit instead")
      }
      let owner = try await customer.asyncMap { try await books.customer(named: $0) }
      let about = Dimensions(
        customer: owner?.id, plan: plan ?? owner?.plan, vendor: vendor, stream: stream)
      let id = id ?? Identifier.make("man")
      try await books.book(
        Transaction(
          id: id, kind: .manual, date: instant(space),
          entries: [
            .debit(Account(option: "--debit", debit), sum, about),
            .credit(Account(option: "--credit", credit), sum, about),
          ]))
      if format.json {
        return try Output.json(
          BookedJSON(transaction: id, debit: debit, credit: credit, amount: AmountJSON(sum)))
      }
      Output.line("\(id): \(sum) to \(debit) from \(credit)")
    }

    /// A day that is not over yet means now.
    private func instant(_ space: Workspace) throws -> Timestamp {
      let now = SystemTime().now()
      guard let date else { return now }
      let start = try space.dates.parse(date, option: "--date")
      let end = try space.dates.parse(date, option: "--date", end: true)
      return start <= now && now < end ? now : start
    }
  }
}

private struct BookedJSON: Encodable {
  let transaction, debit, credit: String
  let amount: AmountJSON
}

extension Account {
  /// - Throws: naming `option` and every account.
  init(option: String, _ text: String) throws {
    guard let account = Account(rawValue: text) else {
      let known = Account.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandError("\(option): '\(text)' is no account; one of \(known)")
    }
    self = account
  }
}

extension Optional where Wrapped: Sendable {
  fileprivate func asyncMap<Value>(
    _ transform: (Wrapped) async throws -> Value
  ) async throws -> Value? {
    if let self { return try await transform(self) }
    return nil
  }
}
