import Billing
import Ledger

/// What the owner books by hand.
extension Session {
  /// The same id with the same entries changes nothing; with others it is refused.
  func bookManual(_ transaction: Transaction) throws {
    try ManualBooking.check(transaction)
    if let booked = try bookedManual(transaction.id) {
      guard booked == transaction.entries else {
        throw BillingError(
          .exists,
          "transaction '\(transaction.id)' is booked already with other entries; use a new id, or book what corrects it"
        )
      }
      return
    }
    for customer in Set(transaction.entries.compactMap(\.dimensions.customer)) {
      guard catalogue.customers[customer] != nil else { throw unknown(customer: customer) }
    }
    let date = try date(of: transaction)
    try book(
      Transaction(
        id: transaction.id, kind: .manual, date: date, entries: transaction.entries))
  }

  /// Between the last booking and now: dates grow with sequence numbers, and a booking in the future
  /// would date all that follow it.
  private func date(of transaction: Transaction) throws -> Timestamp {
    let last = state?.lastDate ?? 0
    let now = now()
    guard transaction.date <= now else {
      throw BillingError(
        .invalid, "date: it lies in the future; book it once it has happened")
    }
    guard transaction.date.nanoseconds >= last - ManualBooking.toleranceNanoseconds else {
      throw BillingError(
        .invalid,
        "date: the journal already has later bookings, and history is not rewritten; leave --date out to book it now, and say the period in its id"
      )
    }
    return max(transaction.date, Timestamp(nanoseconds: last))
  }

  /// Any transaction but a usage one, which is named by its request.
  func isBooked(_ id: String) throws -> Bool {
    let statement = try cached("SELECT 1 FROM transactions WHERE id = ?1")
    statement.bind(1, id)
    return try statement.first { _ in true } ?? false
  }

  /// The entries of a transaction made by hand; nil when its id is free.
  private func bookedManual(_ id: String) throws -> [Entry]? {
    let statement = try cached(
      """
      SELECT e.account, e.currency, e.micro, e.pico, e.nanoseconds, e.dimensions, t.kind
      FROM transactions t JOIN entries e ON e.seq >= t.first_entry AND e.tx = t.seq
      WHERE t.id = ?1 AND e.seq < t.first_entry + ?2 ORDER BY e.seq
      """)
    statement.bind(1, id)
    statement.bind(2, Int64(ManualBooking.largestEntryCount))
    var entries: [Entry] = []
    var isManual = true
    try statement.each { row in
      isManual = isManual && Transaction.Kind(number: row.integer(6)) == .manual
      entries.append(
        Entry(
          try row.account(0), row.money(2, try row.currency(1)),
          nanoseconds: row.optionalInteger(4), dimensions[row.integer(5)] ?? Dimensions()))
    }
    guard !entries.isEmpty else { return nil }
    guard isManual else {
      throw BillingError(
        .exists, "transaction '\(id)' is one of the program's own; use another id")
    }
    return entries
  }
}
