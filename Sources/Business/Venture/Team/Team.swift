/// 团队: who there is, what is needed by stage, who is hired when, who answers for what, and who owns
/// how much. Read with `init(reading:sheet:)`; `roles` and `costs` feed the forecast; the analyses
/// are in the files beside it (`TeamAssessment`, `CapTable`, `ExitWaterfall`).
package struct Team: Sendable {
  package var capabilities: [Capability] = []
  package var needs: [Capability.Need] = []
  package var people: [Person] = []
  package var hires: [PlannedHire] = []
  package var responsibilities: [Responsibility] = []
  package var objectives: [Objective] = []
  package var equity: EquityPlan?
  package var training: [Training] = []
  /// Share of the time that remains when the number done doubles (Wright); 1 for no learning.
  package var learningRate = 1.0

  package init() {}
}
