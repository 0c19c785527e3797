import Forecast
import Venture

/// The answer and the figures of a forecast.
struct ForecastWords {
  let visit: Visit
  let outcome: Outcome
  let format: FigureFormat
  let words: Words

  init(_ visit: Visit, _ outcome: Outcome, _ format: FigureFormat, _ words: Words) {
    self.visit = visit
    self.outcome = outcome
    self.format = format
    self.words = words
  }

  private var chance: Double { outcome.breakEvenBy.last ?? 0 }
  private var survival: Double { 1 - (outcome.ruinBy.last ?? 0) }

  /// P10, P50, P90; nil when no path has the figure.
  private func quantiles(_ figure: Outcome.Figure) -> [Double]? {
    guard let spread = outcome.spreads[figure], spread.quantiles.count == Outcome.levels.count
    else { return nil }
    return [spread.quantiles[2], spread.quantiles[4], spread.quantiles[6]]
  }

  private func month(_ index: Double) -> String {
    format.month(outcome.start.advanced(by: Int(index.rounded())))
  }

  var answer: [Piece] {
    let funding = outcome.fundingNeeded
    var values = [
      "chance": Piece(
        text: format.chance(chance, words), link: "#chances", strong: true,
        tone: chance < 0.5 ? .loss : nil),
      "months": Piece(text: "\(outcome.months)"),
      "funding": Piece(text: format.money(funding), link: "#cash", strong: true),
      "survival": Piece(text: format.percent(survival), link: "#chances", strong: true),
    ]
    guard chance > 0, let months = quantiles(.breakEvenMonth) else {
      return visit.text.pieces("plan_answer_never", values)
    }
    values["month"] = Piece(text: month(months[1]), link: "#profit", strong: true)
    return visit.text.pieces(
      funding > 0 ? "plan_answer_forecast" : "plan_answer_forecast_funded", values)
  }

  var figures: [Figure] {
    let text = visit.text
    func range(_ low: String, _ high: String) -> String {
      text("plan_range", ["low": low, "high": high])
    }
    var figures = [
      Figure(
        key: "chance", label: text("plan_figure_break_even"), value: format.percent(chance),
        link: "#chances", note: text("plan_within_months", ["months": "\(outcome.months)"]),
        tone: chance < 0.5 ? .loss : nil)
    ]
    let even = quantiles(.breakEvenMonth)
    figures.append(
      Figure(
        key: "month", label: text("plan_figure_month"), value: even.map { month($0[1]) } ?? "–",
        link: "#profit", note: even.map { range(month($0[0]), month($0[2])) }))
    figures.append(
      Figure(
        key: "funding", label: text("plan_figure_funding"),
        value: format.money(outcome.fundingNeeded), link: "#cash",
        note: text("plan_figure_funding_note")))
    figures.append(
      Figure(
        key: "survival", label: text("plan_figure_survival"), value: format.percent(survival),
        link: "#chances", note: text("plan_figure_survival_note"),
        tone: survival < 0.5 ? .loss : nil))
    if let value = quantiles(.netPresentValue) {
      figures.append(
        Figure(
          key: "npv", label: text("plan_figure_npv"), value: format.money(value[1]),
          link: "/plan/decisions", note: range(format.money(value[0]), format.money(value[2])),
          tone: value[1] < 0 ? .loss : nil))
    }
    if let margin { figures.append(margin) }
    return figures
  }

  /// At month 12, and 36 where the horizon reaches it.
  private var margin: Figure? {
    guard let fan = outcome.fans[.grossMargin], fan.quantiles.count == Outcome.levels.count,
      let median = fan.quantiles.dropFirst(4).first, !median.isEmpty
    else { return nil }
    let first = min(12, median.count)
    let note =
      median.count >= 36
      ? visit.text("plan_at_month", ["month": "36", "value": format.percent(median[35])]) : nil
    return Figure(
      key: "margin", label: visit.text("plan_figure_margin", ["month": "\(first)"]),
      value: format.percent(median[first - 1]), link: "#years", note: note,
      tone: median[first - 1] < 0 ? .loss : nil)
  }
}
