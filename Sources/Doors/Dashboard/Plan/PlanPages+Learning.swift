import Forecast
import Venture

extension PlanPages {
  /// What the books are held against: the frozen forecast that saw most of the months, or the plan as
  /// it is written.
  struct Promise: Sendable {
    let name: String
    let start: Month
    let fans: [Outcome.Measure: Outcome.Fan]

    /// P10, P50, P90 of a month; nil outside.
    func band(_ measure: Outcome.Measure, _ month: Month) -> [Double]? {
      let index = month.index - start.index
      guard let fan = fans[measure], fan.quantiles.count == Outcome.levels.count,
        fan.quantiles[0].indices.contains(index)
      else { return nil }
      return [2, 4, 6].map { fan.quantiles[$0][index] }
    }
  }

  static let learntMeasures: [Outcome.Measure] = [.revenue, .profit, .customers, .cash]

  func learning(_ visit: Visit) async throws -> String {
    let plan = try desk.plan().plan
    let past = try await past()
    let format = format(visit, plan.currency)
    let cards = try await desk.scorecards()
    let text = visit.text
    var answer = visit.text.pieces("plan_answer_learning_none", [:])
    var figures: [Figure] = []
    var blocks: [Block] = []
    if let actuals = past.actuals, !actuals.complete.isEmpty {
      let promise = try await promise(visit, actuals, cards)
      let variance = try? await desk.variance()
      if let variance { answer = learntAnswer(visit, variance, actuals, format) }
      figures = learntFigures(visit, variance, actuals, promise, format)
      blocks = fanBlocks(visit, actuals, promise, format)
      if let variance { blocks += varianceBlocks(visit, variance, format) }
      let ask = try ask(visit)
      blocks += LearningPart.allCases.map {
        later(
          $0.rawValue, text("plan_learning_\($0.rawValue)"), path: "/plan/learning", visit, ask)
      }
      blocks.append(
        Block(
          id: "months", title: text("plan_months"),
          table: monthTable(visit, actuals, promise, format)))
    } else {
      blocks.append(
        Block(
          id: "no-ledger", title: text("plan_learning_empty"),
          prose: [text(past.note ?? "plan_no_month")]))
    }
    blocks.append(frozenBlock(visit, cards, format))
    return page(
      .learning, visit, answer: answer, figures: figures, blocks: blocks, template: "plan-chosen",
      more: [
        "has_choices": false,
        "imprint": past.actuals.map {
          text("plan_imprint_books", ["position": "\($0.position)"])
        } as Any? ?? false,
      ])
  }

  private func promise(
    _ visit: Visit, _ actuals: Actuals, _ cards: [PlanDesk.Scored]
  ) async throws -> Promise {
    func seen(_ frozen: FrozenPlan) -> Int {
      actuals.complete.count {
        $0.month >= frozen.start && $0.month < frozen.start.advanced(by: frozen.months)
      }
    }
    // Of equals the newest.
    let best = cards.map(\.frozen).reversed().max { seen($0) < seen($1) }
    if let best, seen(best) > 0 {
      let fans = Self.learntMeasures.compactMap { measure in best.fan(measure).map { (measure, $0) }
      }
      return Promise(
        name: visit.text(
          "plan_reference_frozen", ["day": visit.format.longDay(visit.local.day(of: best.created))]),
        start: best.start, fans: Dictionary(uniqueKeysWithValues: fans))
    }
    let outcome = try await desk.look(.init()).forecasted.outcome
    return Promise(
      name: visit.text("plan_reference_plan"), start: outcome.start, fans: outcome.fans)
  }

  private func learntAnswer(
    _ visit: Visit, _ variance: Variance, _ actuals: Actuals, _ format: FigureFormat
  ) -> [Piece] {
    let months = actuals.complete
    let difference = variance.revenueDifference
    let plan = variance.plan.revenue
    let factor =
      Variance.Factor.allCases.max { abs(variance.profit($0)) < abs(variance.profit($1)) }
      ?? .volume
    return visit.text.pieces(
      difference < 0 ? "plan_answer_learning_below" : "plan_answer_learning_above",
      [
        "from": Piece(text: months.first.map { format.month($0.month) } ?? "–"),
        "to": Piece(text: months.last.map { format.month($0.month) } ?? "–"),
        "revenue": Piece(
          text: format.money(variance.actual.revenue), link: "#revenue", strong: true),
        "share": Piece(
          text: plan > 0 ? format.percent(abs(difference) / plan) : "–", link: "#variance",
          strong: true),
        "profit": Piece(
          text: format.money(variance.actual.profit), link: "#profit", strong: true,
          tone: variance.actual.profit < 0 ? .loss : .gain),
        "planned": Piece(text: format.money(variance.plan.profit), link: "#variance", strong: true),
        "factor": Piece(
          text: visit.text("plan_factor_\(factor.rawValue)_words"), link: "#variance", strong: true),
      ])
  }

  private func learntFigures(
    _ visit: Visit, _ variance: Variance?, _ actuals: Actuals, _ promise: Promise,
    _ format: FigureFormat
  ) -> [Figure] {
    let text = visit.text
    var figures: [Figure] = []
    if let variance {
      for (key, actual, plan) in [
        ("revenue", variance.actual.revenue, variance.plan.revenue),
        ("profit", variance.actual.profit, variance.plan.profit),
      ] {
        figures.append(
          Figure(
            key: key, label: text("plan_column_\(key)"), value: format.money(actual),
            link: "#\(key)", note: text("plan_against", ["plan": format.money(plan)]),
            tone: actual < 0 ? .loss : nil))
      }
    }
    for measure in [Outcome.Measure.revenue, .profit] {
      let bands = actuals.complete.compactMap { month in
        promise.band(measure, month.month).flatMap { band in
          month.value(measure).map { (band[0]...max(band[0], band[2])).contains($0) }
        }
      }
      guard !bands.isEmpty else { continue }
      figures.append(
        Figure(
          key: "inside_\(measure.rawValue)", label: text("plan_inside_\(measure.rawValue)"),
          value: text(
            "plan_of", ["part": "\(bands.count { $0 })", "whole": "\(bands.count)"]),
          link: "#months", note: text("plan_inside_note")))
    }
    return figures
  }

  private func fanBlocks(
    _ visit: Visit, _ actuals: Actuals, _ promise: Promise, _ format: FigureFormat
  ) -> [Block] {
    let count = actuals.complete.count
    return Self.learntMeasures.compactMap { measure in
      let dots = dots(measure, Past(actuals: actuals))
      guard let fan = promise.fans[measure], !dots.isEmpty else { return nil }
      // The past and half a year more: the far horizon would squeeze what is to be seen.
      let shown = max(12, count + 6)
      let cut = Outcome.Fan(
        mean: Array(fan.mean.prefix(shown)),
        quantiles: fan.quantiles.map { Array($0.prefix(shown)) })
      let title = visit.text("plan_\(measure.rawValue)_title")
      return Block(
        id: measure.rawValue, title: title,
        aside: visit.text("plan_learning_fan_aside", ["name": promise.name]),
        drawing: FanPicture(
          title: title, format: format, start: promise.start, fan: cut, actuals: dots,
          isMoney: measure != .customers
        ).drawing)
    }
  }

  private func monthTable(
    _ visit: Visit, _ actuals: Actuals, _ promise: Promise, _ format: FigureFormat
  ) -> TableView {
    let text = visit.text
    let measures = Self.learntMeasures.filter { $0 != .cash || actuals.hasCapital }
    var table = TableView(id: "months", caption: text("plan_months"))
    table.columns =
      [Column(text("plan_column_month"), .name)]
      + measures.flatMap { measure in
        [
          Column(text("plan_column_\(measure.rawValue)")),
          Column(text("plan_column_plan"), unit: "P10–P90"),
        ]
      }
    table.rows = actuals.complete.map { month in
      let cells = measures.flatMap { measure -> [Cell] in
        let show = measure == .customers ? format.number : format.money
        let actual = month.value(measure)
        let band = promise.band(measure, month.month)
        let isOutside = zip([actual].compactMap { $0 }, [band].compactMap { $0 })
          .contains { $0 < $1[0] || $0 > $1[2] }
        return [
          .number((actual.map(show) ?? "–") + (isOutside ? " \(text("plan_outside"))" : "")),
          .number(band.map { "\(show($0[0])) – \(show($0[2]))" } ?? "–"),
        ]
      }
      return Row(cells: [.name(format.month(month.month), nil)] + cells)
    }
    return table
  }
}
