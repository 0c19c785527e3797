package import Ledger

package struct Customer: Hashable, Sendable, Codable, Identifiable {
  /// Prepaid: every request is held against credit first. On account: requests accrue to
  /// unbilled receivable.
  package enum Terms: String, Sendable, Codable { case prepaid, onAccount = "on_account" }

  package let id: String
  package let name: String
  package let currency: Currency
  package let terms: Terms
  /// The plan sold to the customer, where there is one; a dimension of its entries.
  package let plan: String?
  package let created: Timestamp

  package init(
    id: String, name: String, currency: Currency, terms: Terms, plan: String?, created: Timestamp
  ) {
    self.id = id
    self.name = name
    self.currency = currency
    self.terms = terms
    self.plan = plan
    self.created = created
  }
}
