/// Closeness to the ideal and distance from the worst (Hwang and Yoon, 1981): columns divided by
/// their length and weighted; ideal and worst taken per column; closeness d⁻ ÷ (d⁺ + d⁻).
///
/// Columns may be in any unit: a positive factor changes nothing. Adding an alternative may reverse
/// the ranks of others, since the ideal and the lengths move.
package struct TOPSIS: Sendable, Hashable, Codable {
  /// 0...1, 1 the ideal itself; 0.5 for all when nothing tells the alternatives apart.
  package let closeness: [Double]
  package let toIdeal: [Double]
  package let toWorst: [Double]

  /// - Parameters:
  ///   - scores: [alternative][criterion], in each criterion's own unit.
  ///   - weights: not negative.
  ///   - isBenefit: whether more is better, by criterion.
  package init(scores: [[Double]], weights: [Double], isBenefit: [Bool]) {
    var (toIdeal, toWorst) = (scores.map { _ in 0.0 }, scores.map { _ in 0.0 })
    for (criterion, weight) in weights.enumerated() {
      let column = scores.map { $0[criterion] }
      let length = column.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { continue }
      let scaled = column.map { $0 / length * weight }
      let (least, most) = (scaled.min() ?? 0, scaled.max() ?? 0)
      let (ideal, worst) = isBenefit[criterion] ? (most, least) : (least, most)
      for (row, value) in scaled.enumerated() {
        toIdeal[row] += (value - ideal) * (value - ideal)
        toWorst[row] += (value - worst) * (value - worst)
      }
    }
    self.toIdeal = toIdeal.map { $0.squareRoot() }
    self.toWorst = toWorst.map { $0.squareRoot() }
    closeness = zip(self.toIdeal, self.toWorst).map { ideal, worst in
      ideal + worst > 0 ? worst / (ideal + worst) : 0.5
    }
  }
}
