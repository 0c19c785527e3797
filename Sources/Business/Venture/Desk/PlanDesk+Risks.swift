import Billing
import Forecast
package import Ledger

/// The risks: how much they cost, what is done about them, what that is worth, and which of them
/// give a sign today.
package struct RiskReport: Sendable, Encodable {
  package let planHash: String
  package let position: Int64?
  package let assessment: RiskAssessment
  /// What each treatment does to the chance of break-even.
  package let worth: ResponseWorth
  /// Paths and seed of `worth`.
  package let paths: Int
  package let seed: UInt64
  /// The live metrics that the triggers were held against, by `RiskMetric`'s names.
  package let metrics: [String: Double]
  package let today: CalendarDate
}

extension PlanDesk {
  /// Runs of `worth` cost one simulation a treatment.
  private static let worthPaths = 4_000

  /// - Throws: `invalid` when the plan names no risk.
  package func risks(_ request: Request) async throws -> RiskReport {
    let (plan, hash) = try plan()
    guard !plan.risks.risks.isEmpty else {
      throw DeskError(.invalid, "the plan names no risks; add them under 'risks:'")
    }
    let (metrics, position) = await liveMetrics()
    let today = today
    let signs = metrics.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let key =
      "risks|\(hash)|\(position ?? -1)|\(today)|\(request.key)|\(signs.joined(separator: ","))"
    return try await once(key) {
      let means = try plan.model().parameters.meanValues()
      var compiled = plan.compiled
      let scale = plan.model().finance.openingCash.index
      let assessment = try plan.risks.assess(
        &compiled, scale: scale < means.count ? max(means[scale], 1) : 1, metrics: metrics,
        today: today, paths: min(request.paths, LossModel.largestPaths), seed: request.seed)
      let paths = min(request.paths, Self.worthPaths)
      return RiskReport(
        planHash: hash, position: position, assessment: assessment,
        worth: try plan.responseWorth(.init(paths: paths, seed: request.seed)), paths: paths,
        seed: request.seed, metrics: metrics, today: today)
    }
  }

  /// The date where the books are kept.
  package var today: CalendarDate {
    CalendarDate(
      number: Int((access.now().seconds + access.offsetSeconds).quotientFloor(86_400)))
  }

  /// What the books say today, by `RiskMetric`'s names: of the last whole month. Empty without books;
  /// a metric that the books do not tell is absent.
  package func liveMetrics() async -> (metrics: [String: Double], position: Int64?) {
    guard let actuals = try? await actuals(),
      let month = actuals.complete.last ?? actuals.months.last
    else { return ([:], nil) }
    var reading = LiveReading(actuals: actuals, month: month)
    if let books = access.books {
      let index = month.month.index - actuals.months[0].month.index
      let bounds = Actuals.boundaries(
        from: actuals.months[0].month, count: index + 1, offsetSeconds: access.offsetSeconds)
      if let customers = try? await books.totals(
        from: bounds[index], to: bounds[index + 1], by: .customer)
      {
        reading.addConcentration(
          .topCustomerShare,
          customers.filter { $0.account.kind == .revenue && $0.group != nil }.map {
            ($0.group ?? "", -Double($0.amount.picos))
          })
      }
      if let quality = try? await books.serviceQuality(from: bounds[index], to: bounds[index + 1]) {
        reading.set(.errorRate, Double(quality.failed), over: Double(quality.requests))
        if let p95 = quality.p95Milliseconds { reading.set(.p95Latency, Double(p95) / 1_000) }
      }
      if let vendors = try? await books.totals(
        from: bounds[index], to: bounds[index + 1], by: .vendor)
      {
        reading.addConcentration(
          .topVendorShare,
          vendors.filter { $0.account.kind == .costOfRevenue }.map {
            ($0.group ?? "", Double($0.amount.picos))
          }, isGroupNeeded: true)
      }
    }
    return (reading.metrics, actuals.position)
  }
}

/// The metrics that a month of the books tells.
private struct LiveReading {
  var metrics: [String: Double] = [:]

  init(actuals: Actuals, month: MonthActuals) {
    let costOfRevenue = month.costs.filter { Account(rawValue: $0.key)?.kind == .costOfRevenue }
      .values.sorted().reduce(0, +)
    set(.revenue, month.revenue)
    set(.cash, month.cashAtEnd)
    set(.customers, month.customers)
    set(.grossMargin, (month.revenue - costOfRevenue), over: month.revenue)
    let segments = month.bySegment.sorted { $0.key < $1.key }.map(\.value)
    let lost = segments.reduce(0) { $0 + $1.lost }
    let new = segments.reduce(0) { $0 + $1.newCustomers }
    set(.monthlyChurn, lost, over: month.customers + lost - new)
    let machine = Double(month.machineUsedNanoseconds)
    set(.utilisation, machine, over: machine + Double(month.machineIdleNanoseconds))
    let compute = ["compute_used", "idle_capacity", "upstream_models"]
      .reduce(0) { $0 + (month.costs[$1] ?? 0) }
    set(.costPerMillion, compute * 1e6, over: month.tokens)
    set(.pricePerMillion, month.revenue * 1e6, over: month.tokens)
    set(.acquisitionCost, month.costs["marketing"] ?? 0, over: new)
    let counted = segments.filter { $0.events != nil && $0.successes != nil }
    set(
      .resolutionRate, counted.reduce(0) { $0 + ($1.successes ?? 0) },
      over: counted.reduce(0) { $0 + ($1.events ?? 0) })
    set(.incidents, Double(month.incidents.values.reduce(0, +)))
    let whole = actuals.complete
    if whole.count > 1 {
      let before = whole[whole.count - 2].revenue
      set(.revenueGrowth, whole[whole.count - 1].revenue - before, over: before)
    }
    let recent = whole.suffix(3)
    let burn = -recent.reduce(0) { $0 + $1.cashChange } / Double(max(1, recent.count))
    if burn > 0 { set(.runwayMonths, max(0, month.cashAtEnd), over: burn) }
  }

  mutating func set(_ metric: RiskMetric, _ value: Double) {
    if value.isFinite { metrics[metric.rawValue] = value }
  }

  mutating func set(_ metric: RiskMetric, _ above: Double, over below: Double) {
    if below > 0 { set(metric, above / below) }
  }

  /// The largest group's share of the whole; amounts in one currency or close to it.
  mutating func addConcentration(
    _ metric: RiskMetric, _ amounts: [(String, Double)], isGroupNeeded: Bool = false
  ) {
    var groups: [String: Double] = [:]
    for (group, amount) in amounts { groups[group, default: 0] += amount }
    let total = groups.values.sorted().reduce(0, +)
    let largest = groups.filter { !isGroupNeeded || !$0.key.isEmpty }.values.max() ?? 0
    if largest > 0 { set(metric, largest, over: total) }
  }
}

extension Int64 {
  /// Towards minus infinity.
  fileprivate func quotientFloor(_ divisor: Int64) -> Int64 {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? quotient - 1 : quotient
  }
}
