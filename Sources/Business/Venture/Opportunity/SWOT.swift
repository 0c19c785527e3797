/// Strengths, weaknesses, opportunities and threats, weighed and rated (IFE and EFE matrices), and
/// what follows from each pair of an inner and an outer factor (TOWS).
package struct SWOT: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case strengths, weaknesses, opportunities, threats
    package var isInternal: Bool { self == .strengths || self == .weaknesses }
    package var textKey: String { "plan_swot_\(rawValue)" }
  }

  package struct Factor: Sendable, Hashable, Codable {
    package let id: String
    package let kind: Kind
    package let text: String
    /// Weights of strengths and weaknesses sum to 1, and so do those of opportunities and threats.
    package let weight: Double
    /// 1–4: 4 a major strength, 1 a major weakness; 4 an outer factor that the venture answers
    /// superbly, 1 poorly.
    package let rating: Double
    package let evidence: String
    package let line: Int
  }

  /// What the plan says about one pair: an action, or why there is none.
  package struct Answer: Sendable, Hashable, Codable {
    package let inner: String
    package let outer: String
    /// How much the two have to do with each other, 0...1.
    package let relevance: Double
    package let action: String
    package let rejection: String
    package let owner: String
    package let line: Int
  }

  package let factors: [Factor]
  package let answers: [Answer]
  package let line: Int
  package let field: String

  package init(reading node: PlanNode) {
    line = node.line
    field = node.path
    var seen: Set<String> = []
    factors = Kind.allCases.flatMap { kind in
      node.list(kind.rawValue, limit: 20).map { child in
        defer { child.finish() }
        let id = child.text("id", required: true, limit: 20)
        if !id.isEmpty, !seen.insert(id).inserted { child.fail("the id '\(id)' is used twice") }
        for name in ["weight", "rating"] where !child.has(name) { child.fail("needs '\(name)'") }
        return Factor(
          id: id, kind: kind, text: child.text("text", required: true),
          weight: child.number("weight", in: 0...1) ?? 0,
          rating: child.number("rating", in: 1...4) ?? 1, evidence: child.text("evidence"),
          line: child.line)
      }
    }
    let kinds = Dictionary(factors.map { ($0.id, $0.kind) }, uniquingKeysWith: { one, _ in one })
    var pairs: Set<[String]> = []
    answers = node.list("answers", limit: 400).compactMap { child in
      defer { child.finish() }
      let answer = Answer(
        inner: child.text("inner", required: true, limit: 20),
        outer: child.text("outer", required: true, limit: 20),
        relevance: child.number("relevance", in: 0...1) ?? 1, action: child.text("action"),
        rejection: child.text("rejection"), owner: child.text("owner", limit: 100),
        line: child.line)
      guard kinds[answer.inner]?.isInternal == true, kinds[answer.outer]?.isInternal == false else {
        child.fail(
          "must pair a strength or weakness ('inner') with an opportunity or threat ('outer')")
        return nil
      }
      if !pairs.insert([answer.inner, answer.outer]).inserted {
        child.fail("the pair \(answer.inner) and \(answer.outer) is answered twice")
      }
      if !answer.action.isEmpty, !answer.rejection.isEmpty {
        child.fail("has both 'action' and 'rejection'; decide for one")
      }
      return answer
    }
    node.finish()
    checkWeights(node)
  }

  private func checkWeights(_ node: PlanNode) {
    for isInternal in [true, false] {
      let group = factors.filter { $0.kind.isInternal == isInternal }
      let names = isInternal ? "strengths and weaknesses" : "opportunities and threats"
      let sum = group.reduce(0) { $0 + $1.weight }
      if group.isEmpty {
        node.fail("needs \(names)")
      } else if abs(sum - 1) > 0.005 {
        let list = node.child(group[0].kind.rawValue) ?? node
        list.fail("weights of \(names) sum to \(rounded(sum)); they must sum to 1")
      }
    }
  }
}

/// Three decimals, for messages.
func rounded(_ value: Double) -> String {
  let scaled = (value * 1000).rounded() / 1000
  return scaled == scaled.rounded() && abs(scaled) < 1e15 ? "\(Int(scaled))" : "\(scaled)"
}
