import Foundation

extension Metalog {
  /// - Throws: `range` when it is not a law (its quantile function falls somewhere) or has no mean.
  func check() throws(ForecastError) {
    guard (2...Self.mostTerms).contains(coefficients.count) else {
      throw Distribution.range("metalog needs from 2 to \(Self.mostTerms) quantiles")
    }
    guard coefficients.allSatisfy(\.isFinite), (lower ?? 0).isFinite, (upper ?? 0).isFinite else {
      throw Distribution.range("metalog: an argument is not finite")
    }
    if let lower, let upper, lower >= upper {
      throw Distribution.range("metalog needs lower < upper")
    }
    if (lower != nil) != (upper != nil), abs(coefficients[0]) > 300 {
      throw Distribution.range("metalog: the values are too large or too small")
    }
    var logit = -37.0
    while logit <= 37 {
      guard inner(logit: logit).slope > 0 else {
        let chance = 100 / (1 + exp(-logit))
        throw Distribution.range(
          "metalog: no smooth law runs through these quantiles (it would fall near "
            + "p\(Distribution.short(chance))): move them or give fewer")
      }
      logit += 0.05
    }
    guard lower == nil || upper != nil || tailSlope(1) < 0.9 else {
      throw Distribution.range(
        "metalog: the upper tail is so heavy that it has no mean: give upper:")
    }
    guard upper == nil || lower != nil || tailSlope(-1) < 0.9 else {
      throw Distribution.range(
        "metalog: the lower tail is so heavy that it has no mean: give lower:")
    }
  }

  /// The law through the quantiles: as many terms as quantiles.
  /// - Parameter quantiles: by chance, at least two, in any order.
  static func fit(
    _ quantiles: [(chance: Double, value: Double)], lower: Double?, upper: Double?
  ) throws(ForecastError) -> Metalog {
    let sorted = quantiles.sorted { $0.chance < $1.chance }
    guard (2...mostTerms).contains(sorted.count) else {
      throw Distribution.range(
        "metalog needs from 2 to \(mostTerms) quantiles, such as p5:, p50:, p95:")
    }
    for (left, right) in zip(sorted, sorted.dropFirst())
    where !(left.chance < right.chance && left.value < right.value) {
      throw Distribution.range("metalog: the quantiles must rise with their chances")
    }
    let count = sorted.count
    // Seven symmetric chances leave the odd terms undetermined: then the next term takes the last's
    // place.
    for last in [count - 1, count] where last < mostTerms {
      let columns = Array(0..<count - 1) + [last]
      let rows = try equations(sorted, columns, lower: lower, upper: upper)
      guard let solution = solve(rows) else { continue }
      var coefficients = [Double](repeating: 0, count: last + 1)
      for (column, value) in zip(columns, solution) { coefficients[column] = value }
      let metalog = Metalog(coefficients: coefficients, lower: lower, upper: upper)
      try metalog.check()
      return metalog
    }
    throw Distribution.range("metalog: the quantiles lie too close together")
  }

  /// A row for each quantile, with its right side at the end.
  private static func equations(
    _ quantiles: [(chance: Double, value: Double)], _ columns: [Int], lower: Double?,
    upper: Double?
  ) throws(ForecastError) -> [[Double]] {
    var rows: [[Double]] = []
    for (chance, value) in quantiles {
      guard chance > 0, chance < 1 else {
        throw Distribution.range("metalog: a percentile must lie between p0 and p100")
      }
      guard let target = inverseOuter(value, lower: lower, upper: upper) else {
        throw Distribution.range(
          "metalog: the quantile \(Distribution.short(value)) does not lie inside of the bounds")
      }
      let logit = log(chance) - log1p(-chance)
      rows.append(
        columns.map {
          term($0, c: chance - 0.5, logit: logit, weight: chance * (1 - chance)).value
        } + [target])
    }
    return rows
  }

  /// Gauss with partial pivoting; rows carry their right side at the end. Nil when singular.
  private static func solve(_ rows: [[Double]]) -> [Double]? {
    var rows = rows
    let n = rows.count
    for column in 0..<n {
      let pivot = (column..<n).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      guard abs(rows[pivot][column]) > 1e-12 else { return nil }
      rows.swapAt(column, pivot)
      for row in column + 1..<max(n, column + 1) {
        let factor = rows[row][column] / rows[column][column]
        for k in column...n { rows[row][k] -= factor * rows[column][k] }
      }
    }
    var solution = [Double](repeating: 0, count: n)
    for row in stride(from: n - 1, through: 0, by: -1) {
      var rest = rows[row][n]
      for k in row + 1..<max(n, row + 1) { rest -= rows[row][k] * solution[k] }
      solution[row] = rest / rows[row][row]
    }
    return solution
  }
}
