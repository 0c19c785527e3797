import Foundation

/// Posterior of three or more drivers by particles. They are drawn about the Laplace approximation
/// (Student's t, a little wider, a few from the prior in case it misses something) and tempered from
/// that law q to the posterior p along q^(1 − t) p^t by steps that keep half of them effective, with
/// resampling and Metropolis moves in between (Del Moral, Doucet & Jasra, "Sequential Monte Carlo
/// samplers", 2006). Where Laplace is good, a few steps are enough in any number of dimensions.
///
/// Same seed, same particles. Cost: particles × steps × moves likelihoods.
enum ParticlePosterior {
  private static let largestSteps = 200
  private static let moves = 3
  private static let lastMoves = 12
  /// The last moves' clouds are pooled at every so many.
  private static let snapshot = 3

  /// Particles with what was computed for them; scores are flat, `width` a particle.
  private struct Cloud {
    let width: Int
    var scores: [Double] = []
    /// Log densities, up to a constant: of the posterior, and of the law they were drawn from.
    var targets: [Double] = []
    var starts: [Double] = []

    var count: Int { targets.count }

    mutating func add(_ other: Cloud) {
      scores += other.scores
      targets += other.targets
      starts += other.starts
    }

    func picked(_ picks: [Int]) -> Cloud {
      Cloud(
        width: width,
        scores: picks.flatMap { scores[($0 * width)..<(($0 + 1) * width)] },
        targets: picks.map { targets[$0] }, starts: picks.map { starts[$0] })
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
    let start = StartingLaw(&block)
    var cloud = Cloud(width: block.drivers.count)
    for _ in 0..<size {
      let scores = start.draw(&random)
      cloud.scores += scores
      cloud.targets.append(block.logLikelihood(scores) + block.logPrior(scores))
      cloud.starts.append(start.logDensity(scores))
    }
    var temperature = 0.0
    var walk = Mover(start: start, reach: 2.38 / Double(cloud.width).squareRoot())
    var steps = 0
    var pool = Cloud(width: cloud.width)
    while temperature < 1 {
      steps += 1
      let logs = zip(cloud.targets, cloud.starts).map { $0 - $1 }
      let left = 1 - temperature
      // Out of steps: the rest at once, and said so.
      let step = steps > largestSteps ? left : largestStep(logs, left: left)
      temperature = step >= left ? 1 : temperature + step
      cloud = cloud.picked(
        GridPosterior.systematic(
          normalised(logs: logs.map { $0 * step }), count: size, offset: random.uniform()))
      for round in 0..<(temperature < 1 ? moves : lastMoves) {
        walk.move(
          &block, &cloud, temperature, isAutoregressive: round % 2 == 0, &random)
        if temperature == 1, round % snapshot == snapshot - 1 { pool.add(cloud) }
      }
    }
    var posterior = summary(pool)
    posterior.isSettled = steps <= largestSteps
    return posterior
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
    for _ in 0..<30 {
      let middle = (low + high) / 2
      if effective(middle) >= need { low = middle } else { high = middle }
    }
    return max(low, left * 1e-4)
  }

  // MARK: Moves

  /// Metropolis moves with the cloud's own covariance: a random walk, and an autoregressive step that
  /// leaves the cloud's normal law unchanged (preconditioned Crank–Nicolson: Cotter et al., "MCMC
  /// methods for functions", 2013), which goes far in any number of dimensions where the posterior is
  /// nearly normal.
  private struct Mover {
    let start: StartingLaw
    /// Of the random walk, and how much of the autoregressive step is new.
    var reach: Double
    var fresh = 0.9

    init(start: StartingLaw, reach: Double) {
      self.start = start
      self.reach = reach
    }

    mutating func move(
      _ block: inout DriverBlock, _ cloud: inout Cloud, _ temperature: Double,
      isAutoregressive: Bool, _ random: inout RandomStream
    ) {
      let width = cloud.width
      let (means, covariance) = moments(cloud)
      let lower = SmallMatrix.cholesky(covariance, width)
      let keep = (1 - fresh * fresh).squareRoot()
      var accepted = 0
      var (standard, step, proposal) = (means, means, means)
      for index in 0..<cloud.count {
        var gain = 0.0
        if isAutoregressive {
          for row in 0..<width { standard[row] = cloud.scores[index * width + row] - means[row] }
          SmallMatrix.forward(lower, &standard, width)
          for row in 0..<width {
            step[row] = keep * standard[row] + fresh * random.normal()
            gain += (step[row] * step[row] - standard[row] * standard[row]) / 2
          }
        } else {
          for row in 0..<width { step[row] = reach * random.normal() }
        }
        for row in 0..<width {
          var value = isAutoregressive ? means[row] : cloud.scores[index * width + row]
          for column in 0...row { value += lower[row * width + column] * step[column] }
          proposal[row] = value
        }
        let target = block.logLikelihood(proposal) + block.logPrior(proposal)
        let before = temperature < 1 ? start.logDensity(proposal) : 0
        gain += temperature * (target - cloud.targets[index])
        if temperature < 1 { gain += (1 - temperature) * (before - cloud.starts[index]) }
        guard gain >= 0 || log(random.uniform()) < gain else { continue }
        for row in 0..<width { cloud.scores[index * width + row] = proposal[row] }
        (cloud.targets[index], cloud.starts[index]) = (target, before)
        accepted += 1
      }
      // Towards an acceptance near a quarter.
      let rate = Double(accepted) / Double(cloud.count)
      let factor = rate < 0.15 ? 0.7 : rate > 0.4 ? 1.3 : 1
      if isAutoregressive {
        fresh = min(0.999, max(0.05, fresh * factor))
      } else {
        reach *= factor
      }
    }
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
