import Foundation

/// What some of the data say about some of the drivers: a log-likelihood of slot values.
struct Evidence: Sendable {
  var method: Calibration.Method
  var count: Int
  /// Slots that it reads.
  var reads: [Int]
  /// The process's own noise: integrated out over a grid where the plan does not say it with an
  /// interval of its own.
  var noise = NoiseGrid.none
  /// The same data for a prior of the matching family, where there is one.
  var conjugate: Conjugate?
  /// Which noise the grid is of.
  var process: Process?
  /// - Parameter noise: index of a value of the grid.
  var logLikelihood: @Sendable (_ values: [Double], _ noise: Int) -> Double

  enum Process: Hashable, Sendable {
    /// Index of the segment.
    case dispersion(Int), volatility(Int)
  }

  /// With the noise integrated out.
  func logLikelihood(_ values: [Double]) -> Double {
    let count = noise.values.count
    if count == 1 { return logLikelihood(values, 0) }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { terms in
      var most = -Double.infinity
      for index in 0..<count {
        let term = noise.logWeights[index] + logLikelihood(values, index)
        terms.initializeElement(at: index, to: term)
        most = max(most, term)
      }
      guard most.isFinite else { return -.infinity }
      var sum = 0.0
      for index in 0..<count where terms[index] > most - 40 { sum += exp(terms[index] - most) }
      return most + log(sum)
    }
  }

  /// Posterior chances of the noise grid's values at the slot values.
  func noiseWeights(_ values: [Double]) -> [Double] {
    normalised(logs: noise.values.indices.map { noise.logWeights[$0] + logLikelihood(values, $0) })
  }
}

/// exp of the logs, scaled to sum to 1; equal shares when none is finite.
func normalised(logs: [Double]) -> [Double] {
  guard let most = logs.max(), most.isFinite else {
    return logs.map { _ in 1 / Double(logs.count) }
  }
  let weights = logs.map { exp($0 - most) }
  let sum = weights.reduce(0, +)
  return weights.map { $0 / sum }
}

/// A prior for a noise as a few values with weights.
struct NoiseGrid: Sendable {
  var values: [Double]
  var logWeights: [Double]

  static let none = NoiseGrid(values: [0], logWeights: [0])
  static func known(_ value: Double) -> NoiseGrid { NoiseGrid(values: [value], logWeights: [0]) }

  /// Scaled inverse χ² of σ² with `degrees` and scale `guess`², as a normal–inverse-gamma has it, on
  /// logarithmic steps of σ. So a constant of the plan is worth `degrees` observations of the noise.
  static func deviation(guess: Double, degrees: Double) -> NoiseGrid {
    let (low, high, count) = (log(guess / 6), log(guess * 10), 17)
    var grid = NoiseGrid(values: [], logWeights: [])
    for index in 0..<count {
      let logSigma = low + (high - low) * Double(index) / Double(count - 1)
      let ratio = exp(2 * (log(guess) - logSigma))
      grid.values.append(exp(logSigma))
      // In log σ: σ^−ν exp(−ν s²/2σ²).
      grid.logWeights.append(-degrees * logSigma - degrees / 2 * ratio)
    }
    let weights = normalised(logs: grid.logWeights)
    grid.logWeights = weights.map { log(max($0, 1e-300)) }
    return grid
  }

  /// Overdispersion k = 1/φ of a negative binomial: lognormal about the plan's k, or about 0.1 where
  /// the plan says nothing (then down to 0.005, next to Poisson).
  static func overdispersion(guess: Double, degrees: Double) -> NoiseGrid {
    let (centre, spread) = guess > 0 ? (guess, 2 / max(degrees, 0.5).squareRoot()) : (0.1, 1.5)
    var grid = NoiseGrid(values: [], logWeights: [])
    for index in 0..<13 {
      let step = 3 * (Double(index) / 6 - 1)
      grid.values.append(centre * exp(step))
      grid.logWeights.append(-step * step / (2 * spread * spread))
    }
    let weights = normalised(logs: grid.logWeights)
    grid.logWeights = weights.map { log(max($0, 1e-300)) }
    return grid
  }
}
