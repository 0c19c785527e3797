import Foundation

/// Weights that the data themselves suggest: a criterion counts by how much it tells the
/// alternatives apart. Shown beside the judges' weights, never instead of them.
///
/// p = x ÷ Σx down a column, e = −Σ p ln p ÷ ln m, w = (1 − e) ÷ Σ(1 − e) (Shannon's entropy; Hwang
/// and Yoon, 1981). A positive factor on a column changes nothing.
package enum EntropyWeights {
  /// - Parameter scores: [alternative][criterion], not negative.
  /// - Returns: by criterion, summing to 1; equal weights when nothing differs.
  package static func weights(scores: [[Double]]) -> [Double] {
    let count = scores.first?.count ?? 0
    guard scores.count > 1 else { return Array(repeating: 1 / Double(max(count, 1)), count: count) }
    let divergences = (0..<count).map { criterion -> Double in
      let column = scores.map { $0[criterion] }
      let total = column.reduce(0, +)
      guard total > 0 else { return 0 }
      let entropy = column.reduce(0.0) { sum, value in
        let share = value / total
        return share > 0 ? sum - share * log(share) : sum
      }
      return max(0, 1 - entropy / log(Double(scores.count)))
    }
    let sum = divergences.reduce(0, +)
    // What is left of equal columns is rounding, of the order of 1e-16.
    guard sum > 1e-12 else { return divergences.map { _ in 1 / Double(count) } }
    return divergences.map { $0 / sum }
  }
}
