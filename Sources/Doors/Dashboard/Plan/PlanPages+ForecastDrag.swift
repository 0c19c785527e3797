import Forecast
import Foundation
import Venture

extension PlanPages {
  /// A driver as a slider from ½ to 2 times, in logarithms.
  struct Driver: ViewModel, Sendable {
    let name: String
    /// Of the form's field.
    let field: String
    let label: String
    let value: String
    /// The plan's line that it is written in.
    let link: String?
    let exponent: String
  }

  private static let mostDrivers = 8

  /// The drivers that move the net present value most, and the level of all prices. Chosen for the
  /// plan with nothing moved, so that a slider does not vanish while it is dragged.
  func drivers(
    _ visit: Visit, _ ask: PlanAsk, _ basis: PlanDesk.Request.Basis, _ look: PlanDesk.Look,
    _ format: FigureFormat
  ) async throws -> [Driver] {
    let tornado = try await desk.tornado(ask.request(basis, moved: false), goal: .netPresentValue)
    let model = look.forecasted.model
    let strongest = tornado.bars.filter { $0.swing > 0 }.prefix(Self.mostDrivers).map(\.slot)
    let slots =
      [model.priceMultiplier.index] + strongest.filter { $0 != model.priceMultiplier.index }
    return slots.filter(model.parameters.slots.indices.contains).map { index in
      let slot = model.parameters.slots[index]
      let exponent = ask.exponents[slot.name] ?? 0
      return Driver(
        name: slot.name, field: PlanAsk.prefix + slot.name,
        label: index == model.priceMultiplier.index
          ? visit.text("plan_price_level")
          : words(visit).driver(slot.label),
        value: Self.middle(slot, format), link: line(slot.line), exponent: "\(exponent)")
    }
  }

  /// The slot's median in its own unit, with whatever factor it carries.
  static func middle(_ slot: ParameterTable.Slot, _ format: FigureFormat) -> String {
    switch slot.content {
    case .constant(let value): format.value(value, scale: slot.scale, unit: slot.unit)
    case .uncertain(let law): format.value(law.quantile(0.5), scale: slot.scale, unit: slot.unit)
    case .formula: "–"
    }
  }

  // MARK: Redraw

  /// What is shown of a forecast, drawn again: sent while a driver is dragged.
  struct Redrawn: Encodable, Sendable {
    /// HTML.
    let answer: String
    let figures: String
    /// Only of a redraw at rest (`rest=1`): sums over years take as long again.
    let years: String?
    /// `<svg>` by the chart's id.
    let drawings: [String: String]
    /// Of the moved drivers, by slot name, in their units.
    let values: [String: String]
    let imprint: String
  }

  /// - Throws: `invalid` when the address asks for what the plan does not have.
  func redraw(_ visit: Visit) async throws -> Redrawn {
    let plan = try desk.plan().plan
    let ask = try ask(visit)
    let past = try await past(recent: true)
    let basis = basis(ask, past)
    let isAtRest = visit.query["rest"] != nil
    var request = ask.request(basis)
    if !isAtRest { request.paths = pace.paths(most: request.paths) }
    let begin = ContinuousClock.now
    let look = try await desk.look(request, withYears: isAtRest)
    if !isAtRest { pace.learn(ContinuousClock.now - begin, paths: request.paths) }
    let reference = try await reference(visit, ask, basis)
    let format = format(visit, plan.currency)
    let words = ForecastWords(visit, look.forecasted.outcome, format, words(visit))
    var values: [String: String] = [:]
    let slots = look.forecasted.model.parameters
    for name in visit.query.fields.keys where name.hasPrefix(PlanAsk.prefix) {
      let name = String(name.dropFirst(PlanAsk.prefix.count))
      values[name] = slots.parameter(named: name).map { Self.middle(slots[$0], format) }
    }
    let drawings = drawings(visit, look, past, reference, format).map { ($0.id, $0.drawing.svg) }
    return Redrawn(
      answer: pages.render("answer", ["answer": words.answer, "unconverted": false]),
      figures: pages.render("figures", ["figures": words.figures, "t": visit.text]),
      years: isAtRest
        ? pages.render("part", ["table": years(visit, look, format), "t": visit.text]) : nil,
      drawings: Dictionary(uniqueKeysWithValues: drawings), values: values,
      imprint: imprint(visit, look.forecasted))
  }
}
