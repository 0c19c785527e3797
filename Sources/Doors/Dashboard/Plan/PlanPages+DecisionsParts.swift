import Forecast
import Ledger
import Venture

/// What is asked of the plan beside the drivers; each is worked out by a request of its own.
enum DecisionPart: String, CaseIterable, Sendable {
  case learn, scenarios, price, fleet, hiring

  var question: PlanDesk.Question? {
    switch self {
    case .scenarios: .scenarios
    case .fleet: .fleet
    case .hiring: .hiring
    case .learn, .price: nil
    }
  }
}

extension PlanPages {
  func decision(_ id: String, _ visit: Visit) async throws -> String {
    guard let name = DecisionPart(rawValue: id) else { throw NotFound(what: id) }
    let deciding = try await deciding(visit)
    let title = visit.text("plan_decision_\(name.rawValue)")
    let blocks = try await part(name.rawValue, title) {
      switch name {
      case .learn: return try await information(visit, deciding, title)
      case .price: return try await prices(visit, deciding, title)
      case .scenarios, .fleet, .hiring:
        let comparison = try await desk.compare(
          name.question!, request: Self.bounded(deciding.request, 4_000), goal: deciding.goal)
        return [
          Block(
            id: name.rawValue, title: title,
            aside: ([visit.text("plan_decision_\(name.rawValue)_aside")]
              + [comparisonAside(visit, comparison, deciding.format, deciding.chosen)])
              .joined(separator: " "),
            table: comparisonTable(
              name.rawValue, title, visit, comparison, deciding.format, deciding.chosen))
        ]
      }
    }
    return answer(blocks, tab: .decisions, visit)
  }

  /// Each of many alternatives is a run of its own: fewer paths keep the reader from waiting, and the
  /// errors beside the figures say what that costs.
  static func bounded(_ request: PlanDesk.Request, _ most: Int) -> PlanDesk.Request {
    var request = request
    request.paths = min(request.paths, most)
    return request
  }

  // MARK: What to learn next

  private func information(
    _ visit: Visit, _ deciding: Deciding, _ title: String
  ) async throws -> [Block] {
    let request = Self.bounded(deciding.request, 4_000)
    let sensitivity = try await desk.sensitivity(request, goal: deciding.goal)
    let text = visit.text
    guard let information = sensitivity.information else {
      throw DeskError(.invalid, text("plan_information_none"))
    }
    let money = deciding.format.money
    var table = TableView(id: "learn", caption: title)
    table.columns = [
      Column(text("plan_column_driver"), .name),
      Column(text("plan_column_worth"), unit: deciding.format.currency.code),
      Column(text("plan_column_worth_least"), unit: deciding.format.currency.code),
      Column(text("plan_column_error"), unit: "±"),
    ]
    table.rows = information.drivers.filter { $0.value > 0 }.prefix(12).map { driver in
      let slot = deciding.model.parameters.slots[driver.slot]
      return Row(cells: [
        .name(words(visit).driver(slot.label), line(slot.line)), .number(money(driver.value)),
        .number(money(max(0, driver.lower))), .number(money(driver.standardError)),
      ])
    }
    table.empty_title = text("plan_information_empty_title")
    table.empty_text = text("plan_information_empty")
    let best =
      sensitivity.decisions.indices.contains(information.bestNow)
      ? sensitivity.decisions[information.bestNow] : "–"
    let aside = text(
      "plan_information_aside",
      [
        "perfect": money(information.perfect), "error": money(information.perfectError),
        "best": best, "count": "\(sensitivity.decisions.count)",
        "paths": visit.format.count(request.paths),
      ])
    return [Block(id: "learn", title: title, aside: aside, table: table)]
  }

  // MARK: Price

  private func prices(
    _ visit: Visit, _ deciding: Deciding, _ title: String
  ) async throws -> [Block] {
    let request = Self.bounded(deciding.request, 2_000)
    let result = try await desk.prices(request, goal: deciding.goal)
    let text = visit.text
    let times: (Double) -> String = { "× \(deciding.format.number($0))" }
    func points(_ value: (PriceOptimiser.Point) -> Double) -> [(x: Double, y: Double)] {
      result.curve.map { (x: $0.settings[0], y: value($0)) }
    }
    let drawing = Charts.curve(
      [
        (text("plan_expected"), points(\.expected), .accent),
        (text("plan_worst_decile"), points(\.worstDecile), .loss),
      ], title: title, xLabel: times, yLabel: deciding.value)
    let best = result.best
    let isClear = abs(best.difference) > 2 * best.differenceError
    let aside = text(
      isClear ? "plan_price_aside" : "plan_price_unclear",
      [
        "level": times(best.settings[0]), "difference": deciding.value(best.difference),
        "error": deciding.value(best.differenceError),
        "chance": deciding.format.percent(best.chanceBetter),
        "goal": text("plan_goal_\(deciding.chosen.rawValue)_words"),
        "paths": visit.format.count(request.paths),
      ])
    var table = TableView(id: "price-table", caption: text("plan_price_table"))
    table.columns = [
      Column(text("plan_price_level"), .name), Column(text("plan_expected")),
      Column(text("plan_worst_decile")), Column("", unit: "P10–P90"),
      Column(text("plan_column_difference")), Column(text("plan_column_better"), unit: "%"),
    ]
    table.rows = [(text("plan_price_today"), result.today), (times(best.settings[0]), best)].map {
      name, point in
      Row(cells: [
        .name(name, nil), .number(deciding.value(point.expected)),
        .number(deciding.value(point.worstDecile)),
        .number("\(deciding.value(point.quantiles[0])) – \(deciding.value(point.quantiles[2]))"),
        .number(deciding.value(point.difference)),
        .number(deciding.format.percent(point.chanceBetter)),
      ])
    }
    return [
      Block(id: "price", title: title, aside: aside, drawing: drawing),
      Block(id: "price-table", title: text("plan_price_table"), table: table),
    ]
  }

  // MARK: Comparisons

  /// Names of alternatives that are not written in the plan.
  private func name(_ row: Comparison.Row, _ visit: Visit, _ format: FigureFormat) -> String {
    if Fleet.Mode(rawValue: row.id) != nil { return visit.text("plan_fleet_\(row.id)") }
    if row.id.hasPrefix("hire_") {
      guard row.name != "–", let month = Month(row.name) else {
        return visit.text("plan_hire_never")
      }
      return visit.text("plan_hire_in", ["month": format.month(month)])
    }
    if row.id.hasPrefix("without_") {
      return visit.text("plan_mix_without", ["name": String(row.name.drop { "− ".contains($0) })])
    }
    if row.id.hasPrefix("only_") { return visit.text("plan_mix_only", ["name": row.name]) }
    return row.id == "all" ? visit.text("plan_mix_all") : row.name
  }

  func comparisonAside(
    _ visit: Visit, _ comparison: Comparison, _ format: FigureFormat, _ chosen: PlanGoal = .value
  ) -> String {
    let best = comparison.rows[comparison.bestExpected]
    let safest = comparison.rows[comparison.bestWorstDecile]
    // Rounding of sums leaves a trace where one alternative is best on every path.
    let isNothing = comparison.perfectInformation < 1e-9 * abs(best.expected)
    let worth = isNothing ? 0 : comparison.perfectInformation
    return visit.text(
      best.id == safest.id ? "plan_comparison_one" : "plan_comparison_two",
      [
        "best": name(best, visit, format), "safest": name(safest, visit, format),
        "chance": format.percent(best.chanceBest), "paths": visit.format.count(comparison.paths),
        "worth": chosen.isShare
          ? format.percent(worth) : format.money(worth),
      ])
  }

  func comparisonTable(
    _ id: String, _ title: String, _ visit: Visit, _ comparison: Comparison,
    _ format: FigureFormat, _ chosen: PlanGoal = .value
  ) -> TableView {
    let text = visit.text
    let value: (Double) -> String = { chosen.isShare ? format.percent($0) : format.money($0) }
    var table = TableView(id: id, caption: title)
    table.columns = [
      Column(text("plan_column_alternative"), .name), Column(text("plan_expected")),
      Column(text("plan_column_error"), unit: "±"), Column("P10"), Column("P50"), Column("P90"),
      Column(text("plan_worst_decile")), Column(text("plan_column_best"), unit: "%"),
      Column(text("plan_column_better"), unit: "%"), Column(text("plan_column_difference")),
      Column(text("plan_column_error"), unit: "±"),
    ]
    table.rows = comparison.rows.enumerated().map { index, row in
      func money(_ amount: Double) -> Cell {
        .number(value(amount), tone: amount < 0 ? .loss : nil)
      }
      return Row(
        cells: [
          .name(name(row, visit, format), nil), money(row.expected),
          .number(value(row.standardError)),
        ]
          + row.quantiles.map(money) + [
            money(row.worstDecile), .number(format.percent(row.chanceBest)),
            .number(index == 0 ? "–" : format.percent(row.chanceBetter)),
            index == 0 ? .number("–") : money(row.difference),
            .number(index == 0 ? "–" : value(row.differenceError)),
          ])
    }
    return table
  }
}
