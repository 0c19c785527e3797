import Forecast
import Venture

/// What a reader wants more of.
enum PlanGoal: String, CaseIterable, Sendable {
  case value = "npv"
  case breakEven = "break_even"
  case solvent
  case leastCash = "least_cash"
  case profit = "total_profit"
  case revenue = "total_revenue"
  case finalCash = "final_cash"

  var isShare: Bool { self == .breakEven || self == .solvent }

  func goal(months: Int) -> Goal {
    switch self {
    case .value: .netPresentValue
    case .breakEven: Goal(.breakEven(by: months - 1))
    case .solvent: Goal(.solvent(through: months - 1))
    case .leastCash: Goal(.leastCash)
    case .profit: Goal(.totalProfit)
    case .revenue: Goal(.totalRevenue)
    case .finalCash: Goal(.finalCash)
    }
  }
}

extension PlanPages {
  /// Everything that a part of the decisions is worked out from.
  struct Deciding: Sendable {
    let ask: PlanAsk
    let request: PlanDesk.Request
    let basis: PlanDesk.Request.Basis
    let chosen: PlanGoal
    let goal: Goal
    let model: Model
    let format: FigureFormat

    /// The goal's value as readers see it.
    func value(_ value: Double) -> String {
      chosen.isShare ? format.percent(value) : format.money(value)
    }
  }

  func deciding(_ visit: Visit) async throws -> Deciding {
    let plan = try desk.plan().plan
    let ask = try ask(visit)
    let basis = basis(ask, try await past())
    let name = visit.query["goal"] ?? PlanGoal.value.rawValue
    guard let chosen = PlanGoal(rawValue: name) else {
      throw DeskError(
        .invalid,
        "goal: '\(name)' is not one of \(PlanGoal.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    let request = ask.request(basis, moved: false)
    let model = try await desk.model(request).0
    return Deciding(
      ask: ask, request: request, basis: basis, chosen: chosen,
      goal: chosen.goal(months: model.months), model: model, format: format(visit, plan.currency))
  }

  func decisions(_ visit: Visit) async throws -> String {
    let deciding = try await deciding(visit)
    let tornado = try await desk.tornado(deciding.request, goal: deciding.goal)
    let text = visit.text
    let later = DecisionPart.allCases.map {
      self.later(
        $0.rawValue, text("plan_decision_\($0.rawValue)"), path: "/plan/decisions", visit,
        deciding.ask)
    }
    return page(
      .decisions, visit, answer: decisionAnswer(visit, deciding, tornado),
      blocks: tornadoBlocks(visit, deciding, tornado) + later, template: "plan-chosen",
      more: [
        "selections": try selections(visit, deciding.ask, deciding.basis) + [
          Selection(
            name: "goal", label: text("plan_goal"),
            options: PlanGoal.allCases.map {
              .init(
                value: $0.rawValue, label: text("plan_goal_\($0.rawValue)"),
                selected: $0 == deciding.chosen)
            })
        ],
        "kept_drivers": [Frame.Field](), "has_choices": true, "action": "/plan/decisions",
      ])
  }

  private func decisionAnswer(
    _ visit: Visit, _ deciding: Deciding, _ tornado: Tornado
  ) -> [Piece] {
    guard let bar = tornado.bars.first, bar.swing > 0 else {
      return visit.text.pieces("plan_answer_no_drivers", [:])
    }
    let slot = deciding.model.parameters.slots[bar.slot]
    func driver(_ value: Double) -> String {
      deciding.format.value(value, scale: slot.scale, unit: slot.unit)
    }
    return visit.text.pieces(
      "plan_answer_decisions",
      [
        "goal": Piece(text: visit.text("plan_goal_\(deciding.chosen.rawValue)_words")),
        "driver": Piece(text: words(visit).driver(bar.label), link: line(slot.line), strong: true),
        "low": Piece(text: driver(bar.low)), "high": Piece(text: driver(bar.high)),
        "from": Piece(text: deciding.value(bar.goalAtLow), link: "#tornado", strong: true),
        "to": Piece(text: deciding.value(bar.goalAtHigh), link: "#tornado", strong: true),
      ])
  }

  private static let mostBars = 14

  private func tornadoBlocks(
    _ visit: Visit, _ deciding: Deciding, _ tornado: Tornado
  ) -> [Block] {
    let text = visit.text
    let names = words(visit)
    let bars = tornado.bars.filter { $0.swing > 0 }.prefix(Self.mostBars)
    let title = text(
      "plan_tornado_title", ["goal": text("plan_goal_\(deciding.chosen.rawValue)_words")])
    let drawing = Charts.tornado(
      bars.map { (Self.shortened(names.driver($0.label)), $0.goalAtLow, $0.goalAtHigh) },
      base: tornado.base,
      title: title, format: deciding.format, isShare: deciding.chosen.isShare)
    var table = TableView(id: "drivers", caption: text("plan_tornado_table"))
    table.columns = [
      Column(text("plan_column_driver"), .name),
      Column(text("plan_column_driver_low"), unit: "P10"),
      Column(text("plan_column_driver_high"), unit: "P90"),
      Column(text("plan_column_goal_low")), Column(text("plan_column_goal_high")),
      Column(text("plan_column_swing")), Column(text("plan_column_error"), unit: "±"),
    ]
    table.rows = bars.map { bar in
      let slot = deciding.model.parameters.slots[bar.slot]
      func driver(_ value: Double) -> Cell {
        .number(deciding.format.value(value, scale: slot.scale, unit: slot.unit))
      }
      return Row(cells: [
        .name(names.driver(bar.label), line(slot.line)), driver(bar.low), driver(bar.high),
        .number(deciding.value(bar.goalAtLow)), .number(deciding.value(bar.goalAtHigh)),
        .number(deciding.value(bar.swing)), .number(deciding.value(bar.error)),
      ])
    }
    return [
      Block(id: "tornado", title: title, aside: text("plan_tornado_aside"), drawing: drawing),
      Block(id: "drivers", title: text("plan_tornado_table"), table: table),
    ]
  }

  /// For the margin of a drawing: 34 narrow characters, wide ones count twice.
  static func shortened(_ label: String, width limit: Int = 34) -> String {
    var width = 0
    var result = ""
    for character in label {
      width += character.unicodeScalars.first.map { $0.value >= 0x2E80 ? 2 : 1 } ?? 1
      if width > limit { return result + "…" }
      result.append(character)
    }
    return result
  }
}
