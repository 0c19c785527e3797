import Foundation

/// A symmetric matrix with ones on the diagonal.
struct CorrelationMatrix: Sendable, Hashable {
  let size: Int
  /// Row by row.
  var values: [Double]

  init(size: Int) {
    self.size = size
    values = [Double](repeating: 0, count: size * size)
    for index in 0..<size { values[index * size + index] = 1 }
  }

  subscript(_ row: Int, _ column: Int) -> Double {
    get { values[row * size + column] }
    set {
      values[row * size + column] = newValue
      values[column * size + row] = newValue
    }
  }

  /// Pearson's r of two normal scores whose ranks correlate by ρ, and back (Pearson 1907).
  static func pearson(spearman rho: Double) -> Double { 2 * sin(Double.pi / 6 * rho) }
  static func spearman(pearson r: Double) -> Double { 6 / Double.pi * asin(0.5 * r) }

  /// Smallest pivot that counts as positive: smaller ones leave no digits.
  private static let leastPivot = 1e-9

  /// The lower triangle L with L·Lᵀ = self, row by row with zeros above; nil when the matrix is not
  /// positive definite. O(n³).
  var cholesky: [Double]? {
    var lower = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0...row {
        var sum = self[row, column]
        for k in 0..<column { sum -= lower[row * size + k] * lower[column * size + k] }
        if row == column {
          guard sum > Self.leastPivot else { return nil }
          lower[row * size + row] = sum.squareRoot()
        } else {
          lower[row * size + column] = sum / lower[column * size + column]
        }
      }
    }
    return lower
  }

  /// The nearest correlation matrix in the Frobenius norm (on the border, hence singular).
  ///
  /// Source: Higham, "Computing the nearest correlation matrix: a problem from finance", IMA Journal
  /// of Numerical Analysis 22 (2002): alternating projections with Dykstra's correction.
  var nearest: CorrelationMatrix {
    var result = self
    var correction = [Double](repeating: 0, count: values.count)
    for _ in 0..<300 {
      let shifted = zip(result.values, correction).map { $0 - $1 }
      let projected = SymmetricEigen(values: shifted, size: size).positivePart
      correction = zip(projected, shifted).map { $0 - $1 }
      var next = CorrelationMatrix(size: size)
      for row in 0..<size {
        for column in 0..<row { next[row, column] = projected[row * size + column] }
      }
      let change = zip(next.values, result.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
      result = next
      if change < 1e-9 { break }
    }
    return result
  }

  /// Drawn towards independence by the share.
  func shrunk(by share: Double) -> CorrelationMatrix {
    var result = self
    for row in 0..<size { for column in 0..<row { result[row, column] *= 1 - share } }
    return result
  }
}

/// Eigenvalues and eigenvectors of a symmetric matrix, by cyclic Jacobi rotations.
struct SymmetricEigen {
  private(set) var eigenvalues: [Double]
  /// Column k belongs to eigenvalue k.
  private(set) var vectors: [Double]
  private let size: Int

  init(values: [Double], size: Int) {
    self.size = size
    var matrix = values
    vectors = [Double](repeating: 0, count: size * size)
    for index in 0..<size { vectors[index * size + index] = 1 }
    for _ in 0..<60 {
      var off = 0.0
      for row in 0..<size { for column in 0..<row { off += abs(matrix[row * size + column]) } }
      if off < 1e-15 { break }
      for p in 0..<size {
        for q in p + 1..<max(size, p + 1) { Self.rotate(&matrix, &vectors, size, p, q) }
      }
    }
    eigenvalues = (0..<size).map { matrix[$0 * size + $0] }
  }

  private static func rotate(
    _ matrix: inout [Double], _ vectors: inout [Double], _ n: Int, _ p: Int, _ q: Int
  ) {
    let element = matrix[p * n + q]
    guard abs(element) > 1e-300 else { return }
    let theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * element)
    let t = (theta < 0 ? -1.0 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    for k in 0..<n {
      let left = matrix[k * n + p]
      let right = matrix[k * n + q]
      matrix[k * n + p] = c * left - s * right
      matrix[k * n + q] = s * left + c * right
    }
    for k in 0..<n {
      let left = matrix[p * n + k]
      let right = matrix[q * n + k]
      matrix[p * n + k] = c * left - s * right
      matrix[q * n + k] = s * left + c * right
    }
    for k in 0..<n {
      let left = vectors[k * n + p]
      let right = vectors[k * n + q]
      vectors[k * n + p] = c * left - s * right
      vectors[k * n + q] = s * left + c * right
    }
  }

  /// The matrix with its negative eigenvalues set to 0.
  var positivePart: [Double] {
    var result = [Double](repeating: 0, count: size * size)
    for (k, value) in eigenvalues.enumerated() where value > 0 {
      for row in 0..<size {
        let scaled = value * vectors[row * size + k]
        for column in 0..<size {
          result[row * size + column] += scaled * vectors[column * size + k]
        }
      }
    }
    return result
  }
}
