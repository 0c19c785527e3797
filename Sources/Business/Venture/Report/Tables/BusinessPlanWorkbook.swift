import Forecast
import Ledger

/// The plan's figures as a workbook: the months without chance as formulas that calculate, the
/// percentiles of the forecast, the assumptions, and where each figure is from.
package enum BusinessPlanWorkbook {
  package static func workbook(_ content: BusinessPlan.Content, _ words: Words) -> Workbook {
    let tables = WorkbookTables(content, words)
    return Workbook(
      title: content.plan.name,
      sheets: [
        tables.summary(), tables.assumptions(), MonthlySheet(content, words).sheet(),
        tables.percentiles(), tables.streams(), tables.risks(), tables.sources(),
      ])
  }
}

/// The sheets that hold values.
struct WorkbookTables {
  typealias Cell = Workbook.Cell

  let content: BusinessPlan.Content
  let words: Words
  private let format: FigureFormat

  init(_ content: BusinessPlan.Content, _ words: Words) {
    self.content = content
    self.words = words
    format = FigureFormat(language: words.language, currency: content.plan.currency)
  }

  private var outcome: Outcome { content.forecasted.outcome }

  private func heads(_ keys: [String]) -> [Cell] { keys.map { .head(words($0)) } }

  private static let levels = Outcome.levels.map { level in
    "P" + (level * 100).formattedShort
  }

  func summary() -> Workbook.Sheet {
    var rows: [[Cell]] = [
      [.head(content.plan.name), .head(content.plan.currency.code)],
      [.text(words("report_row_date")), .text(content.date.description)],
      [.text(words("report_row_plan")), .text(content.planHash)],
      [.text(words("report_row_paths")), .number(Double(content.paths))],
      [.text(words("report_row_seed")), .text("\(content.seed)")],
      [
        .text(words("report_row_position")),
        content.forecasted.position.map { .number(Double($0)) } ?? .empty,
      ],
      [.text(words("report_row_chance")), .share(outcome.breakEvenBy.last ?? 0)],
      [.text(words("report_row_ruin")), .share(outcome.ruinBy.last ?? 0)],
      [.text(words("report_row_funding")), .money(outcome.fundingNeeded)],
      [],
      heads(["report_column_figure", "report_column_share", "report_column_mean"])
        + Self.levels.map { .head($0) },
    ]
    for figure in Outcome.Figure.allCases {
      guard let spread = outcome.spreads[figure] else { continue }
      rows.append(
        [
          .text(words("report_figure_\(figure.rawValue)")), .share(spread.share),
          .number(spread.mean),
        ] + spread.quantiles.map { .number($0) })
    }
    return .init(name: words("report_sheet_summary"), rows: rows)
  }

  func assumptions() -> Workbook.Sheet {
    let origins = Dictionary(
      content.plan.assumptions.map { ($0.line, ($0.source, $0.note)) },
      uniquingKeysWith: { first, _ in first })
    return .init(
      name: words("report_sheet_assumptions"),
      rows: [
        heads([
          "plan_column_line", "plan_column_field", "report_column_assumption",
          "report_column_written", "report_column_p5", "report_column_p50", "report_column_p95",
          "report_column_unit", "report_column_origin", "report_column_note",
        ])
      ]
        + content.figures.map { figure in
          let origin = origins[figure.line]
          return [
            .number(Double(figure.line)), .text(figure.path), .text(figure.label),
            .text(figure.text), .number(figure.low), .number(figure.median), .number(figure.high),
            .text(figure.unit), .text(origin?.0 ?? ""), .text(origin?.1 ?? ""),
          ]
        }, frozenColumns: 2)
  }

  /// A row a measure and month.
  func percentiles() -> Workbook.Sheet {
    var rows: [[Cell]] = [
      heads(["report_column_measure", "report_column_month", "report_column_mean"])
        + Self.levels.map { .head($0) }
    ]
    for measure in Outcome.Measure.allCases {
      guard let fan = outcome.fans[measure] else { continue }
      for month in 0..<outcome.months {
        rows.append(
          [
            .text(words("report_measure_\(measure.rawValue)")),
            .text(outcome.start.advanced(by: month).description), .number(fan.mean[month]),
          ] + fan.quantiles.map { .number($0[month]) })
      }
    }
    return .init(name: words("report_sheet_percentiles"), rows: rows, frozenColumns: 2)
  }

  /// Mean revenue by stream and month, with their sum as a formula.
  func streams() -> Workbook.Sheet {
    let streams = content.forecasted.model.streams
    let columns = min(streams.count, outcome.revenueByStream.count)
    var rows: [[Cell]] = [
      [.head(words("report_column_month"))] + streams.prefix(columns).map { .head($0.name) }
        + [.head(words("report_column_total"))]
    ]
    for month in 0..<outcome.months {
      let values = outcome.revenueByStream.prefix(columns).map { $0[month] }
      let row = rows.count + 1
      let sum =
        columns > 0 ? "SUM(B\(row):\(Workbook.column(columns))\(row))" : "0"
      rows.append(
        [.text(outcome.start.advanced(by: month).description)] + values.map { .number($0) }
          + [.formula(sum, value: values.reduce(0, +))])
    }
    return .init(name: words("report_sheet_streams"), rows: rows)
  }

  func risks() -> Workbook.Sheet {
    var rows: [[Cell]] = [
      heads([
        "report_column_rank", "report_column_risk", "report_column_class", "report_column_rate",
        "report_column_loss", "report_column_residual", "report_column_tail",
      ])
    ]
    guard let report = content.risks else {
      return .init(name: words("report_sheet_risks"), rows: rows)
    }
    for row in report.assessment.ranking.rows {
      rows.append([
        .number(Double(row.rank)), .text(row.name),
        .text(words("plan_risk_class_\(row.kind.rawValue)")), .number(row.rate),
        .money(row.inherent.mean), .money(row.residual.mean), .money(row.residualTailShare),
      ])
    }
    rows += [
      [],
      heads([
        "report_column_treatment", "report_column_adopted", "report_column_cost",
        "report_column_less_loss", "report_column_value", "report_column_chance_gain",
      ]),
    ]
    for value in report.assessment.treatments.treatments {
      let gain = report.worth.rows.first { $0.id == value.id }
      rows.append([
        .text(value.name), .text(words(value.isAdopted ? "report_yes" : "report_no")),
        .money(value.cost), .money(value.marginal.expected), .money(value.marginal.value),
        gain.map { .share($0.worth) } ?? .empty,
      ])
    }
    return .init(name: words("report_sheet_risks"), rows: rows, frozenColumns: 2)
  }

  func sources() -> Workbook.Sheet {
    let document = BusinessPlan.document(content, words)
    return .init(
      name: words("report_sources"),
      rows: [heads(["report_column_rank", "report_column_source"])]
        + document.sources.enumerated().map { index, source in
          [.number(Double(index + 1)), .text(ReportDocument.describe(source, words))]
        })
  }
}

extension Double {
  /// `2.5`, `50`.
  fileprivate var formattedShort: String {
    self == rounded() ? "\(Int(self))" : "\((self * 10).rounded() / 10)"
  }
}
