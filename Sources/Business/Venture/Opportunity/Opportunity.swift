package import Forecast

/// One opportunity: where it comes from, how it scores, how large its market is, how ready its
/// technology, and what stands for and against it.
package struct Opportunity: Sendable {
  package let id: String
  package let name: String
  package let summary: String
  package let sources: [OpportunitySource]
  /// By indicator; all twelve once read without problems.
  package let scores: [Indicator: IndicatorScore]
  package let market: MarketSize?
  package let adoption: Adoption?
  package let readiness: [Readiness]
  package let swot: SWOT?
  package let forces: [Force]
  package let line: Int

  package init(reading node: PlanNode, id: String, sheet: QuantitySheet) {
    self.id = id
    line = node.line
    name = node.text("name", required: true, limit: 200)
    summary = node.text("summary")
    let base = "opportunities.\(id)"
    sources = node.list("sources", limit: 20).enumerated().map { index, child in
      OpportunitySource(reading: child, path: "\(base).sources.\(index)", sheet: sheet)
    }
    var scores: [Indicator: IndicatorScore] = [:]
    if let table = node.child("scores") {
      for indicator in Indicator.allCases {
        guard let child = table.child(indicator.rawValue) else {
          table.fail("needs '\(indicator.rawValue)': a score from 1 to 9")
          continue
        }
        scores[indicator] = IndicatorScore(
          reading: child, path: "\(base).\(indicator.rawValue)", sheet: sheet)
      }
      table.finish()
    } else {
      node.fail("needs 'scores': the twelve indicators, each from 1 to 9")
    }
    self.scores = scores
    market = node.child("market").map { MarketSize(reading: $0, path: base, sheet: sheet) }
    adoption = node.child("adoption").flatMap { Adoption(reading: $0, path: base, sheet: sheet) }
    readiness = node.list("readiness", limit: 50).compactMap(Readiness.init(reading:))
    swot = node.child("swot").map(SWOT.init(reading:))
    forces =
      node.child("forces").map { child in
        defer { child.finish() }
        return Force.Kind.allCases.compactMap { kind in
          guard let force = child.child(kind.rawValue) else {
            child.warn("has no '\(kind.rawValue)'; the five forces are judged together")
            return nil
          }
          return Force(
            reading: force, kind: kind, path: "\(base).forces.\(kind.rawValue)", sheet: sheet)
        }
      } ?? []
  }
}

/// A score on an indicator's anchored scale, with what it rests on.
package struct IndicatorScore: Sendable, Hashable {
  /// 1–9, uncertain where it is written so.
  package let score: UncertainField
  /// What was measured, in words and figures.
  package let measure: String
  package let evidence: [String]
  package let date: String?

  /// Reads `5 to 8` or `{score: 5 to 8, measure: …, evidence: […], date: …}`.
  package init?(reading node: PlanNode, path: String, sheet: QuantitySheet) {
    if node.scalar != nil {
      guard let score = UncertainField(node, path: path, sheet: sheet, label: path) else {
        return nil
      }
      self.score = score
      measure = ""
      evidence = []
      date = nil
      return
    }
    defer { node.finish() }
    measure = node.text("measure")
    evidence = node.texts("evidence")
    date = node.date("date")
    guard let score = UncertainField(node, "score", path: path, sheet: sheet, isRequired: true)
    else { return nil }
    self.score = score
  }
}
