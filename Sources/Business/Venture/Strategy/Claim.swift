/// A statement of the plan that can turn out wrong: what is measured, who answers for it, by when,
/// and the value at which it is given up. A claim that lacks one of these is flagged, because a
/// statement that nothing can refute says nothing.
package struct Claim: Sendable, Hashable, Codable {
  /// What a claim must carry.
  package enum Part: String, Sendable, Hashable, Codable, CaseIterable {
    case metric, owner, date, drop
  }

  /// Stable name, such as `vision` or `advantages.own_model`.
  package let id: String
  package let text: String
  package let metric: String
  /// Id of a person of the team.
  package let owner: String
  /// `2027-03-31`; nil when absent.
  package let date: String?
  /// The claim is dropped when its metric is on this side.
  package let drop: Threshold?
  package let line: Int
  package let field: String

  /// Reads `{text, metric, owner, date, drop}`; a single text is a claim that lacks the rest.
  ///
  /// - Parameter textName: the field that holds the statement.
  package init(reading node: PlanNode, id: String, textName: String = "text") {
    self.id = id
    line = node.line
    field = node.path
    if let text = node.scalar {
      self.text = text
      metric = ""
      owner = ""
      date = nil
      drop = nil
      return
    }
    text = node.text(textName, required: true)
    metric = node.text("metric", limit: 200)
    owner = node.text("owner", limit: 100)
    date = node.date("date")
    drop = Threshold(reading: node, name: "drop")
  }

  /// What it lacks, in the order of `Part`.
  package var missing: [Part] {
    Part.allCases.filter { part in
      switch part {
      case .metric: metric.isEmpty
      case .owner: owner.isEmpty
      case .date: date == nil
      case .drop: drop == nil
      }
    }
  }
}

extension Threshold {
  /// Nil when absent; a problem at the line when it cannot be read.
  package init?(reading node: PlanNode, name: String) {
    guard let child = node.child(name) else { return nil }
    guard let threshold = Threshold(child.scalar ?? "") else {
      child.fail("'\(child.scalar ?? "")' is not a bound; write a sign and a number, as '< 500'")
      return nil
    }
    self = threshold
  }
}
