/// Scores by alternative and criterion on a common 0...1 scale of worth.
///
/// A weighted sum of worths on an anchored scale cannot reverse ranks when an alternative is added or
/// removed: no alternative's sum depends on another.
package enum WeightedSum {
  /// - Parameters:
  ///   - worths: [alternative][criterion], 0...1, 1 the best.
  ///   - weights: of the criteria; they sum to 1.
  package static func scores(worths: [[Double]], weights: [Double]) -> [Double] {
    worths.map { row in zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } }
  }
}

/// Ranks from scores.
package enum Ranking {
  /// 1 for the highest; equal scores share the mean of their ranks, so the order of alternatives does
  /// not matter.
  package static func ranks(of scores: [Double]) -> [Double] {
    scores.map { score in
      let above = scores.count { $0 > score }
      let equal = scores.count { $0 == score }
      return Double(above) + Double(equal + 1) / 2
    }
  }
}
