import Billing
import Ledger

/// Usage events as rows.
enum UsageRows {
  /// What `decode` reads, then the sequence number, the transaction's and the dimensions'.
  static let select = """
    SELECT u.request, u.admitted, u.settled, d.customer, d.key, d.model, d.plan, d.price_version,
      d.vendor, u.cost_version, u.outcome, u.streamed, u.input, u.cached, u.output, u.currency,
      u.micro, u.pico, u.uncollected_micro, u.uncollected_pico, u.nanoseconds,
      COALESCE(u.compute_currency,
        (SELECT s.currency FROM closing_shares s WHERE s.request = u.request
         ORDER BY s.tx DESC LIMIT 1)) AS compute,
      COALESCE(u.compute_micro, 0), COALESCE(u.compute_pico, 0), u.upstream_currency,
      u.upstream_micro, u.upstream_pico, u.first_token_ms, u.duration_ms, u.seq, u.tx,
      u.dimensions
    FROM usage u JOIN dimensions d ON d.id = u.dimensions
    """

  static func event(_ request: String, _ database: OpaquePointer) throws -> UsageEvent? {
    let statement = try RawStatement(database, select + " WHERE u.request = ?1")
    statement.bind(1, request)
    let shares = try sharesStatement(database)
    return try statement.first { try decode($0, shares: shares) }
  }

  static func sharesStatement(_ database: OpaquePointer) throws -> RawStatement {
    try RawStatement(
      database, "SELECT nanoseconds, currency, micro, pico FROM closing_shares WHERE request = ?1")
  }

  static func decode(_ row: RawStatement, shares: RawStatement) throws -> UsageEvent {
    let currency = try row.currency(15)
    var nanoseconds = row.integer(20)
    var computeCost: Money?
    if row.optionalInteger(21) != nil { computeCost = row.money(22, try row.currency(21)) }
    shares.bind(1, try row.requiredText(0))
    try shares.each { share in
      nanoseconds += share.integer(0)
      // A machine whose currency changed in mid-request: the journal has both, the event the newer.
      let cost = share.money(2, try share.currency(1))
      if let sum = computeCost, sum.currency == cost.currency { computeCost = sum + cost }
    }
    let usage = row.optionalInteger(12).flatMap { input in
      TokenUsage(
        prompt: Int(input + row.integer(13)), cached: Int(row.integer(13)),
        output: Int(row.integer(14)))
    }
    return UsageEvent(
      id: try row.requiredText(0), admitted: Timestamp(nanoseconds: row.integer(1)),
      settled: Timestamp(nanoseconds: row.integer(2)), customer: try row.requiredText(3),
      key: try row.requiredText(4), model: try row.requiredText(5), plan: row.text(6),
      priceVersion: try row.requiredText(7), vendor: row.text(8), costVersion: row.text(9),
      outcome: try row.decoded(10, Settlement.Outcome.init(rawValue:)),
      streamed: row.integer(11) != 0, usage: usage,
      charge: row.optionalInteger(16).map { _ in row.money(16, currency) },
      uncollected: row.money(18, currency), computeNanoseconds: nanoseconds,
      computeCost: computeCost,
      upstreamCost: try row.optionalInteger(24).map { _ in row.money(25, try row.currency(24)) },
      firstTokenMilliseconds: row.optionalInteger(27).map { Int($0) },
      durationMilliseconds: Int(row.integer(28)))
  }

  static func insert(
    _ event: UsageEvent, sequence: Int64, transaction: Int64?, machine: String?, dimensions: Int64,
    with row: RawStatement
  ) throws {
    row.bind(1, sequence)
    row.bind(2, event.id)
    row.bind(3, transaction)
    row.bind(4, event.admitted.nanoseconds)
    row.bind(5, event.settled.nanoseconds)
    row.bind(6, dimensions)
    row.bind(7, event.costVersion)
    row.bind(8, event.outcome.rawValue)
    row.bind(9, event.streamed ? 1 : 0)
    row.bind(10, (event.usage?.input).map { Int64($0) })
    row.bind(11, (event.usage?.cachedInput).map { Int64($0) })
    row.bind(12, (event.usage?.output).map { Int64($0) })
    row.bind(13, event.uncollected.currency.number)
    bind(row, 14, event.charge)
    bind(row, 16, event.uncollected)
    row.bind(18, machine)
    row.bind(19, event.computeNanoseconds)
    row.bind(20, event.computeCost?.currency.number)
    bind(row, 21, event.computeCost)
    row.bind(23, event.upstreamCost?.currency.number)
    bind(row, 24, event.upstreamCost)
    row.bind(26, event.firstTokenMilliseconds.map { Int64($0) })
    row.bind(27, Int64(event.durationMilliseconds))
    try row.run()
  }

  private static func bind(_ row: RawStatement, _ index: Int32, _ amount: Money?) {
    let parts = amount.map { Money.split($0.picos) }
    row.bind(index, parts?.micro)
    row.bind(index + 1, parts?.pico)
  }
}
