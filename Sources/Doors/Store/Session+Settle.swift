import Billing
import Ledger

extension Session {
  /// Steps 5 and 6: one usage event, its charge, its entries, the hold given back and the answer kept,
  /// in one step. A request settled before returns its first event (law 2).
  func settle(_ settlement: Settlement) throws -> UsageEvent {
    let admission = settlement.admission
    let request = admission.request
    let hold = holds[request]
    if hold == nil, let event = try UsageRows.event(request, database) { return event }

    let now = now()
    let usage = settlement.usage.flatMap { isBelievable($0, admission) ? $0 : nil }
    let charge = usage.map { Rating.rate($0, at: admission.price).total }
    let uncollected = try uncollected(of: charge, admission, hold: hold)
    let computeCost = try settlement.compute.map(cost(of:))
    let upstreamCost = admission.upstream.flatMap { upstream in
      usage.map { Rating.cost($0, at: upstream.cost) }
    }
    let transaction = try Posting.usage(
      settlement, charge: charge, uncollected: uncollected, computeCost: computeCost,
      upstreamCost: upstreamCost, at: now)

    // All is checked; from here on it is written.
    let event = UsageEvent(
      id: request, admitted: admission.admitted, settled: now, customer: admission.customer.id,
      key: admission.key.id, model: admission.model, plan: admission.customer.plan,
      priceVersion: admission.price.id, vendor: admission.upstream?.name,
      costVersion: admission.upstream?.costVersion, outcome: settlement.outcome,
      streamed: settlement.streamed, usage: usage, charge: charge,
      uncollected: uncollected, computeNanoseconds: settlement.compute?.nanoseconds ?? 0,
      computeCost: computeCost, upstreamCost: upstreamCost,
      firstTokenMilliseconds: settlement.firstTokenMilliseconds,
      durationMilliseconds: settlement.durationMilliseconds)
    try insert(
      event, machine: settlement.compute?.machine, dimensions: hold?.dimensions, admission,
      transaction: transaction == nil ? nil : state!.transactions + 1)
    if let transaction { try book(transaction, usage: state!.usages) }
    if let compute = settlement.compute { count(compute) }
    if let hold { try drop(hold, request: request) }
    if hold?.isIdempotent == true || settlement.response != nil {
      try end(request: request, response: settlement.response)
    }
    // Closings may have booked a part of its machine time while it ran.
    guard hold == nil || hold!.hasShares else { return event }
    return try UsageRows.event(request, database) ?? event
  }

  /// No request costs a milliard: such a count is an upstream's error, and left unrated for a decision.
  private func isBelievable(_ usage: TokenUsage, _ admission: Admission) -> Bool {
    Rating.rate(usage, at: admission.price).total.picos <= Self.largestAmount
      && (admission.upstream.map { Rating.cost(usage, at: $0.cost).picos } ?? 0)
        <= Self.largestAmount
  }

  /// What of a charge prepaid credit cannot bear: its own hold is its to spend, others' holds are not
  /// (law 6).
  private func uncollected(of charge: Money?, _ admission: Admission, hold: Hold?) throws -> Money {
    let zero = Money.zero(admission.price.currency)
    guard let charge, admission.customer.terms == .prepaid else { return zero }
    guard charge.currency == admission.customer.currency else {
      throw BillingError(
        .currencyMismatch,
        "request \(admission.request) is priced in \(charge.currency) but its credit is in \(admission.customer.currency)"
      )
    }
    let credit = credits[admission.customer.id] ?? Credit()
    let bearable = max(0, credit.available + (hold?.picos ?? 0))
    return Money(picos: max(0, charge.picos - bearable), charge.currency)
  }

  private func cost(of compute: ComputeShare) throws -> Money {
    guard let machine = machines[compute.machine] else {
      throw BillingError(
        .unknown,
        "machine '\(compute.machine)' was never opened; close it once before its first request settles"
      )
    }
    guard compute.nanoseconds >= 0 else {
      throw BillingError(.invalid, "compute: \(compute.nanoseconds) ns cannot be negative")
    }
    return machine.rate.cost(of: compute.nanoseconds, after: machine.booked)
  }

  private func count(_ compute: ComputeShare) {
    machines[compute.machine]!.booked += compute.nanoseconds
    machines[compute.machine]!.openNanoseconds += compute.nanoseconds
    changedMachines.insert(compute.machine)
  }

  private func insert(
    _ event: UsageEvent, machine: String?, dimensions: Int64?, _ admission: Admission,
    transaction: Int64?
  ) throws {
    let dimensions = try dimensions ?? intern(Posting.dimensions(of: admission))
    changed = true
    state!.usages += 1
    state!.lastDate = event.settled.nanoseconds
    try UsageRows.insert(
      event, sequence: state!.usages, transaction: transaction, machine: machine,
      dimensions: dimensions, with: statements.insertUsage)
    let usage = Projection.Usage(
      requests: 1, unrated: event.usage == nil ? 1 : 0, input: Int64(event.usage?.input ?? 0),
      cached: Int64(event.usage?.cachedInput ?? 0), output: Int64(event.usage?.output ?? 0))
    pending.add(usage: usage, dimensions: dimensions, settled: event.settled.nanoseconds)
  }
}
