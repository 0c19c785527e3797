import Forecast
import Ledger
import Venture

/// What takes a while to learn from the books; each by a request of its own.
enum LearningPart: String, CaseIterable, Sendable {
  case drivers, backtest
}

extension PlanPages {
  func learnt(_ id: String, _ visit: Visit) async throws -> String {
    guard let name = LearningPart(rawValue: id) else { throw NotFound(what: id) }
    let title = visit.text("plan_learning_\(name.rawValue)")
    let ask = try ask(visit)
    let blocks = try await part(name.rawValue, title) {
      switch name {
      case .drivers: try await driverBlocks(visit, ask, title)
      case .backtest: try await backtestBlocks(visit, title)
      }
    }
    return answer(blocks, tab: .learning, visit)
  }

  // MARK: Variance

  func varianceBlocks(_ visit: Visit, _ variance: Variance, _ format: FigureFormat) -> [Block] {
    let text = visit.text
    let steps = Variance.Factor.allCases.map {
      (text("plan_factor_\($0.rawValue)"), variance.profit($0))
    }
    let title = text("plan_variance")
    var table = TableView(id: "variance-table", caption: text("plan_variance_table"))
    table.columns = [
      Column(text("plan_column_factor"), .name),
      Column(text("plan_column_on_revenue"), unit: format.currency.code),
      Column(text("plan_column_on_profit"), unit: format.currency.code),
    ]
    func signed(_ value: Double) -> Cell {
      .number((value > 0 ? "+" : "") + format.money(value), tone: value < 0 ? .loss : nil)
    }
    table.rows = Variance.Factor.allCases.map { factor in
      Row(cells: [
        .name(text("plan_factor_\(factor.rawValue)"), nil), signed(variance.revenue(factor)),
        signed(variance.profit(factor)),
      ])
    }
    table.rows.append(
      Row(
        cells: [
          .name(text("plan_column_difference"), nil), signed(variance.revenueDifference),
          signed(variance.profitDifference),
        ], total: true))
    return [
      Block(
        id: "variance", title: title, aside: text("plan_variance_aside"),
        drawing: StepPicture(
          title: title, format: format, from: (text("plan_column_plan"), variance.plan.profit),
          steps: steps, to: (text("plan_column_actual"), variance.actual.profit)
        ).drawing),
      Block(id: "variance-table", title: text("plan_variance_table"), table: table),
    ]
  }

  // MARK: Drivers

  private func driverBlocks(
    _ visit: Visit, _ ask: PlanAsk, _ title: String
  ) async throws -> [Block] {
    let result = try await desk.calibration(scenario: ask.scenario)
    let format = format(visit, result.model.currency)
    let text = visit.text
    let names = words(visit)
    let drivers = result.drivers.filter { $0.observations > 0 }
      .sorted { ($1.dataWeight, $0.slot) < ($0.dataWeight, $1.slot) }
    func interval(_ interval: Calibration.Interval) -> String {
      "\(format.number(interval.median)) (\(format.number(interval.low)) – \(format.number(interval.high)))"
    }
    var table = TableView(id: "drivers-table", caption: text("plan_drivers_learnt"))
    table.columns = [
      Column(text("plan_column_driver"), .name), Column(text("plan_column_unit"), .text),
      Column(text("plan_column_prior"), unit: "P50 (P5–P95)"),
      Column(text("plan_column_posterior"), unit: "P50 (P5–P95)"),
      Column(text("plan_column_weight"), unit: "%"), Column(text("plan_column_observations")),
      Column(text("plan_column_notes"), .text),
    ]
    table.rows = drivers.map { driver in
      Row(cells: [
        .name(names.driver(driver.label), line(driver.line)), .words(driver.unit),
        .number(interval(driver.prior)), .number(interval(driver.posterior)),
        .number(format.percent(driver.dataWeight)),
        .number(visit.format.count(driver.observations)),
        .words(
          driver.notes.map { text("plan_note_\($0.rawValue)") }
            .joined(separator: text("list_separator"))),
      ])
    }
    table.empty_title = text("plan_drivers_none_title")
    table.empty_text = text("plan_drivers_none")
    let untold = result.drivers.count - drivers.count
    let picture = IntervalPicture(
      title: title,
      rows: drivers.prefix(20).map {
        .init(
          name: Self.shortened(names.driver($0.label)), prior: $0.prior, posterior: $0.posterior,
          note: format.percent($0.dataWeight))
      }
    ).drawing
    return [
      Block(
        id: "drivers", title: title,
        aside: text(
          "plan_learning_drivers_aside",
          ["position": "\(result.position)", "count": "\(drivers.count)", "untold": "\(untold)"]),
        drawing: drivers.isEmpty ? nil : picture),
      Block(id: "drivers-table", title: text("plan_drivers_learnt"), table: table),
    ]
  }

  // MARK: Backtest

  private func backtestBlocks(_ visit: Visit, _ title: String) async throws -> [Block] {
    let report = try await desk.backtest()
    let format = format(visit, try desk.plan().plan.currency)
    let text = visit.text
    var table = TableView(id: "backtest", caption: title)
    table.columns =
      [Column(text("plan_column_measure"), .name), Column(text("plan_column_forecasts"))]
      + BandReport.levels.map {
        Column(text("plan_column_band", ["level": format.percent($0)]), .text)
      } + [
        Column(text("plan_column_crps"), unit: "%"), Column(text("plan_column_naive")),
      ]
    table.rows = report.measures.map { measure in
      Row(
        cells: [
          .name(text("plan_column_\(measure.measure.rawValue)"), nil),
          .number("\(measure.points.count)"),
        ]
          + measure.bands.map { band in
            .words(
              text(
                "plan_band_\(band.verdict.rawValue)",
                [
                  "share": format.percent(band.coverage.share), "hits": "\(band.coverage.hits)",
                  "count": "\(band.coverage.count)",
                ]))
          } + [
            .number(format.percent(measure.relativeCRPS)),
            .number(measure.relativeToNaive.map(format.number) ?? "–"),
          ])
    }
    return [
      Block(
        id: "backtest", title: title, aside: backtestWords(visit, report, format), table: table)
    ]
  }

  /// The 80% bands of revenue in one plain sentence.
  private func backtestWords(
    _ visit: Visit, _ report: Backtest, _ format: FigureFormat
  ) -> String? {
    guard let measure = report.measures.first,
      let band = measure.bands.first(where: { abs($0.level - 0.8) < 1e-9 })
    else { return nil }
    return visit.text(
      "plan_backtest_\(band.verdict.rawValue)",
      [
        "origins": "\(report.origins)", "hits": "\(band.coverage.hits)",
        "count": "\(band.coverage.count)", "share": format.percent(band.coverage.share),
        "measure": visit.text("plan_column_\(measure.measure.rawValue)"),
        "low": format.percent(band.low), "high": format.percent(band.high),
      ])
  }

  // MARK: Frozen

  func frozenBlock(
    _ visit: Visit, _ cards: [PlanDesk.Scored], _ format: FigureFormat
  ) -> Block {
    let text = visit.text
    var table = TableView(id: "frozen", caption: text("plan_frozen"))
    table.columns = [
      Column(text("plan_column_frozen"), .name), Column(text("plan_column_hash"), .code),
      Column(text("plan_column_from"), .text), Column(text("plan_column_chance"), unit: "%"),
      Column(text("plan_column_months_over")),
      Column(text("plan_column_band", ["level": format.percent(0.8)])),
      Column(text("plan_column_crps"), unit: "%"),
    ]
    table.rows = cards.map { scored in
      let frozen = scored.frozen
      let revenue = scored.card?.measures.first { $0.measure == .revenue }
      let band = revenue?.bands.first { abs($0.level - 0.8) < 1e-9 }
      return Row(cells: [
        .name(visit.format.instant(frozen.created), nil),
        .code(String(frozen.hash.prefix(12)), exact: frozen.hash),
        .words(
          text(
            "plan_months_from", ["month": format.month(frozen.start), "months": "\(frozen.months)"])
        ),
        .number(frozen.breakEvenBy.last.map(format.percent) ?? "–"),
        .number(scored.card.map { "\($0.months)" } ?? "–"),
        .number(
          band.map {
            text("plan_of", ["part": "\($0.coverage.hits)", "whole": "\($0.coverage.count)"])
          } ?? "–"),
        .number(revenue.map { format.percent($0.relativeCRPS) } ?? "–"),
      ])
    }
    table.empty_title = text("plan_frozen_empty_title")
    table.empty_text = text("plan_frozen_none")
    let form =
      "<form class=\"action\" method=\"post\" action=\"/plan/freeze\"><input type=\"hidden\" name=\"form_token\" value=\"\(visit.formToken.escapedForMarkup)\"><button class=\"btn btn-sm btn-primary\" type=\"submit\">\(text("plan_freeze").escapedForMarkup)</button><span>\(text("plan_freeze_note").escapedForMarkup)</span></form>"
    return Block(
      id: "frozen", title: text("plan_frozen"), aside: text("plan_frozen_empty"), table: table,
      form: form)
  }
}
