import Forecast
import Foundation
import Venture

extension PlanPages {
  /// The forecast's charts, each redrawn by its id.
  struct Chart: ViewModel, Sendable {
    let id: String
    let title: String
    let aside: String?
    let drawing: String
  }

  func forecast(_ visit: Visit) async throws -> String {
    let plan = try desk.plan().plan
    let ask = try ask(visit)
    let past = try await past()
    let basis = basis(ask, past)
    let look = try await desk.look(ask.request(basis))
    let reference = try await reference(visit, ask, basis)
    let format = format(visit, plan.currency)
    let words = ForecastWords(visit, look.forecasted.outcome, format, words(visit))
    let text = visit.text
    let charts = drawings(visit, look, past, reference, format).map { id, drawing in
      Chart(
        id: id, title: text("plan_\(id)_title"),
        aside: aside(id, visit, past, reference), drawing: drawing.svg)
    }
    let kept = ask.exponents.map {
      Frame.Field(name: PlanAsk.prefix + $0.key, value: "\($0.value)")
    }
    return page(
      .forecast, visit, answer: words.answer, figures: words.figures,
      blocks: [Block(id: "years", title: text("plan_years"), table: years(visit, look, format))],
      template: "plan-forecast",
      more: [
        "charts": charts, "drivers": try await drivers(visit, ask, basis, look, format),
        "selections": try selections(visit, ask, basis),
        "kept_drivers": kept.sorted { $0.name < $1.name },
        "kept_choices": ask.fields.sorted { $0.key < $1.key }.map {
          Frame.Field(name: $0.key, value: $0.value)
        },
        "past_note": past.note.map { text($0) } as Any? ?? false,
        "action": "/plan", "imprint": imprint(visit, look.forecasted),
        "reset_link": Query(ask.fields).address("/plan"),
      ])
  }

  private func aside(
    _ id: String, _ visit: Visit, _ past: Past, _ reference: Reference?
  ) -> String? {
    guard let measure = Outcome.Measure(rawValue: id), Self.fanMeasures.contains(measure) else {
      return id == "chances" ? visit.text("plan_chances_aside") : visit.text("plan_streams_aside")
    }
    var parts = [visit.text("plan_fan_aside")]
    if !dots(measure, past).isEmpty { parts.append(visit.text("plan_fan_dots")) }
    if let reference { parts.append(visit.text("plan_fan_dashed", ["name": reference.name])) }
    return parts.joined(separator: " ")
  }

  // MARK: Years

  func years(_ visit: Visit, _ look: PlanDesk.Look, _ format: FigureFormat) -> TableView {
    let text = visit.text
    var table = TableView(id: "years", caption: text("plan_years"))
    table.columns =
      [Column(text("plan_column_year"), .name)]
      + ["revenue", "gross_profit", "profit", "cash", "customers"].flatMap { name in
        [
          Column(text("plan_column_\(name)"), unit: "P50"),
          Column("", .number, unit: "P10–P90"),
        ]
      }
    table.rows = look.years.map { year in
      func pair(_ values: [Double], _ show: (Double) -> String) -> [Cell] {
        guard values.count == 3 else { return [.number("–"), .number("–")] }
        return [
          .number(show(values[1]), tone: values[1] < 0 ? .loss : nil),
          .number("\(show(values[0])) – \(show(values[2]))"),
        ]
      }
      let name = text(
        "plan_year_from", ["month": format.month(year.first), "months": "\(year.months)"])
      return Row(
        cells: [.name(name, nil)] + pair(year.revenue, format.money)
          + pair(year.grossProfit, format.money) + pair(year.profit, format.money)
          + pair(year.cash, format.money) + pair(year.customers, format.number))
    }
    return table
  }
}
