import Billing
import Ledger

/// The quarter-hour totals are those of the entries. Dates grow, so one quarter at a time is held.
final class TotalsCheck {
  private let verification: Verification
  private let kept: RawStatement
  private let between: RawStatement
  private var bucket: Int64 = -1
  private var sums: [Projection.TotalKey: Projection.Total] = [:]

  init(_ verification: Verification) throws {
    self.verification = verification
    kept = try RawStatement(
      verification.database,
      "SELECT dimensions, account, currency, micro, pico, nanoseconds FROM totals WHERE bucket = ?1"
    )
    between = try RawStatement(
      verification.database,
      "SELECT DISTINCT bucket FROM totals WHERE bucket > ?1 AND bucket < ?2 LIMIT 10")
  }

  func add(_ row: JournalRow, dimensions: Int64) throws {
    guard row.sequence <= verification.state.projectedEntries else { return }
    let bucket = Projection.bucket(of: row.date.nanoseconds)
    if bucket != self.bucket {
      try compare()
      try reportRows(after: self.bucket, before: bucket)
      self.bucket = bucket
    }
    let key = Projection.TotalKey(
      bucket: bucket, dimensions: dimensions, account: row.entry.account.code,
      currency: row.entry.amount.currency.number)
    sums[key, default: Projection.Total()].picos += row.entry.amount.picos
    sums[key]!.nanoseconds += row.entry.nanoseconds ?? 0
  }

  func finish() throws {
    try compare()
    try reportRows(after: bucket, before: .max)
  }

  private func compare() throws {
    guard bucket >= 0 else { return }
    kept.bind(1, bucket)
    try kept.each { row in
      let key = Projection.TotalKey(
        bucket: bucket, dimensions: row.integer(0), account: row.integer(1),
        currency: row.integer(2))
      let booked = sums.removeValue(forKey: key) ?? Projection.Total()
      let picos = Money.join(micro: row.integer(3), pico: row.integer(4))
      if booked.picos != picos || booked.nanoseconds != row.integer(5) {
        report(key, kept: picos, booked: booked.picos)
      }
    }
    for (key, total) in sums { report(key, kept: nil, booked: total.picos) }
    sums.removeAll(keepingCapacity: true)
  }

  private func report(_ key: Projection.TotalKey, kept: Int128?, booked: Int128) {
    let currency = Currency(number: key.currency) ?? .usd
    let account = Account(code: key.account)?.rawValue ?? "account \(key.account)"
    verification.found(
      "totals", at: "quarter-hour \(key.bucket), \(account), dimensions \(key.dimensions)",
      "the total kept is \(kept.map { Money(picos: $0, currency).description } ?? "missing"), but the entries sum to \(Money(picos: booked, currency))"
    )
  }

  private func reportRows(after low: Int64, before high: Int64) throws {
    between.bind(1, low)
    between.bind(2, high)
    try between.each { row in
      verification.found(
        "totals", at: "quarter-hour \(row.integer(0))", "totals are kept where nothing was booked")
    }
  }
}
