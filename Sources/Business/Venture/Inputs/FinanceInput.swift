import Forecast
import Ledger

/// A cost of the plan.
package struct CostInput: Sendable {
  package let id: String
  package let name: String
  private let account: Account
  private let isOneOff: Bool
  private let fields: QuantityFields

  init(reading node: PlanNode, id: String, into book: InputBook) {
    self.id = id
    name = node.title(id)
    isOneOff = node.flag("once", default: false)
    let account = node.choice("account", Account.self) ?? .administration
    if !PlanFields.costAccounts.contains(account) {
      node.child("account")?.fail(
        "'\(account.rawValue)' takes no cost; use one of "
          + PlanFields.costAccounts.map(\.rawValue).joined(separator: ", "))
    }
    self.account = account
    var fields = QuantityFields(
      node, PlanFields.cost, prefix: "costs.\(id)", title: name, into: book)
    if !node.has("amount") { node.fail("needs 'amount': money a month, or money when 'once'") }
    fields.read(
      node, "amount", isOneOff ? .money : .moneyPerTime, .notNegative, title: name, into: book)
    self.fields = fields
  }

  func lower(_ compiled: inout CompiledQuantities) -> CostLine {
    CostLine(
      id: id, name: name, account: account, amount: fields("amount", &compiled),
      isOneOff: isOneOff, growth: fields("growth", &compiled), from: fields("from", &compiled),
      to: fields.optional("to", compiled))
  }
}

/// Cash, rounds, loans and taxes of the plan.
package struct FinanceInput: Sendable {
  package struct Item: Sendable {
    package let id: String
    package let name: String
    let fields: QuantityFields
  }

  let fields: QuantityFields
  package let rounds: [Item]
  package let loans: [Item]

  init(reading node: PlanNode, into book: InputBook) {
    fields = QuantityFields(
      node, PlanFields.finance, prefix: "finance", title: "finance", into: book)
    func items(_ list: String, _ table: [PlanField]) -> [Item] {
      node.named(list, limit: 50) { entry, id in
        let name = entry.title(id)
        return Item(
          id: id, name: name,
          fields: QuantityFields(
            entry, table, prefix: "finance.\(list).\(id)", title: name, into: book))
      }
    }
    rounds = items("rounds", PlanFields.round)
    loans = items("loans", PlanFields.loan)
    node.finish()
  }

  func lower(_ compiled: inout CompiledQuantities) -> Finance {
    Finance(
      openingCash: fields("cash", &compiled),
      rounds: rounds.map { round in
        Finance.Round(
          id: round.id, name: round.name, month: round.fields("month", &compiled),
          cashBelow: round.fields.optional("cash_below", compiled),
          amount: round.fields("amount", &compiled),
          probability: round.fields("probability", &compiled),
          equity: round.fields("equity", &compiled))
      },
      loans: loans.map { loan in
        Finance.Loan(
          id: loan.id, name: loan.name, month: loan.fields("month", &compiled),
          amount: loan.fields("amount", &compiled), rate: loan.fields("rate", &compiled),
          term: loan.fields("term", &compiled))
      },
      incomeTax: fields("income_tax", &compiled), revenueTax: fields("revenue_tax", &compiled),
      paymentFee: fields("payment_fee", &compiled), payableMonths: fields("payable", &compiled),
      discountRate: fields("discount_rate", &compiled),
      openingReceivable: fields.optional("opening_receivable", compiled),
      openingPayable: fields.optional("opening_payable", compiled))
  }
}
