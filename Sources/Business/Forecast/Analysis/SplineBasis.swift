/// A natural cubic spline in one driver, for regression on it. The driver is first turned into
/// normal scores of its ranks: conditional means do not change by that, and long tails cannot pull
/// the fit. (Hastie, Tibshirani & Friedman, "The elements of statistical learning", 5.2.1.)
struct SplineBasis {
  /// [path][basis function]; the constant first.
  private let rows: [[Double]]
  private let width: Int

  /// Normal scores at which the pieces meet: 5 degrees of freedom in all.
  private static let knots = [-1.6, -0.67, 0, 0.67, 1.6]

  init(values: [Double]) {
    let count = Double(values.count)
    let scores = Statistics.ranks(values).map { Normal.quantile(($0 - 0.5) / count) }
    let knots = Self.knots
    rows = scores.map { Self.functions($0, knots) }
    width = knots.count
  }

  /// Fits `target` by least squares on the paths `learn` and gives the fit at the paths `at`. A
  /// driver with fewer values than functions gets the functions that its values can tell apart.
  func fitted(_ target: [Double], on learn: [Int], at places: [Int]) -> [Double] {
    var matrix = (0..<width).map { Array(repeating: 0.0, count: $0 + 1) }
    var right = Array(repeating: 0.0, count: width)
    for path in learn {
      let row = rows[path]
      for i in 0..<width {
        right[i] += row[i] * target[path]
        for j in 0...i { matrix[i][j] += row[i] * row[j] }
      }
    }
    let coefficients = LeastSquares.solve(lower: matrix, right)
    return places.map { path in
      zip(rows[path], coefficients).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  private static func functions(_ x: Double, _ knots: [Double]) -> [Double] {
    let last = knots[knots.count - 1]
    func cube(_ knot: Double) -> Double {
      let gap = max(0, x - knot)
      return gap * gap * gap
    }
    func d(_ knot: Double) -> Double { (cube(knot) - cube(last)) / (last - knot) }
    let base = d(knots[knots.count - 2])
    return [1, x] + knots.dropLast(2).map { d($0) - base }
  }
}
