/// Small symmetric systems.
enum LeastSquares {
  /// Solves A x = b for a positive semidefinite A by Cholesky; a column that depends on the earlier
  /// ones gets 0. O(n³).
  ///
  /// - Parameter lower: row i holds columns 0...i.
  static func solve(lower matrix: [[Double]], _ right: [Double]) -> [Double] {
    let count = right.count
    var factor = matrix
    var isKept = Array(repeating: true, count: count)
    for i in 0..<count {
      for j in 0...i {
        var sum = matrix[i][j]
        for k in 0..<j where isKept[k] { sum -= factor[i][k] * factor[j][k] }
        if i == j {
          isKept[i] = sum > 1e-10 * matrix[i][i] && sum > 0
          factor[i][i] = isKept[i] ? sum.squareRoot() : 1
        } else {
          factor[i][j] = isKept[j] ? sum / factor[j][j] : 0
        }
      }
    }
    var x = right
    for i in 0..<count where isKept[i] {
      for k in 0..<i where isKept[k] { x[i] -= factor[i][k] * x[k] }
      x[i] /= factor[i][i]
    }
    for i in stride(from: count - 1, through: 0, by: -1) {
      guard isKept[i] else {
        x[i] = 0
        continue
      }
      for k in (i + 1)..<max(i + 1, count) where isKept[k] { x[i] -= factor[k][i] * x[k] }
      x[i] /= factor[i][i]
    }
    return x
  }
}
