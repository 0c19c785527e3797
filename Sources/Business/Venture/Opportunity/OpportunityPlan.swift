package import Forecast

/// The `opportunities` section: the candidates, how the indicators are weighed, and which was chosen.
/// `OpportunityAssessment` judges it.
package struct OpportunityPlan: Sendable {
  package let weights: IndicatorWeights
  package let candidates: [Opportunity]
  /// Id of the candidate that the venture pursues; the first when the plan does not say.
  package let chosen: String
  package let line: Int

  package init(reading node: PlanNode, sheet: QuantitySheet) {
    line = node.line
    if let child = node.child("weights") {
      weights = IndicatorWeights(reading: child)
    } else {
      node.warn("has no 'weights'; all indicators weigh the same")
      weights = .equal
    }
    var seen: Set<String> = []
    candidates = node.list("candidates", limit: 20).map { child in
      let id = child.text("id", required: true, limit: 100)
      if !id.isEmpty, !seen.insert(id).inserted {
        child.fail("another candidate has the id '\(id)'; ids must be unique")
      }
      defer { child.finish() }
      return Opportunity(reading: child, id: id, sheet: sheet)
    }
    if candidates.isEmpty { node.fail("needs 'candidates': at least one opportunity") }
    let chosen = node.text("chosen", limit: 100)
    if !chosen.isEmpty, !seen.contains(chosen) {
      node.child("chosen")?.fail("'\(chosen)' is not the id of a candidate")
    }
    self.chosen = chosen.isEmpty ? candidates.first?.id ?? "" : chosen
    node.finish()
  }

  /// The candidate that is pursued.
  package var pursued: Opportunity? { candidates.first { $0.id == chosen } }
}
