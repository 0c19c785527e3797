import Foundation

/// Drivers that share data or are correlated, and so must be updated together, with the target density
/// of their scores.
struct DriverBlock {
  /// Places in `LatentDrivers`.
  let drivers: [Int]
  let evidence: [Evidence]
  private let latent: LatentDrivers
  private let formulas: [Int]
  private var values: [Double]
  /// Inverse of the scores' correlation matrix, row-major; nil when they are independent.
  private let precision: [Double]?
  /// For blocks of particles.
  private let tables: [LatentDrivers.Table]
  /// The scores' prior correlations, row-major.
  let correlations: [Double]
  init(drivers: [Int], evidence: [Evidence], latent: LatentDrivers) {
    self.drivers = drivers
    self.evidence = evidence
    self.latent = latent
    formulas = latent.dependencies(of: evidence.flatMap(\.reads)).formulas
    values = latent.medians
    tables = drivers.count > 2 ? drivers.map { LatentDrivers.Table(latent, $0) } : []
    let count = drivers.count
    var matrix: [Double] = []
    for row in drivers { for column in drivers { matrix.append(latent.correlation(row, column)) } }
    let isDiagonal = matrix.indices.allSatisfy { $0 / count == $0 % count || matrix[$0] == 0 }
    correlations = matrix
    precision = isDiagonal ? nil : SmallMatrix.inverse(matrix, count)
  }

  /// Values of all slots where the block's drivers have these scores.
  mutating func values(at scores: [Double]) -> [Double] {
    set(scores)
    return values
  }

  private mutating func set(_ scores: [Double]) {
    for (place, driver) in drivers.enumerated() {
      values[latent.slots[driver]] =
        tables.isEmpty
        ? latent.value(driver, score: scores[place]) : tables[place].value(scores[place])
    }
    latent.run(formulas, &values)
  }

  /// At drivers' values that were computed before: grids ask for the same ones often.
  mutating func logLikelihood(known: [Double]) -> Double {
    for (place, driver) in drivers.enumerated() { values[latent.slots[driver]] = known[place] }
    latent.run(formulas, &values)
    return sum()
  }

  mutating func logLikelihood(_ scores: [Double]) -> Double {
    set(scores)
    return sum()
  }

  func value(_ place: Int, score: Double) -> Double {
    latent.value(drivers[place], score: score)
  }

  private func sum() -> Double {
    var total = 0.0
    for item in evidence { total += item.logLikelihood(values) }
    return total.isNaN ? -.infinity : total
  }

  /// Up to a constant.
  func logPrior(_ scores: [Double]) -> Double {
    let count = scores.count
    guard let precision else {
      return -scores.reduce(0) { $0 + $1 * $1 } / 2
    }
    var form = 0.0
    for row in 0..<count {
      for column in 0..<count {
        form += scores[row] * precision[row * count + column] * scores[column]
      }
    }
    return -form / 2
  }
}

/// What is known of a block's scores after the data.
struct BlockPosterior: Sendable {
  /// [driver][atom]: equally likely scores, ascending.
  var atoms: [[Double]]
  var means: [Double]
  var variances: [Double]
  /// Pearson correlations of the scores, row-major.
  var correlations: [Double]
  /// Joint draws of the scores, [draw][driver].
  var draws: [[Double]]
  var isParticles: Bool

  static let atomCount = 201
  static let drawCount = 64

  /// - Complexity: grids of one or two drivers, particles for more.
  static func of(
    _ block: inout DriverBlock, options: Calibration.Options, key: String
  )
    -> BlockPosterior
  {
    switch block.drivers.count {
    case 1: GridPosterior.one(&block)
    case 2: GridPosterior.two(&block)
    default: ParticlePosterior.run(&block, options: options, key: key)
    }
  }
}

/// Matrices of a few drivers, row-major.
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
}
