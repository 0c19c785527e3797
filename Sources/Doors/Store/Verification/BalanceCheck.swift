import Billing
import Ledger

/// Law 6: no customer's credit is ever below zero; the balances kept are those of the entries.
final class BalanceCheck {
  private struct Key: Hashable {
    let customer: String
    let account: Account
    let currency: Currency
  }

  private let verification: Verification
  private var projected: [Key: Int128] = [:]
  private var running: [Key: Int128] = [:]
  private var touched: Set<Key> = []

  init(_ verification: Verification) { self.verification = verification }

  /// Credit left by customer and currency, after the last entry.
  var credit: [HoldCheck.Key: Int128] {
    var credit: [HoldCheck.Key: Int128] = [:]
    for (key, sum) in running where key.account == .customerCredit {
      credit[HoldCheck.Key(customer: key.customer, currency: key.currency)] = -sum
    }
    return credit
  }

  func add(_ row: JournalRow, isProjected: Bool) {
    guard Projection.isBalance(row.entry.account), let customer = row.entry.dimensions.customer
    else { return }
    let key = Key(
      customer: customer, account: row.entry.account, currency: row.entry.amount.currency)
    running[key, default: 0] += row.entry.amount.picos
    if isProjected { projected[key, default: 0] += row.entry.amount.picos }
    if key.account == .customerCredit { touched.insert(key) }
  }

  func transactionEnded(_ row: JournalRow) {
    for key in touched {
      if let sum = running[key], sum > 0 {
        verification.found(
          "credit", at: "transaction \(row.transaction), customer \(key.customer)",
          "it takes the customer's credit \(Money(picos: sum, key.currency)) below zero")
      }
    }
    touched.removeAll(keepingCapacity: true)
  }

  func finish() throws {
    var unseen = projected
    let sql = "SELECT customer, account, currency, micro, pico FROM balances"
    try RawStatement(verification.database, sql).each { row in
      let key = Key(
        customer: try row.requiredText(0), account: try row.account(1),
        currency: try row.currency(2))
      compare(key, kept: row.money(3, key.currency), booked: unseen.removeValue(forKey: key) ?? 0)
    }
    for (key, sum) in unseen {
      compare(key, kept: .zero(key.currency), booked: sum)
    }
  }

  private func compare(_ key: Key, kept: Money, booked: Int128) {
    guard kept.picos != booked else { return }
    verification.found(
      "balances", at: "customer \(key.customer), \(key.account.rawValue)",
      "the balance kept is \(kept), but the entries sum to \(Money(picos: booked, key.currency))")
  }
}
