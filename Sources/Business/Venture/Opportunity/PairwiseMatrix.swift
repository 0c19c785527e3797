import Foundation

/// Saaty's pairwise comparisons: `self[i, j]` is how many times i counts j, and `self[j, i]` its
/// reciprocal. Square, positive, of 1 to 15 rows.
package struct PairwiseMatrix: Sendable, Hashable, Codable {
  package let size: Int
  /// Row-major.
  private var elements: [Double]

  /// All judgments 1.
  package init(size: Int) {
    precondition((1...Self.largestSize).contains(size), "1 to 15 things can be compared")
    self.size = size
    elements = Array(repeating: 1, count: size * size)
  }

  /// - Parameter upper: the judgments right of the diagonal, row by row: n(n − 1) ÷ 2 of them.
  package init(size: Int, upper: [Double]) {
    self.init(size: size)
    precondition(upper.count == size * (size - 1) / 2)
    var rest = upper[...]
    for i in 0..<size { for j in i + 1..<max(size, i + 1) { self[i, j] = rest.removeFirst() } }
  }

  /// Setting writes the reciprocal too; a judgment is positive.
  package subscript(_ row: Int, _ column: Int) -> Double {
    get { elements[row * size + column] }
    set {
      precondition(newValue > 0 && newValue.isFinite)
      elements[row * size + column] = newValue
      elements[column * size + row] = 1 / newValue
    }
  }

  /// The group's matrix: the geometric mean of each judgment, which alone keeps reciprocals
  /// (Aczél and Saaty, 1983). All of one size.
  package init(geometricMeanOf judges: [PairwiseMatrix]) {
    precondition(!judges.isEmpty && judges.allSatisfy { $0.size == judges[0].size })
    size = judges[0].size
    elements = judges[0].elements.indices.map { index in
      exp(judges.reduce(0) { $0 + log($1.elements[index]) } / Double(judges.count))
    }
  }

  package static let largestSize = 15

  /// The principal eigenvector (sums to 1) and its eigenvalue, by power iteration; the vector stands
  /// to 1e-13. O(n²) a step.
  package func principal() -> (weights: [Double], eigenvalue: Double) {
    var weights = [Double](repeating: 1 / Double(size), count: size)
    var eigenvalue = Double(size)
    for _ in 0..<1_000 {
      var next = [Double](repeating: 0, count: size)
      for i in 0..<size {
        for j in 0..<size { next[i] += elements[i * size + j] * weights[j] }
      }
      // Since the weights sum to 1, the sum of Aw estimates λ.
      eigenvalue = next.reduce(0, +)
      var change = 0.0
      for i in 0..<size {
        next[i] /= eigenvalue
        change = max(change, abs(next[i] - weights[i]))
      }
      weights = next
      if change < 1e-14 { break }
    }
    return (weights, eigenvalue)
  }
}
