import Billing
import Ledger

/// One pass over the usage events: each rated as its price version says (laws 2 and 7), each booked
/// once or with nothing to book, and the quarter-hour sums.
final class UsageCheck {
  private let verification: Verification
  private var prices: [String: PriceVersion] = [:]
  private var costs: [String: UpstreamCost] = [:]
  private let transaction: RawStatement
  private let kept: RawStatement
  private(set) var requests: Int64 = 0
  private var lastSequence: Int64 = 0
  private var lastSettled: Int64 = 0
  private var bucket: Int64 = -1
  private var sums: [Int64: Projection.Usage] = [:]
  private var totals = Projection.Usage()

  init(_ verification: Verification) throws {
    self.verification = verification
    let database = verification.database
    for price in try CatalogueRows.prices(database) { prices[price.id] = price }
    for upstream in try CatalogueRows.upstreams(database) {
      costs[upstream.costVersion] = upstream.cost
    }
    transaction = try RawStatement(database, "SELECT usage FROM transactions WHERE seq = ?1")
    kept = try RawStatement(
      database,
      """
      SELECT dimensions, requests, unrated, input, cached, output FROM usage_totals
      WHERE bucket = ?1
      """)
  }

  func run() throws {
    let shares = try UsageRows.sharesStatement(verification.database)
    let statement = try RawStatement(
      verification.database, "\(UsageRows.select) ORDER BY u.seq")
    try statement.each { row in
      let sequence = row.integer(29)
      requests += 1
      if sequence != lastSequence + 1 {
        verification.found(
          "append_only", at: "usage event number \(lastSequence + 1)",
          "missing: the next is number \(sequence)")
      }
      lastSequence = sequence
      do {
        let event = try UsageRows.decode(row, shares: shares)
        checkRating(event)
        try checkBooking(event, row, sequence)
        try add(event, sequence: sequence, dimensions: row.integer(31))
      } catch let error as UnreadableRow {
        verification.found("rating", at: "usage event number \(sequence)", error.description)
      }
    }
    try finish()
  }

  private func checkRating(_ event: UsageEvent) {
    let place = "request \(event.id)"
    guard let price = prices[event.priceVersion] else {
      verification.found("rating", at: place, "its price version \(event.priceVersion) is missing")
      return
    }
    if price.model != event.model || price.effective > event.admitted
      || (price.plan != nil && price.plan != event.plan)
    {
      verification.found(
        "rating", at: place,
        "price version \(price.id) is for another model, another plan or a later time: one of them was edited"
      )
    }
    let charge = event.usage.map { Rating.rate($0, at: price).total }
    if charge != event.charge {
      verification.found(
        "rating", at: place,
        "it is charged \(text(event.charge)), but its usage at price version \(price.id) is \(text(charge))"
      )
    }
    if event.uncollected.isNegative || event.uncollected > (event.charge ?? event.uncollected) {
      verification.found(
        "rating", at: place, "\(event.uncollected) uncollected of \(text(event.charge))")
    }
    guard let version = event.costVersion else { return }
    let cost = event.usage.flatMap { usage in costs[version].map { Rating.cost(usage, at: $0) } }
    if cost != event.upstreamCost {
      verification.found(
        "rating", at: place,
        "its upstream cost is \(text(event.upstreamCost)), but its usage at cost version \(version) is \(text(cost))"
      )
    }
  }

  private func text(_ amount: Money?) -> String { amount?.description ?? "unrated" }

  private func checkBooking(_ event: UsageEvent, _ row: RawStatement, _ sequence: Int64) throws {
    let place = "request \(event.id)"
    if event.settled.nanoseconds < lastSettled {
      verification.found("append_only", at: place, "it is dated before the event before it")
    }
    lastSettled = max(lastSettled, event.settled.nanoseconds)
    if let number = row.optionalInteger(30) {
      transaction.bind(1, number)
      let usage = try transaction.first { $0.optionalInteger(0) }
      if usage != .some(sequence) {
        verification.found("exactly_once", at: place, "its transaction is missing or another's")
      }
    } else if event.charge.map({ !$0.isZero }) == true || row.integer(20) != 0
      || event.upstreamCost.map({ !$0.isZero }) == true
    {
      verification.found("exactly_once", at: place, "it has a charge or a cost, but no entries")
    }
  }

  private func add(_ event: UsageEvent, sequence: Int64, dimensions: Int64) throws {
    guard sequence <= verification.state.projectedUsages else { return }
    let bucket = Projection.bucket(of: event.settled.nanoseconds)
    if bucket != self.bucket {
      try compare()
      self.bucket = bucket
    }
    let usage = Projection.Usage(
      requests: 1, unrated: event.usage == nil ? 1 : 0, input: Int64(event.usage?.input ?? 0),
      cached: Int64(event.usage?.cachedInput ?? 0), output: Int64(event.usage?.output ?? 0))
    sums[dimensions, default: Projection.Usage()].add(usage)
    totals.add(usage)
  }

  private func compare() throws {
    guard bucket >= 0 else { return }
    kept.bind(1, bucket)
    try kept.each { row in
      let usage = Projection.Usage(
        requests: row.integer(1), unrated: row.integer(2), input: row.integer(3),
        cached: row.integer(4), output: row.integer(5))
      if (sums.removeValue(forKey: row.integer(0)) ?? Projection.Usage()) != usage {
        report("quarter-hour \(bucket), dimensions \(row.integer(0))")
      }
    }
    for dimensions in sums.keys { report("quarter-hour \(bucket), dimensions \(dimensions)") }
    sums.removeAll(keepingCapacity: true)
  }

  private func report(_ place: String) {
    verification.found("usage_totals", at: place, "the sums kept are not those of the usage events")
  }

  private func finish() throws {
    try compare()
    let sql =
      "SELECT SUM(requests), SUM(unrated), SUM(input), SUM(cached), SUM(output) FROM usage_totals"
    let kept = try RawStatement(verification.database, sql).first { row in
      Projection.Usage(
        requests: row.integer(0), unrated: row.integer(1), input: row.integer(2),
        cached: row.integer(3), output: row.integer(4))
    }
    if kept != totals { report("all quarter-hours") }
    if lastSequence != verification.state.usages {
      verification.found(
        "append_only", at: "usage event number \(verification.state.usages)",
        "the last one is number \(lastSequence): rows were deleted or added by hand")
    }
  }
}
