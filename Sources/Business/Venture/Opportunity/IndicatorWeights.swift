/// How the twelve indicators are weighed: by pairwise judgments (AHP), by swings, or directly.
package struct IndicatorWeights: Sendable {
  package enum Method: Sendable {
    /// The judges' matrices of the groups and of each group's indicators.
    case pairwise([Judge])
    /// Points of the swing from worst to best, the largest being 100, in `Indicator.allCases` order.
    case swing([Double])
    /// Shares that sum to 1, in `Indicator.allCases` order.
    case direct([Double])
  }

  package struct Judge: Sendable {
    package let name: String
    package let groups: PairwiseMatrix
    package let indicators: [Indicator.Group: PairwiseMatrix]
  }

  package let method: Method
  /// σ of the log of a pairwise judgment.
  package let spread: Double
  /// Of the Dirichlet law around swing or direct weights: larger is surer.
  package let concentration: Double
  package let line: Int
  package let field: String

  package static let equal = IndicatorWeights(
    method: .direct(Indicator.allCases.map { _ in 1 / Double(Indicator.allCases.count) }),
    spread: 0, concentration: 100, line: 0, field: "opportunities.weights")

  private init(
    method: Method, spread: Double, concentration: Double, line: Int, field: String
  ) {
    self.method = method
    self.spread = spread
    self.concentration = concentration
    self.line = line
    self.field = field
  }

  /// Reads one of `judges` (or one judge's matrices), `swing` and `direct`.
  package init(reading node: PlanNode) {
    line = node.line
    field = node.path
    spread = node.number("spread", in: 0...2) ?? 0.2
    concentration = node.number("concentration", in: 0.5...1e6) ?? 100
    let given = ["judges", "swing", "direct"].filter(node.has)
    if given.count != 1 {
      node.fail("needs exactly one of 'judges' (pairwise), 'swing' and 'direct'")
    }
    if let swing = node.child("swing") {
      method = .swing(Self.shares(swing, in: 0...100))
      if case .swing(let points) = method, points.max() != 100 {
        swing.fail("needs one indicator at 100, the swing that matters most")
      }
    } else if let direct = node.child("direct") {
      let shares = Self.shares(direct, in: 0...1)
      let sum = shares.reduce(0, +)
      if abs(sum - 1) > 0.005 {
        direct.fail("weights sum to \(rounded(sum)); they must sum to 1")
      }
      method = .direct(shares)
    } else {
      let judges = node.list("judges", limit: 20).map(Judge.init(reading:))
      if judges.isEmpty, node.has("judges") { node.fail("'judges' needs at least one judge") }
      method = .pairwise(judges)
    }
    node.finish()
  }

  /// One number an indicator; 0 and a problem where one is absent.
  private static func shares(_ node: PlanNode, in range: ClosedRange<Double>) -> [Double] {
    defer { node.finish() }
    return Indicator.allCases.map { indicator in
      if !node.has(indicator.rawValue) { node.fail("needs '\(indicator.rawValue)'") }
      return node.number(indicator.rawValue, in: range) ?? 0
    }
  }
}

extension IndicatorWeights.Judge {
  /// Reads `{name, groups: {market/technology: 2, …}, market: {size/growth: 3, …}, …}`.
  fileprivate init(reading node: PlanNode) {
    name = node.text("name", limit: 100)
    groups = PairwiseMatrix(
      reading: node, "groups", names: Indicator.Group.allCases.map(\.rawValue))
    indicators = Dictionary(
      uniqueKeysWithValues: Indicator.Group.allCases.map { group in
        let names = group.indicators.map(\.rawValue)
        return (group, PairwiseMatrix(reading: node, group.rawValue, names: names))
      })
    node.finish()
  }
}

extension PairwiseMatrix {
  /// Judgments `a/b: 3` (a counts three times b) or `a/b: 1/3`; every pair once, either way round.
  fileprivate init(reading node: PlanNode, _ field: String, names: [String]) {
    self.init(size: names.count)
    guard let table = node.child(field) else {
      node.fail("needs '\(field)': pairwise judgments such as '\(names[0])/\(names[1]): 3'")
      return
    }
    for i in names.indices {
      for j in names.indices where j > i {
        let pair = "\(names[i])/\(names[j])"
        let reverse = "\(names[j])/\(names[i])"
        guard let child = table.child(pair) ?? table.child(reverse) else {
          table.fail("needs '\(pair)': how many times '\(names[i])' counts '\(names[j])'")
          continue
        }
        if table.has(pair), table.has(reverse) {
          child.fail("is there both ways round; keep '\(pair)' or '\(reverse)'")
        }
        guard let judgment = Self.judgment(child.scalar ?? "") else {
          child.fail("'\(child.scalar ?? "")' must be from 1/9 to 9, such as 3 or 1/3")
          continue
        }
        self[i, j] = table.has(pair) ? judgment : 1 / judgment
      }
    }
    table.finish()
  }

  /// `3`, `1/3`, `0.5`: 1/9…9.
  static func judgment(_ text: String) -> Double? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let top = Double(parts[0].filter { $0 != " " }) else {
      return nil
    }
    let bottom = parts.count == 2 ? Double(parts[1].filter { $0 != " " }) : 1
    guard let bottom, bottom > 0 else { return nil }
    let judgment = top / bottom
    return (1 / 9.0 - 1e-9...9 + 1e-9).contains(judgment) ? judgment : nil
  }
}
