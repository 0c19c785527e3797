package import Forecast

/// The three ways to build the venture, and the criteria by which they are compared.
package struct VenturePaths: Sendable {
  /// 技术驱动型, 市场驱动型, 创新驱动型.
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case technology, market, innovation

    package var textKey: String { "plan_path_\(rawValue)" }
    /// Keys of the names of its three steps, in order.
    package var stepKeys: [String] {
      switch self {
      case .technology:
        ["plan_step_technology_base", "plan_step_product_research", "plan_step_go_to_market"]
      case .market:
        ["plan_step_market_research", "plan_step_product_development", "plan_step_go_to_market"]
      case .innovation:
        [
          "plan_step_innovation_research", "plan_step_product_development",
          "plan_step_go_to_market",
        ]
      }
    }
  }

  package struct Criterion: Sendable {
    package let id: String
    package let name: String
    package let weight: UncertainField
  }

  package struct Path: Sendable {
    package let kind: Kind
    package let summary: String
    /// What is done in each of the three steps.
    package let steps: [String]
    /// Name of the scenario that simulates it; empty for none.
    package let scenario: String
    /// Attractiveness by criterion, 1 (not) to 4 (highly attractive), in the criteria's order.
    package let scores: [UncertainField]
    package let line: Int
  }

  package let criteria: [Criterion]
  package let paths: [Path]
  package let line: Int
  package let field: String

  /// Reads `{criteria: [{id, name, weight}], technology: {summary, steps, scenario, scores}, …}`.
  package init(reading node: PlanNode, sheet: QuantitySheet) {
    line = node.line
    field = node.path
    var seen: Set<String> = []
    criteria = node.list("criteria", limit: 20).compactMap { child in
      defer { child.finish() }
      let id = child.text("id", required: true, limit: 100)
      if !seen.insert(id).inserted {
        child.fail("the criterion '\(id)' is there twice")
        return nil
      }
      guard
        let weight = UncertainField(
          child, "weight", path: "strategy.paths.\(id).weight", sheet: sheet, isRequired: true)
      else { return nil }
      return Criterion(id: id, name: child.text("name", required: true, limit: 200), weight: weight)
    }
    let criteria = criteria
    paths = Kind.allCases.compactMap { kind in
      node.child(kind.rawValue).map {
        Path(reading: $0, kind: kind, criteria: criteria, sheet: sheet)
      }
    }
    if criteria.isEmpty { node.fail("needs 'criteria' to compare the paths by") }
    if paths.count < 2 {
      node.fail("needs at least two of 'technology', 'market' and 'innovation' to compare")
    }
    node.finish()
  }
}

extension VenturePaths.Path {
  fileprivate init(
    reading node: PlanNode, kind: VenturePaths.Kind, criteria: [VenturePaths.Criterion],
    sheet: QuantitySheet
  ) {
    self.kind = kind
    line = node.line
    summary = node.text("summary")
    steps = node.texts("steps")
    if steps.count != 3 { node.fail("has \(steps.count) steps; each path has three") }
    scenario = node.text("scenario", limit: 100)
    if let table = node.child("scores") {
      scores = criteria.compactMap { criterion in
        UncertainField(
          table, criterion.id, path: "strategy.paths.\(kind.rawValue).\(criterion.id)",
          sheet: sheet, isRequired: true)
      }
      table.finish()
    } else {
      node.fail("needs 'scores': one for each criterion, from 1 to 4")
      scores = []
    }
    node.finish()
  }
}
