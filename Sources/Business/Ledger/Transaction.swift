/// What an entry is about; statements group by any of these.
package struct Dimensions: Hashable, Sendable, Codable {
  package var customer: String?
  package var key: String?
  package var model: String?
  package var plan: String?
  package var priceVersion: String?
  package var machine: String?
  package var vendor: String?
  package var region: String?
  package var stream: String?
  package var request: String?

  package init(
    customer: String? = nil, key: String? = nil, model: String? = nil, plan: String? = nil,
    priceVersion: String? = nil, machine: String? = nil, vendor: String? = nil,
    region: String? = nil, stream: String? = nil, request: String? = nil
  ) {
    self.customer = customer
    self.key = key
    self.model = model
    self.plan = plan
    self.priceVersion = priceVersion
    self.machine = machine
    self.vendor = vendor
    self.region = region
    self.stream = stream
    self.request = request
  }
}

/// One line of a transaction. Debit positive, credit negative.
package struct Entry: Hashable, Sendable {
  package var account: Account
  package var amount: Money
  /// Nanoseconds of the machine for compute used, idle capacity and training; nil elsewhere.
  package var nanoseconds: Int64?
  package var dimensions: Dimensions

  package init(
    _ account: Account, _ amount: Money, nanoseconds: Int64? = nil, _ dimensions: Dimensions
  ) {
    self.account = account
    self.amount = amount
    self.nanoseconds = nanoseconds
    self.dimensions = dimensions
  }

  package static func debit(
    _ account: Account, _ amount: Money, nanoseconds: Int64? = nil, _ dimensions: Dimensions
  ) -> Entry { Entry(account, amount, nanoseconds: nanoseconds, dimensions) }

  package static func credit(
    _ account: Account, _ amount: Money, nanoseconds: Int64? = nil, _ dimensions: Dimensions
  ) -> Entry { Entry(account, -amount, nanoseconds: nanoseconds, dimensions) }
}

/// A balanced set of entries, booked whole or not at all. `id` is the caller's and unique in the
/// journal, which makes booking idempotent.
package struct Transaction: Hashable, Sendable {
  package enum Kind: String, Sendable, CaseIterable, Codable {
    case usage, machine, correction, refund
    case topUp = "top_up"
    case promotionalCredit = "promotional_credit"
    /// Booked by the owner: salaries, marketing, loans, fees of subscriptions, taxes.
    case manual
  }

  package let id: String
  package let kind: Kind
  package let date: Timestamp
  /// The transaction that this one corrects.
  package let corrects: String?
  package let entries: [Entry]

  /// Law 1. Entries of amount zero that carry no nanoseconds are left out.
  /// - Throws: `empty`, `unbalanced` (naming the currency and the difference).
  package init(
    id: String, kind: Kind, date: Timestamp, corrects: String? = nil, entries: [Entry]
  ) throws(LedgerError) {
    let kept = entries.filter { !$0.amount.isZero || ($0.nanoseconds ?? 0) != 0 }
    guard !kept.isEmpty else {
      throw LedgerError(.empty, "transaction \(id) has no entries")
    }
    if let difference = Self.difference(kept) {
      throw LedgerError(
        .unbalanced, "transaction \(id) is off by \(difference); debits must equal credits")
    }
    self.id = id
    self.kind = kind
    self.date = date
    self.corrects = corrects
    self.entries = kept
  }

  /// What keeps the entries from balancing, in the first currency that does not; nil when all do.
  private static func difference(_ entries: [Entry]) -> Money? {
    var sums: [(currency: Currency, picos: Int128)] = []
    for entry in entries {
      // Few transactions have more than two currencies: a list is faster than a dictionary.
      if let index = sums.firstIndex(where: { $0.currency == entry.amount.currency }) {
        sums[index].picos += entry.amount.picos
      } else {
        sums.append((entry.amount.currency, entry.amount.picos))
      }
    }
    return sums.first { $0.picos != 0 }.map { Money(picos: $0.picos, $0.currency) }
  }
}
