import Foundation

/// Drivers that share data or are correlated, and so must be updated together, with the target density
/// of their scores.
struct DriverBlock {
  /// Places in `LatentDrivers`.
  let drivers: [Int]
  let evidence: [Evidence]
  let latent: LatentDrivers
  private let formulas: [Int]
  private var values: [Double]
  /// Inverse of the scores' correlation matrix, row-major; nil when they are independent.
  private let precision: [Double]?
  /// For blocks of particles.
  private let tables: [LatentDrivers.Table]
  /// The scores' prior correlations, row-major.
  let correlations: [Double]
  /// By evidence: places of the drivers it hangs on, and the formulas between.
  private let parts: [(members: [Int], formulas: [Int])]

  init(drivers: [Int], evidence: [Evidence], latent: LatentDrivers) {
    self.drivers = drivers
    self.evidence = evidence
    self.latent = latent
    formulas = latent.dependencies(of: evidence.flatMap(\.reads)).formulas
    values = latent.medians
    let places = Dictionary(uniqueKeysWithValues: drivers.enumerated().map { ($1, $0) })
    parts = evidence.map { item in
      let hanging = latent.dependencies(of: item.reads)
      return (hanging.drivers.compactMap { places[$0] }.sorted(), hanging.formulas)
    }
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

  /// Of one evidence alone.
  mutating func logLikelihood(part: Int, at scores: [Double]) -> Double {
    for place in parts[part].members {
      values[latent.slots[drivers[place]]] =
        tables.isEmpty
        ? latent.value(drivers[place], score: scores[place]) : tables[place].value(scores[place])
    }
    latent.run(parts[part].formulas, &values)
    let value = evidence[part].logLikelihood(values)
    return value.isNaN ? -.infinity : value
  }

  /// Places of the drivers that an evidence hangs on.
  func members(of part: Int) -> [Int] { parts[part].members }

  /// Inverse of the scores' correlations, row-major.
  var priorPrecision: [Double] { precision ?? correlations }

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
  /// The particles reached the posterior in their steps.
  var isSettled = true

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
