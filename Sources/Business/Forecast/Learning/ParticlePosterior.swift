import Foundation

/// Posterior of three or more drivers by particles: drawn from the prior, the likelihood let in by
/// steps that keep half of the particles effective, resampled, and moved by Metropolis steps at each
/// temperature (Del Moral, Doucet & Jasra, "Sequential Monte Carlo samplers", 2006).
///
/// Same seed, same particles. Cost: particles × steps × moves likelihoods.
enum ParticlePosterior {
  private static let largestSteps = 60
  private static let moves = 4
  private static let lastMoves = 12

  /// Particles with what was computed for them; scores are flat, `width` a particle.
  private struct Cloud {
    let width: Int
    var scores: [Double]
    var likelihoods: [Double]
    var priors: [Double]

    var count: Int { likelihoods.count }

    func picked(_ picks: [Int]) -> Cloud {
      Cloud(
        width: width,
        scores: picks.flatMap { scores[($0 * width)..<(($0 + 1) * width)] },
        likelihoods: picks.map { likelihoods[$0] }, priors: picks.map { priors[$0] })
    }
  }

  static func run(
    _ block: inout DriverBlock, options: Calibration.Options, key: String
  )
    -> BlockPosterior
  {
    let size = min(max(options.particles, 100), 20_000)
    var random = RandomStream(
      RandomStream.Key(seed: options.seed, name: "calibration." + key), path: 0, index: 0)
    var cloud = prior(&block, size, &random)
    var temperature = 0.0
    var scale = 2.38 / Double(cloud.width).squareRoot()
    for _ in 0..<largestSteps where temperature < 1 {
      let step = largestStep(cloud.likelihoods, left: 1 - temperature)
      let weights = normalised(logs: cloud.likelihoods.map { $0 * step })
      temperature = min(1, temperature + step)
      cloud = cloud.picked(
        GridPosterior.systematic(weights, count: size, offset: random.uniform()))
      let rounds = temperature < 1 ? moves : lastMoves
      for _ in 0..<rounds { move(&block, &cloud, temperature, &scale, &random) }
    }
    return summary(cloud)
  }

  private static func prior(
    _ block: inout DriverBlock, _ size: Int, _ random: inout RandomStream
  ) -> Cloud {
    let width = block.drivers.count
    let lower = SmallMatrix.cholesky(block.correlations, width)
    var cloud = Cloud(width: width, scores: [], likelihoods: [], priors: [])
    for _ in 0..<size {
      let free = (0..<width).map { _ in random.normal() }
      let scores = (0..<width).map { row in
        (0...row).reduce(0) { $0 + lower[row * width + $1] * free[$1] }
      }
      cloud.scores += scores
      cloud.likelihoods.append(block.logLikelihood(scores))
      cloud.priors.append(block.logPrior(scores))
    }
    return cloud
  }

  /// The largest temperature step that leaves half of the particles effective.
  private static func largestStep(_ logs: [Double], left: Double) -> Double {
    func effective(_ step: Double) -> Double {
      let weights = normalised(logs: logs.map { $0 * step })
      return 1 / weights.reduce(0) { $0 + $1 * $1 }
    }
    let need = Double(logs.count) / 2
    if effective(left) >= need { return left }
    var (low, high) = (0.0, left)
    for _ in 0..<40 {
      let middle = (low + high) / 2
      if effective(middle) >= need { low = middle } else { high = middle }
    }
    return max(low, left * 1e-6)
  }

  /// One Metropolis step of every particle, along the cloud's own covariance.
  private static func move(
    _ block: inout DriverBlock, _ cloud: inout Cloud, _ temperature: Double,
    _ scale: inout Double, _ random: inout RandomStream
  ) {
    let width = cloud.width
    let lower = SmallMatrix.cholesky(moments(cloud).covariance, width)
    var accepted = 0
    var free = [Double](repeating: 0, count: width)
    var proposal = free
    for index in 0..<cloud.count {
      for column in 0..<width { free[column] = scale * random.normal() }
      for row in 0..<width {
        var value = cloud.scores[index * width + row]
        for column in 0...row { value += lower[row * width + column] * free[column] }
        proposal[row] = value
      }
      let likelihood = block.logLikelihood(proposal)
      let prior = block.logPrior(proposal)
      let gain =
        temperature * (likelihood - cloud.likelihoods[index]) + prior - cloud.priors[index]
      guard gain >= 0 || log(random.uniform()) < gain else { continue }
      for row in 0..<width { cloud.scores[index * width + row] = proposal[row] }
      cloud.likelihoods[index] = likelihood
      cloud.priors[index] = prior
      accepted += 1
    }
    // Towards an acceptance near a quarter.
    let rate = Double(accepted) / Double(cloud.count)
    scale *= rate < 0.15 ? 0.7 : rate > 0.4 ? 1.3 : 1
  }

  private static func moments(_ cloud: Cloud) -> (means: [Double], covariance: [Double]) {
    let width = cloud.width
    var means = [Double](repeating: 0, count: width)
    for index in cloud.scores.indices { means[index % width] += cloud.scores[index] }
    for row in 0..<width { means[row] /= Double(cloud.count) }
    var covariance = [Double](repeating: 0, count: width * width)
    for index in 0..<cloud.count {
      for row in 0..<width {
        let left = cloud.scores[index * width + row] - means[row]
        for column in 0...row {
          covariance[row * width + column] +=
            left * (cloud.scores[index * width + column] - means[column])
        }
      }
    }
    for row in 0..<width {
      for column in 0...row {
        covariance[row * width + column] /= Double(cloud.count)
        covariance[column * width + row] = covariance[row * width + column]
      }
    }
    return (means, covariance)
  }

  private static func summary(_ cloud: Cloud) -> BlockPosterior {
    let count = cloud.width
    let (means, covariance) = moments(cloud)
    let variances = (0..<count).map { covariance[$0 * count + $0] }
    var correlations = covariance
    for row in 0..<count {
      for column in 0..<count {
        let scale = (variances[row] * variances[column]).squareRoot()
        correlations[row * count + column] =
          row == column ? 1 : scale > 0 ? covariance[row * count + column] / scale : 0
      }
    }
    let particles = (0..<cloud.count).map { Array(cloud.scores[($0 * count)..<(($0 + 1) * count)]) }
    let parts = BlockPosterior.atomCount
    let atoms = (0..<count).map { column in
      let sorted = particles.map { $0[column] }.sorted()
      return (0..<parts).map {
        sorted[min(sorted.count - 1, (2 * $0 + 1) * sorted.count / (2 * parts))]
      }
    }
    let step = max(1, cloud.count / BlockPosterior.drawCount)
    return BlockPosterior(
      atoms: atoms, means: means, variances: variances, correlations: correlations,
      draws: stride(from: 0, to: cloud.count, by: step).map { particles[$0] }, isParticles: true)
  }
}
