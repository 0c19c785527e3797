package import Forecast

/// Where an opportunity comes from, and the log of evidence for it: the odds that it is real are the
/// odds before, times the likelihood ratio of each piece of evidence.
package struct OpportunitySource: Sendable, Hashable {
  /// 技术进步, 市场需求, 政策支持, 行业变革.
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case technologyProgress = "technology_progress"
    case marketDemand = "market_demand"
    case policySupport = "policy_support"
    case industryChange = "industry_change"

    package var textKey: String { "plan_source_\(rawValue)" }
  }

  package struct Evidence: Sendable, Hashable {
    package let text: String
    package let reference: String
    package let date: String?
    /// How much likelier it is seen when the claim is true than when it is false.
    package let ratio: UncertainField
    /// Pieces of one group say partly the same; empty: on its own.
    package let group: String
  }

  package let kind: Kind
  /// The claim, such as "small shops will pay for answers".
  package let text: String
  /// Chance before the evidence.
  package let prior: UncertainField?
  package let evidence: [Evidence]
  /// Correlation within a group, 0 (independent) to 1 (one piece of news told often).
  package let correlation: Double
  package let line: Int
  package let field: String

  package init(reading node: PlanNode, path: String, sheet: QuantitySheet) {
    line = node.line
    field = node.path
    let kind = node.choice("kind", Kind.self)
    if kind == nil, !node.has("kind") {
      node.fail("needs 'kind': where the opportunity comes from")
    }
    self.kind = kind ?? .marketDemand
    text = node.text("text", required: true)
    prior = UncertainField(node, "prior", path: "\(path).prior", sheet: sheet, isRequired: true)
    correlation = node.number("correlation", in: 0...1) ?? 1
    evidence = node.list("evidence", limit: 50).enumerated().compactMap { index, child in
      defer { child.finish() }
      let text = child.text("text", required: true)
      let reference = child.text("reference", limit: 500)
      let date = child.date("date")
      let group = child.text("group", limit: 100)
      guard
        let ratio = UncertainField(
          child, "ratio", path: "\(path).evidence.\(index)", sheet: sheet, isRequired: true)
      else { return nil }
      return Evidence(text: text, reference: reference, date: date, ratio: ratio, group: group)
    }
    node.finish()
  }
}
