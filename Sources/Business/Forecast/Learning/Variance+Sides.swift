import Ledger

extension Variance {
  /// Costs that the customers' pieces cause; all others are compared account by account.
  static let variableAccounts: Set<String> = Set(
    [Account.computeUsed, .upstreamModels, .paymentFees, .support, .partnerShare].map(\.rawValue))

  /// A period of a deterministic trace of the plan against the same months of the ledger.
  ///
  /// - Parameters:
  ///   - trace: of `model`, from its start.
  ///   - months: whole months that both have.
  /// - Throws: `noData` when one of the months is not in both.
  package init(
    model: Model, trace: PathTrace, actuals: Actuals, months: ClosedRange<Month>
  ) throws(ForecastError) {
    let period = actuals.complete.filter { months.contains($0.month) }
    let indices = period.map { $0.month.index - model.start.index }
    guard period.count == months.upperBound.index - months.lowerBound.index + 1,
      indices.allSatisfy({ (0..<trace.months).contains($0) })
    else {
      throw ForecastError(
        .noData,
        "plan against actual: \(months.lowerBound) to \(months.upperBound) is not whole in both the "
          + "plan and the ledger")
    }
    self.init(
      plan: Self.plan(model, trace, indices), actual: Self.actual(model, period))
  }

  /// Segments by customers; streams without a segment by revenue, whose difference is one of volume.
  private static func plan(_ model: Model, _ trace: PathTrace, _ months: [Int]) -> Side {
    func sum(_ name: String) -> Double { months.reduce(0) { $0 + trace[name][$1] } }
    var revenue = [Double](repeating: 0, count: model.segments.count)
    var lines: [Line] = []
    for stream in model.streams {
      let own = sum("streams.\(stream.id).revenue")
      if case .customers(let segment, _) = stream.volume {
        revenue[segment] += own
      } else {
        lines.append(
          Line(id: stream.id, group: stream.id, quantity: own, revenue: own, cost: 0))
      }
    }
    var costs: [String: Double] = [:]
    for name in trace.series.keys where name.hasPrefix("costs.") {
      let total = sum(name)
      if total != 0 { costs[String(name.dropFirst("costs.".count))] = total }
    }
    let customers = model.segments.map { sum("segments.\($0.id).customers") }
    let tokens = model.segments.map { sum("segments.\($0.id).tokens") }
    return side(model, lines, customers, tokens, revenue, costs)
  }

  private static func actual(_ model: Model, _ period: [MonthActuals]) -> Side {
    func sum(_ value: (MonthActuals) -> Double) -> Double { period.reduce(0) { $0 + value($1) } }
    func segments(_ value: (SegmentActuals) -> Double) -> [Double] {
      model.segments.map { segment in sum { $0.bySegment[segment.id].map(value) ?? 0 } }
    }
    let lines = model.streams.compactMap { stream -> Line? in
      if case .customers = stream.volume { return nil }
      let own = sum { $0.byStream[stream.id] ?? 0 }
      return Line(id: stream.id, group: stream.id, quantity: own, revenue: own, cost: 0)
    }
    let costs = period.reduce(into: [String: Double]()) { all, month in
      all.merge(month.costs, uniquingKeysWith: +)
    }
    // What no customer's revenue accounts for is a line of its own, so that nothing is lost.
    var all = lines
    let rest =
      sum(\.revenue) - segments(\.revenue).reduce(0, +) - lines.reduce(0) { $0 + $1.revenue }
    if abs(rest) > 1e-6 * max(1, abs(sum(\.revenue))) {
      all.append(Line(id: "other", group: "other", quantity: rest, revenue: rest, cost: 0))
    }
    return side(
      model, all, segments(\.active), segments(\.tokens), segments(\.revenue), costs)
  }

  /// Variable costs go to the segments by their tokens, or by customers where there are none.
  private static func side(
    _ model: Model, _ lines: [Line], _ customers: [Double], _ tokens: [Double],
    _ revenue: [Double], _ costs: [String: Double]
  ) -> Side {
    let variable = costs.filter { variableAccounts.contains($0.key) }
      .sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
    let keys = tokens.reduce(0, +) > 0 ? tokens : customers
    let whole = keys.reduce(0, +)
    let own = model.segments.indices.map { index in
      Line(
        id: model.segments[index].id, group: "customers", quantity: customers[index],
        revenue: revenue[index], cost: whole > 0 ? variable * keys[index] / whole : 0)
    }
    var fixed = costs.filter { !variableAccounts.contains($0.key) }
    if whole == 0, variable != 0 { fixed["variable"] = variable }
    return Side(lines: own + lines, fixedCosts: fixed)
  }
}
