import Foundation
import Testing

@testable import Forecast

/// Law: where the posterior is normal, its mean and covariance are known exactly.
@Suite struct ParticlePosteriorTests {
  /// Sums of drivers with normal noise, as sharp and as unlike as a plan's accounts.
  private struct Problem {
    var width = 24
    var rows: [(weights: [Double], observed: Double, deviation: Double)] = []

    init() {
      var random = RandomStream(RandomStream.Key(seed: 4, name: "linear"), path: 0, index: 0)
      for row in 0..<20 {
        var weights = [Double](repeating: 0, count: width)
        for step in 0..<4 { weights[(row + step * (1 + row % 3)) % width] += random.normal() }
        rows.append((weights, 2 * random.normal(), [0.01, 0.1, 0.5, 2][row % 4]))
      }
      // One that ties all of them.
      rows.append(([Double](repeating: 1, count: width), 3, 0.05))
    }

    func latent(rho: Double) throws -> LatentDrivers {
      var table = ParameterTable()
      for index in 0..<width {
        table.slots.append(
          ParameterTable.Slot(
            name: "driver\(index)", label: "", unit: "", scale: 1, line: 0,
            content: .uncertain(.normal(mean: 0, deviation: 1))))
      }
      if rho != 0 {
        table.correlations = [ParameterTable.Correlation(first: 0, second: 5, rho: rho)]
      }
      return try LatentDrivers(table, widening: 1)
    }

    func evidence() -> [Evidence] {
      rows.map { row in
        Evidence(
          method: .grid, count: 1, reads: row.weights.indices.filter { row.weights[$0] != 0 }
        ) { values, _ in
          let sum = zip(row.weights, values).reduce(0) { $0 + $1.0 * $1.1 }
          let z = (row.observed - sum) / row.deviation
          return -z * z / 2
        }
      }
    }

    /// Precision = prior's + Σ a aᵀ/σ², mean = its inverse × Σ a y/σ².
    func exact(_ prior: [Double]) -> (means: [Double], covariance: [Double]) {
      var precision = SmallMatrix.inverse(prior, width)
      var pull = [Double](repeating: 0, count: width)
      for row in rows {
        let weight = 1 / (row.deviation * row.deviation)
        for i in 0..<width {
          pull[i] += row.weights[i] * row.observed * weight
          for j in 0..<width {
            precision[i * width + j] += row.weights[i] * row.weights[j] * weight
          }
        }
      }
      let covariance = SmallMatrix.inverse(precision, width)
      let means = (0..<width).map { i in
        (0..<width).reduce(0) { $0 + covariance[i * width + $1] * pull[$1] }
      }
      return (means, covariance)
    }
  }

  @Test(arguments: [0, 0.6])
  func twentyFourDriversOfLinearDataHaveTheExactPosterior(_ rho: Double) throws {
    let problem = Problem()
    var block = DriverBlock(
      drivers: Array(0..<problem.width), evidence: problem.evidence(),
      latent: try problem.latent(rho: rho))
    let truth = problem.exact(block.correlations)
    var options = Calibration.Options()
    options.particles = 4_000
    let found = ParticlePosterior.run(&block, options: options, key: "linear")
    #expect(found.isSettled)
    for index in 0..<problem.width {
      let deviation = truth.covariance[index * problem.width + index].squareRoot()
      let apart = (found.means[index] - truth.means[index]) / deviation
      #expect(abs(apart) < 0.1, "mean of \(index) is \(apart) deviations off")
      let ratio = found.variances[index].squareRoot() / deviation
      #expect(abs(ratio - 1) < 0.1, "deviation of \(index) is \(ratio) of the exact one")
    }
  }

  @Test func laplaceOfNormalDataIsExact() throws {
    let problem = Problem()
    var block = DriverBlock(
      drivers: Array(0..<problem.width), evidence: problem.evidence(),
      latent: try problem.latent(rho: 0.6))
    let truth = problem.exact(block.correlations)
    let laplace = LaplaceApproximation.of(&block)
    for index in 0..<problem.width {
      let place = index * problem.width + index
      let deviation = truth.covariance[place].squareRoot()
      #expect(abs(laplace.mean[index] - truth.means[index]) < 0.05 * deviation)
      #expect(abs(laplace.covariance[place].squareRoot() / deviation - 1) < 0.01)
    }
  }

  @Test func laplaceIsNeverWiderThanThePrior() throws {
    var table = ParameterTable()
    for index in 0..<3 {
      table.slots.append(
        ParameterTable.Slot(
          name: "driver\(index)", label: "", unit: "", scale: 1, line: 0,
          content: .uncertain(.normal(mean: 0, deviation: 1))))
    }
    // Two tops: between them the likelihood curves upwards.
    let item = Evidence(method: .grid, count: 1, reads: [0, 1, 2]) { values, _ in
      let square = values[0] * values[0] - 1
      return -square * square / 8 + 0.4 * values[1] * values[2]
    }
    var block = DriverBlock(
      drivers: [0, 1, 2], evidence: [item], latent: try LatentDrivers(table, widening: 1))
    let laplace = LaplaceApproximation.of(&block)
    for index in 0..<3 { #expect(laplace.covariance[index * 4] <= 1 + 1e-9) }
  }

  @Test func eigenvaluesAreBentAlone() {
    // Eigenvalues 3 and −1 along (1, 1) and (1, −1).
    let bent = SmallMatrix.bent([1, 2, 2, 1], 2) { max($0, 0) }
    for value in bent { #expect(abs(value - 1.5) < 1e-12) }
    let same = SmallMatrix.bent([4, 1, 0, 1, 3, 1, 0, 1, 2], 3) { $0 }
    for (value, truth) in zip(same, [4.0, 1, 0, 1, 3, 1, 0, 1, 2]) {
      #expect(abs(value - truth) < 1e-12)
    }
  }
}
