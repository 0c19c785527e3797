package import Forecast
import Foundation

extension IndicatorWeights {
  /// The weights as stated, in `Indicator.allCases` order; they sum to 1.
  package var stated: [Double] {
    switch method {
    case .direct(let shares), .swing(let shares): Self.normalised(shares)
    case .pairwise(let judges): Self.composed(Self.group(judges) ?? Self.unjudged)
    }
  }

  /// The consistency of the group's matrices: of the groups, then of each group's indicators; empty
  /// when weights are not from judgments.
  package var hierarchy: [HierarchyReport] {
    guard case .pairwise(let judges) = method, let group = Self.group(judges) else { return [] }
    return Self.reports(group, judge: "")
      + judges.flatMap { judge in
        judges.count > 1 ? Self.reports(judge, judge: judge.name) : []
      }
  }

  /// One draw of the weights: pairwise judgments times e^(σz), or Dirichlet around the stated shares.
  package func draw(_ stream: inout RandomStream) -> [Double] {
    switch method {
    case .pairwise(let judges):
      guard spread > 0, var judge = Self.group(judges) else { return stated }
      judge = judge.perturbed(by: spread, &stream)
      return Self.composed(judge)
    case .direct(let shares), .swing(let shares):
      let drawn = Self.normalised(shares).map { share in
        share > 0 ? stream.gamma(share * concentration) : 0
      }
      return drawn.reduce(0, +) > 0 ? Self.normalised(drawn) : stated
    }
  }

  /// Geometric means of the judges' matrices; nil without judges.
  static func group(_ judges: [Judge]) -> Judge? {
    guard !judges.isEmpty else { return nil }
    return Judge(
      name: "", groups: PairwiseMatrix(geometricMeanOf: judges.map(\.groups)),
      indicators: Dictionary(
        uniqueKeysWithValues: Indicator.Group.allCases.map { group in
          (group, PairwiseMatrix(geometricMeanOf: judges.compactMap { $0.indicators[group] }))
        }))
  }

  static let unjudged = Judge(
    name: "", groups: PairwiseMatrix(size: 4),
    indicators: Dictionary(
      uniqueKeysWithValues: Indicator.Group.allCases.map { ($0, PairwiseMatrix(size: 3)) }))

  /// Weight of the group × weight in the group.
  static func composed(_ judge: Judge) -> [Double] {
    let groups = judge.groups.principal().weights
    let weights = zip(Indicator.Group.allCases, groups).flatMap { group, weight in
      (judge.indicators[group] ?? PairwiseMatrix(size: 3)).principal().weights.map { $0 * weight }
    }
    return normalised(weights)
  }

  private static func normalised(_ shares: [Double]) -> [Double] {
    let sum = shares.reduce(0, +)
    guard sum > 0 else { return shares.map { _ in 1 / Double(shares.count) } }
    return shares.map { $0 / sum }
  }

  private static func reports(_ judge: Judge, judge name: String) -> [HierarchyReport] {
    let groups = HierarchyReport(
      judge: name, group: nil, names: Indicator.Group.allCases.map(\.rawValue),
      result: AnalyticHierarchy(judge.groups))
    return [groups]
      + Indicator.Group.allCases.compactMap { group in
        judge.indicators[group].map { matrix in
          HierarchyReport(
            judge: name, group: group, names: group.indicators.map(\.rawValue),
            result: AnalyticHierarchy(matrix))
        }
      }
  }
}

/// The consistency of one matrix of judgments.
package struct HierarchyReport: Sendable, Hashable, Codable {
  /// Empty for the group of judges.
  package let judge: String
  /// Whose indicators it compares; nil for the matrix of the groups.
  package let group: Indicator.Group?
  package let names: [String]
  package let result: AnalyticHierarchy
}

extension IndicatorWeights.Judge {
  fileprivate func perturbed(
    by spread: Double, _ stream: inout RandomStream
  )
    -> IndicatorWeights.Judge
  {
    let groups = groups.perturbed(by: spread, &stream)
    var indicators = indicators
    for group in Indicator.Group.allCases {
      indicators[group] = indicators[group]?.perturbed(by: spread, &stream)
    }
    return IndicatorWeights.Judge(name: name, groups: groups, indicators: indicators)
  }
}

extension PairwiseMatrix {
  /// Each judgment times e^(σz), z standard normal.
  package func perturbed(by spread: Double, _ stream: inout RandomStream) -> PairwiseMatrix {
    var matrix = self
    for i in 0..<size {
      for j in 0..<size where j > i { matrix[i, j] *= exp(spread * stream.normal()) }
    }
    return matrix
  }
}
