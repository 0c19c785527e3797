import Foundation

/// Where particles start: Student's t about the Laplace approximation, somewhat wider than it, and a
/// small share of the prior, so that no part of the posterior is out of reach.
struct StartingLaw {
  private let width: Int
  private let mean: [Double]
  /// Cholesky factors of the t's scale and of the prior's correlations, row-major.
  private let scale: [Double]
  private let prior: [Double]
  private let constants: (t: Double, prior: Double)

  private static let degrees = 10.0
  private static let inflation = 1.2
  private static let priorShare = 0.05

  init(_ block: inout DriverBlock) {
    let laplace = LaplaceApproximation.of(&block)
    let width = laplace.mean.count
    self.width = width
    mean = laplace.mean
    let scale = SmallMatrix.cholesky(laplace.covariance.map { $0 * Self.inflation }, width)
    let prior = SmallMatrix.cholesky(block.correlations, width)
    self.scale = scale
    self.prior = prior
    func logDeterminant(_ lower: [Double]) -> Double {
      (0..<width).reduce(0) { $0 + log(lower[$1 * width + $1]) }
    }
    let (count, degrees) = (Double(width), Self.degrees)
    constants = (
      log(1 - Self.priorShare) + lgamma((degrees + count) / 2) - lgamma(degrees / 2)
        - count / 2 * log(degrees * .pi) - logDeterminant(scale),
      log(Self.priorShare) - count / 2 * log(2 * .pi) - logDeterminant(prior)
    )
  }

  func draw(_ random: inout RandomStream) -> [Double] {
    let isPrior = random.uniform() < Self.priorShare
    let lower = isPrior ? prior : scale
    // χ² ÷ degrees.
    let wide = isPrior ? 1 : (random.gamma(Self.degrees / 2) * 2 / Self.degrees).squareRoot()
    let free = (0..<width).map { _ in random.normal() / wide }
    return (0..<width).map { row in
      (0...row).reduce(isPrior ? 0 : mean[row]) { $0 + lower[row * width + $1] * free[$1] }
    }
  }

  func logDensity(_ scores: [Double]) -> Double {
    var apart = scores
    for row in 0..<width { apart[row] -= mean[row] }
    SmallMatrix.forward(scale, &apart, width)
    let square = apart.reduce(0) { $0 + $1 * $1 }
    let near =
      constants.t - (Self.degrees + Double(width)) / 2 * log1p(square / Self.degrees)
    apart = scores
    SmallMatrix.forward(prior, &apart, width)
    let far = constants.prior - apart.reduce(0) { $0 + $1 * $1 } / 2
    let most = max(near, far)
    return most + log(exp(near - most) + exp(far - most))
  }
}
