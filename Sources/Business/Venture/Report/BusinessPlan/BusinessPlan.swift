package import Forecast
package import Ledger

/// The business plan: everything that the desk can say of the venture, written as a report.
///
/// `gather` asks the desk; `document` writes it in a language; `BusinessPlanWorkbook` and
/// `BusinessPlanData` are the same figures for spreadsheets and programs.
package enum BusinessPlan {
  /// What the report is made from. A part is nil where the plan or the books have nothing for it.
  package struct Content: Sendable {
    package let plan: Plan
    package let planHash: String
    /// The day on which the books were read.
    package let date: CalendarDate
    /// Moved by the ledger where there is one.
    package let forecasted: PlanDesk.Forecasted
    /// As planned, from the plan's first month; nil when `forecasted` is just that.
    package let planned: PlanDesk.Forecasted?
    /// Without chance, all inputs at their means: the months of the workbook.
    package let trace: PathTrace
    /// What moves the chance of break-even.
    package let chance: Tornado
    /// What moves the net present value, and what to learn before choosing.
    package let value: PlanDesk.Sensitivity
    package let comparisons: [PlanDesk.Question: Comparison]
    package let prices: PriceOptimiser.Result?
    package let risks: RiskReport?
    package let assessment: PlanAssessment
    package let project: ProjectReport?
    package let calibration: CalibrationResult?
    package let actuals: Actuals?
    package let figures: [PlanFigure]
    package let paths: Int
    package let seed: UInt64
  }

  /// Comparisons and prices run many simulations, each on fewer paths than the forecast.
  private static let largestComparison = 4_000
  private static let largestPrices = 1_000

  /// Asks the desk for all of it; about thirty simulations.
  ///
  /// - Throws: what the forecast throws; a part that the plan lacks is left out.
  package static func gather(
    _ desk: PlanDesk, paths: Int = 10_000, seed: UInt64 = 1
  ) async throws -> Content {
    let (plan, hash) = try desk.plan()
    let actuals = try? await desk.actuals()
    let calibration = actuals == nil ? nil : try? await desk.calibration()
    let basis: PlanDesk.Request.Basis = calibration == nil ? .plan : .calibrated
    let request = PlanDesk.Request(basis: basis, paths: paths, seed: seed)
    let forecasted = try await desk.forecast(request)
    var planned: PlanDesk.Forecasted?
    if basis == .calibrated {
      planned = try await desk.forecast(.init(paths: paths, seed: seed))
    }
    var smaller = request
    smaller.paths = min(paths, largestComparison)
    var comparisons: [PlanDesk.Question: Comparison] = [:]
    for question in PlanDesk.Question.allCases {
      comparisons[question] = try? await desk.compare(question, request: smaller)
    }
    let end = Goal(.breakEven(by: forecasted.outcome.months - 1))
    // On all paths of the forecast, so that its figures are of the same run.
    let (run, table) = try await desk.table(request)
    let chance = Tornado(table: table, model: run.model, goal: end)
    let value = try await desk.sensitivity(request, goal: .netPresentValue)
    smaller.paths = min(paths, largestPrices)
    let prices = try? await desk.prices(smaller)
    return Content(
      plan: plan, planHash: hash, date: desk.today, forecasted: forecasted, planned: planned,
      trace: try Simulation(forecasted.model).trace(seed: seed, isDeterministic: true),
      chance: chance, value: value, comparisons: comparisons, prices: prices,
      risks: try? await desk.risks(.init(paths: paths, seed: seed)),
      assessment: try await desk.assessment(seed: seed),
      project: try? await desk.project(seed: seed), calibration: calibration, actuals: actuals,
      figures: try plan.figures(), paths: paths, seed: seed)
  }

  /// The report in the words' language.
  package static func document(_ content: Content, _ words: Words) -> ReportDocument {
    var writer = ReportWriter(content, words)
    writer.summary()
    writer.strategy()
    writer.opportunity()
    writer.prices()
    writer.team()
    writer.project()
    writer.risks()
    writer.forecast()
    writer.drivers()
    writer.actuals()
    writer.cases()
    writer.assumptions()
    return writer.document
  }
}
