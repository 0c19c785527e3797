package import Ledger

/// What the owner may book by hand. Accounts that the program itself keeps would no longer agree with
/// the usage, holds and clocks behind them, so those are refused, each with the command that moves it.
package enum ManualBooking {
  package static let largestEntryCount = 100
  /// No single entry is above it; it keeps every sum of the rows within 64 bits.
  package static let largestAmount: Int128 = 1_000_000_000 * Money.picosPerUnit
  /// Transaction ids that the program makes itself.
  package static let keptPrefixes = ["use_", "close_", "top_"]
  /// A date at most this much before the last booking is moved up to it, since other bookings go on
  /// while the owner's is on its way.
  package static let toleranceNanoseconds: Int64 = 60_000_000_000

  /// - Throws: `invalid` naming what cannot be booked by hand and what to do instead.
  package static func check(_ transaction: Transaction) throws(BillingError) {
    try Name.check(transaction.id, field: "id")
    if let prefix = keptPrefixes.first(where: { transaction.id.hasPrefix($0) }) {
      throw BillingError(
        .invalid,
        "id: '\(transaction.id)' begins with '\(prefix)', which is kept for the program's own bookings; choose another"
      )
    }
    guard transaction.kind == .manual, transaction.corrects == nil else {
      throw BillingError(.invalid, "kind: only 'manual' is booked by hand")
    }
    guard transaction.entries.count <= largestEntryCount else {
      throw BillingError(
        .invalid,
        "entries: \(transaction.entries.count) are too many for one transaction; at most \(largestEntryCount)"
      )
    }
    for entry in transaction.entries { try check(entry) }
  }

  private static func check(_ entry: Entry) throws(BillingError) {
    let account = entry.account.rawValue
    guard entry.amount.picos.magnitude <= largestAmount.magnitude else {
      throw BillingError(
        .invalid, "\(account): \(entry.amount) must be between -1000000000 and 1000000000")
    }
    guard entry.nanoseconds == nil else {
      throw BillingError(
        .invalid, "\(account): machine time is booked by its clock, not by hand")
    }
    let about = entry.dimensions
    guard about.key == nil, about.request == nil, about.priceVersion == nil, about.machine == nil
    else {
      throw BillingError(
        .invalid,
        "\(account): a booking by hand is about a customer, plan, model, vendor, region or stream, not a key, request, price version or machine"
      )
    }
    for (field, text) in [
      ("customer", about.customer), ("plan", about.plan), ("model", about.model),
      ("vendor", about.vendor), ("region", about.region), ("stream", about.stream),
    ] {
      if let text { try Name.check(text, field: field) }
    }
    if let reason = refusal(entry) { throw BillingError(.invalid, "\(account): \(reason)") }
  }

  /// Why an entry's account cannot be booked so; nil when it can.
  package static func refusal(_ entry: Entry) -> String? {
    switch entry.account {
    case .customerCredit:
      "prepaid credit is kept with its holds; add to it with: breakeven credit add"
    case .machineCapacity, .computeUsed, .idleCapacity:
      "is kept by the machine's clock; its cost an hour is machine.hourly_cost in breakeven.yaml"
    case .usage: "is booked by settled requests; sell other things under their own account"
    case .upstreamModels: "is booked by settled requests at the upstream's cost"
    case .unbilledReceivable:
      if !entry.amount.isNegative {
        "grows by settled requests; credit it when the customer is billed or pays"
      } else if entry.dimensions.customer == nil {
        "is kept by customer; say whose with --customer"
      } else {
        nil
      }
    case .accruedInfrastructure, .payableToVendors:
      entry.amount.isNegative
        ? "grows by the machine's clock and settled requests; debit it when the bill is paid" : nil
    default: nil
    }
  }
}
