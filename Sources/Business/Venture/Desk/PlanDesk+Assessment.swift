import Forecast

/// What the methods say of the plan's parts that are judged and not simulated.
package struct PlanAssessment: Sendable, Encodable {
  package let planHash: String
  package let seed: UInt64
  /// Nil where the plan has none.
  package let opportunities: OpportunityAssessment?
  package let paths: PathComparison?
  /// The paths by criteria beside their simulated scenarios; empty without paths.
  package let verdicts: [PathVerdict]
  package let findings: [StrategyFinding]
  package let team: TeamAssessment
  /// At the inputs' means.
  package let hiring: HiringPlan
  package let capTable: CapTable?
  /// The plan's figures beside the cases.
  package let cases: [CaseComparison]
  package let library: CaseLibrary
  package let listPrice: ListPriceCheck?
}

extension PlanDesk {
  /// Paths by which the plan is held against the cases and its paths against each other: shares to a
  /// hundredth are enough for a verdict.
  private static let casePaths = 2_000

  /// Computes what takes seconds and pages ask first, so that nobody waits for it. Says nothing of a
  /// plan that is missing or wrong: the pages do.
  package func prepare() async {
    _ = try? await calibration()
    _ = try? await assessment()
    _ = try? await risks(.init())
  }

  /// Opportunity, strategy, team and cases judged.
  ///
  /// - Throws: what the plan's quantities and the simulation throw.
  package func assessment(seed: UInt64 = 1) async throws -> PlanAssessment {
    let (plan, hash) = try plan()
    let request = Request(paths: Self.casePaths, seed: seed)
    // The plan may compare no paths, or simulate none of them.
    let simulated = try? await compare(.paths, request: request)
    return try await once("assessment|\(hash)|\(seed)") {
      let model = plan.model()
      let means = try model.parameters.meanValues()
      let value: (Parameter) -> Double = { means[$0.index] }
      let hiring = plan.team.hiringPlan(plan.compiled) { parameter in
        parameter.index < means.count ? means[parameter.index] : 0
      }
      let comparison = try plan.pathComparison(seed: seed)
      let library = CaseLibrary.bundled.with(own: plan.cases ?? CaseLibrary())
      let (_, table) = try Simulation(model).run(
        .init(paths: Self.casePaths, seed: seed), keeping: Self.casePaths)
      return PlanAssessment(
        planHash: hash, seed: seed,
        opportunities: try plan.opportunityAssessment(seed: seed), paths: comparison,
        verdicts: comparison?.verdicts(with: simulated) ?? [], findings: plan.strategyFindings,
        team: plan.team.assess(counts: hiring.counts), hiring: hiring,
        capTable: try plan.team.capTable(rounds: model.finance.rounds, value: value),
        cases: library.compare(PlanSummary(table, model: model)), library: library,
        listPrice: ListPriceCheck.known(in: library))
    }
  }
}
