import Foundation

/// The normal law about the highest point of a block's log posterior, its precision the prior's plus
/// the data's curvature (Tierney & Kadane, "Accurate approximations for posterior moments and marginal
/// densities", 1986). Directions in which the data curve upwards count as untold, so it is never wider
/// than the prior.
///
/// Derivatives are finite differences of one evidence at a time over the drivers that it hangs on, so
/// that a block of many drivers costs little more than its parts.
struct LaplaceApproximation {
  let mean: [Double]
  /// Row-major.
  let covariance: [Double]

  private static let largestIterations = 80
  /// Promised gain of a step below which the top is reached.
  private static let tolerance = 1e-3

  static func of(_ block: inout DriverBlock) -> LaplaceApproximation {
    let width = block.drivers.count
    var scores = [Double](repeating: 0, count: width)
    var height = block.logLikelihood(scores) + block.logPrior(scores)
    for _ in 0..<largestIterations where height.isFinite {
      // |curvature|: a saddle is left downhill, not approached (Dauphin et al. 2014).
      let slope = derivatives(&block, scores) { abs($0) }
      let step = SmallMatrix.solve(slope.precision, slope.gradient, width)
      let gain = zip(step, slope.gradient).reduce(0) { $0 + $1.0 * $1.1 }
      guard gain > tolerance, climb(&block, &scores, &height, step, gain) else { break }
    }
    let slope = derivatives(&block, scores) { max($0, 0) }
    return LaplaceApproximation(
      mean: scores, covariance: SmallMatrix.inverse(slope.precision, width))
  }

  /// Halves the step until it rises enough (Armijo).
  private static func climb(
    _ block: inout DriverBlock, _ scores: inout [Double], _ height: inout Double, _ step: [Double],
    _ gain: Double
  ) -> Bool {
    let longest = step.reduce(0) { max($0, abs($1)) }
    var share = min(1, 2 / max(longest, 1e-12))
    let most = LatentDrivers.largestScore
    for _ in 0..<20 {
      let next = zip(scores, step).map { min(max($0 + share * $1, -most), most) }
      let value = block.logLikelihood(next) + block.logPrior(next)
      if value > height + 1e-4 * share * gain {
        (scores, height) = (next, value)
        return true
      }
      share /= 2
    }
    return false
  }

  // MARK: Derivatives

  /// Gradient of the log posterior, and its precision with every evidence's eigenvalues bent.
  private static func derivatives(
    _ block: inout DriverBlock, _ scores: [Double], bend: (Double) -> Double
  ) -> (gradient: [Double], precision: [Double]) {
    let width = scores.count
    var precision = block.priorPrecision
    var gradient = (0..<width).map { row in
      -(0..<width).reduce(0) { $0 + precision[row * width + $1] * scores[$1] }
    }
    for part in block.evidence.indices {
      let members = block.members(of: part)
      let count = members.count
      let local = curvature(&block, part, members, scores)
      let bent = SmallMatrix.bent(local.curvature, count, by: bend)
      for row in 0..<count {
        gradient[members[row]] += local.gradient[row]
        for column in 0..<count {
          precision[members[row] * width + members[column]] += bent[row * count + column]
        }
      }
    }
    return (gradient, precision)
  }

  /// Gradient and minus the Hessian of one evidence. Steps shrink until each changes the likelihood by
  /// at most half, however sharp it is; they stay wide where it is flat, across its small stairs.
  private static func curvature(
    _ block: inout DriverBlock, _ part: Int, _ members: [Int], _ scores: [Double]
  ) -> (gradient: [Double], curvature: [Double]) {
    let count = members.count
    var point = scores
    let centre = block.logLikelihood(part: part, at: point)
    var gradient = [Double](repeating: 0, count: count)
    var result = [Double](repeating: 0, count: count * count)
    guard centre.isFinite else { return (gradient, result) }
    var steps = [Double](repeating: 0, count: count)
    var sides = [(up: Double, down: Double)](repeating: (0, 0), count: count)
    for (row, member) in members.enumerated() {
      var step = 0.2
      while true {
        point[member] = scores[member] + step
        let up = block.logLikelihood(part: part, at: point) - centre
        point[member] = scores[member] - step
        let down = block.logLikelihood(part: part, at: point) - centre
        point[member] = scores[member]
        let change = max(abs(up), abs(down))
        if change > 0.5, step > 1e-4 {
          step *= 0.3
          continue
        }
        guard change.isFinite, change > 1e-10 else { break }
        (steps[row], sides[row]) = (step, (up, down))
        gradient[row] = (up - down) / (2 * step)
        result[row * count + row] = -(up + down) / (step * step)
        break
      }
    }
    for row in 0..<count where steps[row] > 0 {
      for column in 0..<row where steps[column] > 0 {
        func both(_ sign: Double) -> Double {
          point[members[row]] = scores[members[row]] + sign * steps[row]
          point[members[column]] = scores[members[column]] + sign * steps[column]
          defer {
            point[members[row]] = scores[members[row]]
            point[members[column]] = scores[members[column]]
          }
          return block.logLikelihood(part: part, at: point) - centre
        }
        let mixed =
          both(1) + both(-1) - sides[row].up - sides[row].down - sides[column].up
          - sides[column].down
        let value = -mixed / (2 * steps[row] * steps[column])
        guard value.isFinite else { continue }
        (result[row * count + column], result[column * count + row]) = (value, value)
      }
    }
    return (gradient, result)
  }
}
