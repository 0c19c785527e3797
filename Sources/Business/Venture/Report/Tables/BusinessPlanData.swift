package import Forecast
package import Ledger

/// The report for programs: what it was made from, what each method gave, and every figure of the
/// written report with its source.
package struct BusinessPlanData: Sendable, Encodable {
  package struct Origin: Sendable, Encodable {
    package let planHash: String
    package let date: CalendarDate
    package let seed: UInt64
    package let paths: Int
    package let basis: String
    package let ledgerPosition: Int64?
    package let currency: String
  }

  /// A figure as printed, under its heading.
  package struct Figure: Sendable, Encodable {
    package let section: String
    package let text: String
    package let source: Source
  }

  package struct Source: Sendable, Encodable {
    /// `plan`, `ledger`, `simulation` or `published`.
    package let kind: String
    package let line: Int?
    package let field: String?
    package let text: String
  }

  package let origin: Origin
  package let levels: [Double]
  package let streams: [String]
  package let fundingNeeded: Double
  package let outcome: Outcome
  /// As planned, where the forecast was moved by the ledger.
  package let planned: Outcome?
  package let chanceTornado: Tornado
  package let valueTornado: Tornado
  package let information: ValueOfInformation?
  /// By `PlanDesk.Question`'s names.
  package let comparisons: [String: Comparison]
  package let prices: PriceOptimiser.Result?
  package let risks: RiskReport?
  package let assessment: PlanAssessment
  package let project: ProjectReport?
  package let calibration: [Calibration.DriverUpdate]?
  package let actuals: Actuals?
  package let assumptions: [PlanFigure]
  package let figures: [Figure]

  package init(_ content: BusinessPlan.Content, _ document: ReportDocument) {
    let forecasted = content.forecasted
    origin = Origin(
      planHash: content.planHash, date: content.date, seed: content.seed, paths: content.paths,
      basis: forecasted.request.basis.rawValue, ledgerPosition: forecasted.position,
      currency: content.plan.currency.code)
    levels = Outcome.levels
    streams = forecasted.model.streams.map(\.id)
    fundingNeeded = forecasted.outcome.fundingNeeded
    outcome = forecasted.outcome
    planned = content.planned?.outcome
    chanceTornado = content.chance
    valueTornado = content.value.tornado
    information = content.value.information
    comparisons = Dictionary(
      uniqueKeysWithValues: content.comparisons.map { ($0.key.rawValue, $0.value) })
    prices = content.prices
    risks = content.risks
    assessment = content.assessment
    project = content.project
    calibration = content.calibration?.drivers
    actuals = content.actuals
    assumptions = content.figures
    figures = Self.figures(document)
  }

  private static func figures(_ document: ReportDocument) -> [Figure] {
    var section = ""
    var figures: [Figure] = []
    for block in document.blocks {
      if case .heading(_, let text) = block { section = text }
      for case .figure(let text, let source) in block.inlines {
        figures.append(Figure(section: section, text: text, source: Source(source)))
      }
    }
    return figures
  }
}

extension BusinessPlanData.Source {
  init(_ source: ReportDocument.Source) {
    switch source {
    case .plan(let line, let field, let text):
      self.init(kind: "plan", line: line, field: field, text: text)
    case .ledger(let text): self.init(kind: "ledger", line: nil, field: nil, text: text)
    case .simulation(let text): self.init(kind: "simulation", line: nil, field: nil, text: text)
    case .published(let text): self.init(kind: "published", line: nil, field: nil, text: text)
    }
  }
}

extension ReportDocument.Block {
  /// All that is said in it, in order.
  package var inlines: [ReportDocument.Inline] {
    switch self {
    case .paragraph(let inlines), .note(let inlines): inlines
    case .bullets(let items): items.flatMap { $0 }
    case .table(let table): table.rows.flatMap { $0.flatMap { $0 } }
    case .heading, .chart, .pageBreak: []
    }
  }
}
