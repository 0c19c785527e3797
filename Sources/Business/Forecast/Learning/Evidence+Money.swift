import Foundation
import Ledger

/// Seconds of a model's month.
let secondsPerMonth = 2_628_000.0

extension EvidenceBook {
  // MARK: Streams

  /// Revenue that the ledger has of the stream in a month: by its id, else by its account where no
  /// other stream books there.
  private func booked(_ stream: RevenueStream) -> [Double?] {
    let account = stream.kind.account
    let isAlone = model.streams.count { $0.kind.account == account } == 1
    return actuals.months.map { month in
      month.byStream[stream.id] ?? (isAlone ? month.byStream[account.rawValue] : nil)
    }
  }

  func revenue(_ index: Int) -> Evidence? {
    let stream = model.streams[index]
    let observed = zip(booked(stream), actuals.months).map { revenue, month in
      revenue.flatMap { $0 > 0 ? $0 / month.observedShare : nil }
    }
    guard observed.contains(where: { $0 != nil }) else { return nil }
    let offsets = actuals.months.indices.map(offset)
    let price = stream.price
    let drift = stream.isIndexed ? model.tokenPrice.drift : nil
    let shared = [price] + (drift.map { [$0] } ?? [])
    @Sendable func level(_ month: Int, _ values: [Double]) -> Double {
      drift.map { exp(values[$0.index] * Double(offsets[month])) } ?? 1
    }
    @Sendable func grown(_ growth: Parameter, _ month: Int, _ values: [Double]) -> Double {
      pow(1 + values[growth.index], Double(offsets[month]))
    }
    switch stream.volume {
    case .customers(let segment, let attach):
      return customerRevenue(stream, segment, attach, observed, drift)
    case .orders(let rate, let growth):
      return ratios(observed, reads: shared + [rate, growth]) { month, values in
        values[rate.index] * grown(growth, month, values) * values[price.index]
          * level(month, values)
      }
    case .projects(let rate, let growth, let winRate, let personMonths, _):
      return ratios(observed, reads: shared + [rate, growth, winRate, personMonths]) {
        month, values in
        values[rate.index] * grown(growth, month, values) * values[winRate.index]
          * values[price.index] * level(month, values)
      }
    case .audience(let segment, let impressions, let fill):
      guard let free = model.segments[segment].free else { return nil }
      let users = medians[free.opening.index]
      return ratios(observed, reads: shared + [impressions, fill, free.opening]) { month, values in
        max(users, values[free.opening.index]) * values[impressions.index] * values[fill.index]
          * values[price.index] / 1_000 * level(month, values)
      }
    case .turnover(let amount, let growth):
      return ratios(observed, reads: shared + [amount, growth]) { month, values in
        values[amount.index] * grown(growth, month, values) * values[price.index]
          * level(month, values)
      }
    }
  }

  /// Price realised: what the customers paid ÷ what the offer charges for what they used.
  private func customerRevenue(
    _ stream: RevenueStream, _ index: Int, _ attach: Parameter, _ observed: [Double?],
    _ drift: Parameter?
  ) -> Evidence? {
    let segment = model.segments[index]
    let data = series(index)
    var charges: [(meter: RevenueStream.Meter, charge: ExpectedCharge)] = []
    for item in stream.offer {
      guard let charge = try? ExpectedCharge(item.curve, field: stream.id) else { return nil }
      charges.append((item.meter, charge))
    }
    let items = charges
    let offsets = data.indices.map(offset)
    let shares = actuals.months.map(\.observedShare)
    let multiplier = model.priceMultiplier
    let price = stream.price
    let reads =
      [
        attach, price, multiplier, segment.seats, segment.events, segment.successRate,
        segment.tokens,
      ]
      + [drift, segment.usageSpread].compactMap { $0 }
    // Without a fee the revenue is of the same minutes as the usage.
    let isWithin = items.allSatisfy { Self.isUsage($0.meter) && $0.charge.mean(0, spread: 0) == 0 }
    return ratios(
      observed, isWithin: isWithin, reads: used(reads, items.map(\.meter), segment)
    ) { month, values in
      let item = data[month]
      guard item.active > 0 else { return 0 }
      let spread = segment.usageSpread.map { values[$0.index] } ?? 0
      var charge = 0.0
      for (meter, curve) in items {
        let mean = Self.quantity(meter, item, segment, values, share: shares[month])
        charge += curve.mean(mean, spread: meter.isSpread ? spread : 0)
      }
      let index = drift.map { exp(values[$0.index] * Double(offsets[month])) } ?? 1
      return item.active * min(max(values[attach.index], 0), 1) * charge
        * values[price.index] * values[multiplier.index] * index
    }
  }

  /// Without the drivers that no meter of the offer asks for: they would only be tied together.
  private func used(
    _ reads: [Parameter], _ meters: [RevenueStream.Meter], _ segment: Segment
  ) -> [Parameter] {
    var idle: Set<Parameter> = [segment.tokens]
    if !meters.contains(.seats) { idle.insert(segment.seats) }
    if !meters.contains(.outcomes) { idle.insert(segment.successRate) }
    if !meters.contains(.outcomes), !meters.contains(.events) { idle.insert(segment.events) }
    if let spread = segment.usageSpread, !meters.contains(where: \.isSpread) {
      idle.insert(spread)
    }
    return reads.filter { !idle.contains($0) }
  }

  static func isUsage(_ meter: RevenueStream.Meter) -> Bool {
    switch meter {
    case .input, .output, .tokens, .requests, .cachedInput: true
    case .seats, .events, .outcomes, .customers: false
    }
  }

  /// Of one customer in a whole month: as the ledger counted it, else as the plan has it.
  static func quantity(
    _ meter: RevenueStream.Meter, _ item: SegmentActuals, _ segment: Segment, _ values: [Double],
    share: Double
  ) -> Double {
    let each = 1 / max(item.active * share, 1e-12)
    let events = item.events.map { $0 * each } ?? values[segment.events.index]
    return switch meter {
    case .input: (item.tokens - item.outputTokens - item.cachedTokens) * each
    case .output: item.outputTokens * each
    case .cachedInput: item.cachedTokens * each
    case .tokens: item.tokens * each
    case .requests: item.requests * each
    case .seats: values[segment.seats.index]
    case .events: events
    case .outcomes:
      item.successes.map { $0 * each } ?? events * values[segment.successRate.index]
    case .customers: 1
    }
  }

  // MARK: Machines

  mutating func collectMachines() {
    let fleet = model.fleet
    let offsets = actuals.months.indices.map(offset)
    add(
      ratios(
        actuals.months.map { $0.tokensPerSecond.map { $0 * secondsPerMonth } },
        isWithin: true, reads: [fleet.throughput], expected: { $1[fleet.throughput.index] }))
    let cost = actuals.months.map { month -> Double? in
      let time = Double(month.machineUsedNanoseconds) + Double(month.machineIdleNanoseconds)
      let money = (month.costs["compute_used"] ?? 0) + (month.costs["idle_capacity"] ?? 0)
      return time > 0 && money > 0 ? money / (time / 1e9 / secondsPerMonth) : nil
    }
    let drift = model.machinePrice.drift
    add(
      ratios(cost, isWithin: true, reads: [fleet.running, drift]) { month, values in
        values[fleet.running.index] * exp(values[drift.index] * Double(offsets[month]))
      })
  }

  // MARK: Costs

  /// Accounts whose costs the plan writes as people, lines, channels or support.
  mutating func collectCosts() {
    var accounts: Set<String> = []
    for role in model.roles { accounts.insert(role.account.rawValue) }
    for line in model.costs where !line.isOneOff { accounts.insert(line.account.rawValue) }
    if model.segments.contains(where: { !$0.channels.isEmpty }) { accounts.insert("marketing") }
    accounts.insert("support")
    for account in accounts.sorted() {
      let observed = actuals.months.map { month in
        month.costs[account].flatMap { $0 > 0 ? $0 / month.observedShare : nil }
      }
      let plan = PlannedCost(book: self, account: account, observed: observed)
      add(
        ratios(
          observed, guess: PlannedCost.deviation, floor: PlannedCost.floor, reads: plan.reads
        ) { plan.value($0, $1) })
    }
    let fee = model.finance.paymentFee
    add(
      ratios(
        actuals.months.map { month in
          month.costs["payment_fees"].flatMap { month.revenue > 0 ? $0 / month.revenue : nil }
        }, reads: [fee], expected: { $1[fee.index] }))
  }
}
