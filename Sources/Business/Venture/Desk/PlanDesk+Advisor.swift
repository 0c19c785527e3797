import Forecast

extension PlanDesk {
  /// Paths of the forecasts that the advisor speaks of: those of the pages, so that it says the same.
  private static let advisorPaths = 10_000
  private static let comparisonPaths = 2_000

  /// The facts that bear on a question. What the plan or the books do not tell is left out.
  ///
  /// - Parameter words: of the question's language.
  /// - Throws: when there is no plan, or none without errors; what the forecast throws.
  package func advisorFacts(
    _ question: AdvisorQuestion, words: Words, bound: AdvisorBound = AdvisorBound()
  ) async throws -> AdvisorFacts {
    let (plan, hash) = try plan()
    let actuals = try? await actuals()
    let basis: Request.Basis =
      actuals.map { $0.complete.isEmpty ? .plan : .calibrated } ?? .plan
    let request = Request(basis: basis, paths: Self.advisorPaths)
    let look = try await look(request)
    let gatherer = AdvisorGatherer(
      words: words, format: FigureFormat(language: question.language, currency: plan.currency))
    let outcome = look.forecasted.outcome
    gatherer.addHeadlines(outcome)
    gatherer.addYears(look.years, seed: outcome.seed, paths: outcome.paths)
    gatherer.addFigures(outcome)
    if let tornado = try? await tornado(request, goal: .netPresentValue) {
      gatherer.addSensitivities(
        tornado, look.forecasted.model, bonus: question.task == .challenge ? 4 : 0)
    }
    let assessment = try? await assessment()
    if let opportunities = assessment?.opportunities { gatherer.addMarket(opportunities) }
    if let actuals { gatherer.addActuals(actuals) }
    if basis == .calibrated, let learnt = try? await calibration() {
      gatherer.addCalibration(learnt)
    }
    var quick = request
    quick.paths = Self.comparisonPaths
    if let risks = try? await risks(quick) { gatherer.addRisks(risks) }
    if let comparison = try? await compare(.scenarios, request: quick) {
      gatherer.addDecisions(comparison, seed: quick.seed)
    }
    if let assessment { gatherer.addCases(assessment.cases) }
    if let strategy = plan.strategy { gatherer.addClaims(strategy.claims) }
    let known = "advisor-figures|\(hash)"
    let figures = try await once(known) { try plan.figures() }
    gatherer.addAssumptions(figures)
    return AdvisorFacts(
      question, candidates: gatherer.candidates, bound: bound, planHash: hash,
      position: look.forecasted.position ?? actuals?.position)
  }
}
