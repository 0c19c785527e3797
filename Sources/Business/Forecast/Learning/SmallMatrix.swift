import Foundation

/// Matrices of some tens of drivers, row-major.
enum SmallMatrix {
  /// Lower Cholesky factor; a tiny ridge is added until there is one.
  static func cholesky(_ matrix: [Double], _ n: Int) -> [Double] {
    var ridge = 0.0
    let scale = max(1e-300, (0..<n).reduce(0) { max($0, matrix[$1 * n + $1]) })
    while true {
      if let factor = factor(matrix, n, ridge) { return factor }
      ridge = ridge == 0 ? 1e-10 * scale : ridge * 10
    }
  }

  private static func factor(_ matrix: [Double], _ n: Int, _ ridge: Double) -> [Double]? {
    var lower = [Double](repeating: 0, count: n * n)
    for row in 0..<n {
      for column in 0...row {
        var sum = matrix[row * n + column] + (row == column ? ridge : 0)
        for k in 0..<column { sum -= lower[row * n + k] * lower[column * n + k] }
        if row == column {
          guard sum > 0, sum.isFinite else { return nil }
          lower[row * n + row] = sum.squareRoot()
        } else {
          lower[row * n + column] = sum / lower[column * n + column]
        }
      }
    }
    return lower
  }

  /// Of a symmetric positive definite matrix.
  static func inverse(_ matrix: [Double], _ n: Int) -> [Double] {
    let lower = cholesky(matrix, n)
    var result = [Double](repeating: 0, count: n * n)
    for column in 0..<n {
      var x = [Double](repeating: 0, count: n)
      for row in 0..<n {
        var sum = row == column ? 1.0 : 0
        for k in 0..<row { sum -= lower[row * n + k] * x[k] }
        x[row] = sum / lower[row * n + row]
      }
      for row in (0..<n).reversed() {
        var sum = x[row]
        for k in (row + 1)..<max(n, row + 1) { sum -= lower[k * n + row] * x[k] }
        x[row] = sum / lower[row * n + row]
      }
      for row in 0..<n { result[row * n + column] = x[row] }
    }
    return result
  }

  /// x of `matrix` x = `right`, the matrix symmetric positive definite.
  static func solve(_ matrix: [Double], _ right: [Double], _ n: Int) -> [Double] {
    let lower = cholesky(matrix, n)
    var x = right
    forward(lower, &x, n)
    for row in (0..<n).reversed() {
      var sum = x[row]
      for k in (row + 1)..<max(n, row + 1) { sum -= lower[k * n + row] * x[k] }
      x[row] = sum / lower[row * n + row]
    }
    return x
  }

  /// Solves `lower` x = `x` in place.
  static func forward(_ lower: [Double], _ x: inout [Double], _ n: Int) {
    for row in 0..<n {
      var sum = x[row]
      for k in 0..<row { sum -= lower[row * n + k] * x[k] }
      x[row] = sum / lower[row * n + row]
    }
  }

  /// The symmetric matrix with each eigenvalue λ made `bend`(λ), by cyclic Jacobi rotations (Golub &
  /// Van Loan, "Matrix Computations", 8.5).
  static func bent(_ matrix: [Double], _ n: Int, by bend: (Double) -> Double) -> [Double] {
    guard n > 1 else { return matrix.map(bend) }
    var a = matrix
    var vectors = [Double](repeating: 0, count: n * n)
    for row in 0..<n { vectors[row * n + row] = 1 }
    let scale = a.reduce(0) { $0 + $1 * $1 }
    for _ in 0..<30 {
      var off = 0.0
      for row in 0..<n {
        for column in 0..<row { off += a[row * n + column] * a[row * n + column] }
      }
      guard off > 1e-22 * scale else { break }
      for q in 1..<n { for p in 0..<q { rotate(&a, &vectors, n, p, q) } }
    }
    let values = (0..<n).map { bend(a[$0 * n + $0]) }
    var result = [Double](repeating: 0, count: n * n)
    for row in 0..<n {
      for column in 0..<n {
        for k in 0..<n {
          result[row * n + column] += vectors[row * n + k] * values[k] * vectors[column * n + k]
        }
      }
    }
    return result
  }

  private static func rotate(
    _ a: inout [Double], _ vectors: inout [Double], _ n: Int, _ p: Int, _ q: Int
  ) {
    let apart = a[p * n + q]
    guard apart != 0 else { return }
    let theta = (a[q * n + q] - a[p * n + p]) / (2 * apart)
    let t = (theta < 0 ? -1.0 : 1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    for k in 0..<n {
      let (left, right) = (a[k * n + p], a[k * n + q])
      a[k * n + p] = c * left - s * right
      a[k * n + q] = s * left + c * right
    }
    for k in 0..<n {
      let (left, right) = (a[p * n + k], a[q * n + k])
      a[p * n + k] = c * left - s * right
      a[q * n + k] = s * left + c * right
      let (first, second) = (vectors[k * n + p], vectors[k * n + q])
      vectors[k * n + p] = c * first - s * second
      vectors[k * n + q] = s * first + c * second
    }
  }
}
