import ArgumentParser
import Billing
import Ledger
import Store

struct CreditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "credit", abstract: "Prepaid credit.", subcommands: [Add.self])

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Book a payment received as prepaid credit.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Option(help: "The customer's name or id.") var customer: String
    @Option(help: "Names this payment, so that booking it twice books it once.")
    var reference: String?
    @Argument(help: "The amount, such as 10 or '10 CNY'.") var amount: String

    func run() async throws {
      let books = try workspace.open().openBooks()
      let owner = try await books.customer(named: customer)
      let money = try Money(parsing: amount, fallback: owner.currency, field: "amount")
      guard money > .zero(money.currency) else {
        throw CommandError("amount: \(money) must be above zero")
      }
      let id = reference.map { "top_\(owner.id)_\($0)" } ?? Identifier.make("top")
      try await books.topUp(customer: owner.id, amount: money, id: id)
      if format.json {
        return try Output.json(
          CreditJSON(transaction: id, customer: owner.id, credit: AmountJSON(money)))
      }
      Output.line("\(owner.name): \(money) added (\(id))")
    }
  }
}

private struct CreditJSON: Encodable {
  let transaction, customer: String
  let credit: AmountJSON
}
