import Foundation

/// Posteriors of one or two drivers by quadrature over their scores: exact for any law and likelihood.
/// The grid closes in on the mass in rounds, so that it does not matter how far from the prior or how
/// narrow it is.
enum GridPosterior {
  /// Log density below the highest at which mass is left out: e⁻¹⁸ ≈ 1.5 × 10⁻⁸.
  private static let reach = 18.0

  /// Points a side of the closing-in rounds, and of the last.
  private static let coarse = (one: 33, two: 17)
  private static let fine = (one: 121, two: 45)

  static func one(_ block: inout DriverBlock) -> BlockPosterior {
    let axes = closeIn(&block, sides: 1, coarse: coarse.one, fine: fine.one)
    let weights = normalised(logs: evaluate(&block, axes))
    return summary(axes, weights, joint: { [axes[0].points[$0]] })
  }

  static func two(_ block: inout DriverBlock) -> BlockPosterior {
    let axes = closeIn(&block, sides: 2, coarse: coarse.two, fine: fine.two)
    let weights = normalised(logs: evaluate(&block, axes))
    let columns = axes[1].count
    return summary(
      axes, weights, joint: { [axes[0].points[$0 / columns], axes[1].points[$0 % columns]] })
  }

  /// Narrows the axes until they no longer shrink.
  private static func closeIn(
    _ block: inout DriverBlock, sides: Int, coarse: Int, fine: Int
  ) -> [Axis] {
    let most = LatentDrivers.largestScore
    var axes = (0..<sides).map { _ in Axis(low: -most, high: most, count: coarse) }
    for _ in 0..<8 {
      let logs = evaluate(&block, axes)
      let next = axes.indices.map { side in
        axes[side].narrowed(to: profile(logs, axes, side), reach: reach, count: coarse)
      }
      let hasSettled = axes.indices.allSatisfy { next[$0].width > 0.6 * axes[$0].width }
      axes = next
      if hasSettled { break }
    }
    return axes.map { Axis(low: $0.low, high: $0.high, count: fine) }
  }

  /// Log posterior at the points, the last axis fastest.
  private static func evaluate(_ block: inout DriverBlock, _ axes: [Axis]) -> [Double] {
    let known = axes.indices.map { side in
      axes[side].points.map { block.value(side, score: $0) }
    }
    let columns = axes.count == 2 ? axes[1].count : 1
    var scores = axes.map(\.low)
    var values = known.map { $0[0] }
    return (0..<(axes[0].count * columns)).map { index in
      let row = index / columns
      (scores[0], values[0]) = (axes[0].points[row], known[0][row])
      if axes.count == 2 {
        let column = index % columns
        (scores[1], values[1]) = (axes[1].points[column], known[1][column])
      }
      return block.logLikelihood(known: values) + block.logPrior(scores)
    }
  }

  /// The highest along the other axis.
  private static func profile(_ logs: [Double], _ axes: [Axis], _ side: Int) -> [Double] {
    guard axes.count == 2 else { return logs }
    let columns = axes[1].count
    return axes[side].points.indices.map { index in
      side == 0
        ? logs[(index * columns)..<((index + 1) * columns)].max() ?? -.infinity
        : stride(from: index, to: logs.count, by: columns).reduce(-.infinity) { max($0, logs[$1]) }
    }
  }

  // MARK: Summary

  private static func summary(
    _ axes: [Axis], _ weights: [Double], joint: (Int) -> [Double]
  )
    -> BlockPosterior
  {
    let count = axes.count
    let columns = count == 2 ? axes[1].count : 1
    let marginals = axes.indices.map { side in
      var marginal = [Double](repeating: 0, count: axes[side].count)
      for (index, weight) in weights.enumerated() {
        marginal[count == 1 ? index : side == 0 ? index / columns : index % columns] += weight
      }
      return marginal
    }
    var means: [Double] = []
    var variances: [Double] = []
    for (axis, marginal) in zip(axes, marginals) {
      let mean = zip(axis.points, marginal).reduce(0) { $0 + $1.0 * $1.1 }
      means.append(mean)
      variances.append(
        zip(axis.points, marginal).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 })
    }
    var correlations = [Double](repeating: 1, count: count * count)
    if count == 2 {
      let covariance = weights.indices.reduce(0.0) { sum, index in
        let point = joint(index)
        return sum + weights[index] * (point[0] - means[0]) * (point[1] - means[1])
      }
      let scale = (variances[0] * variances[1]).squareRoot()
      let value = scale > 0 ? covariance / scale : 0
      (correlations[1], correlations[2]) = (value, value)
    }
    return BlockPosterior(
      atoms: zip(axes, marginals).map { $0.quantiles($1, count: BlockPosterior.atomCount) },
      means: means, variances: variances, correlations: correlations,
      draws: systematic(weights, count: BlockPosterior.drawCount).map(joint), isParticles: false)
  }

  /// Indices drawn at equal steps of the cumulated weights.
  static func systematic(_ weights: [Double], count: Int, offset: Double = 0.5) -> [Int] {
    var result: [Int] = []
    var cumulated = weights.first ?? 0
    var index = 0
    for step in 0..<count {
      let target = (Double(step) + offset) / Double(count)
      while cumulated < target, index + 1 < weights.count {
        index += 1
        cumulated += weights[index]
      }
      result.append(index)
    }
    return result
  }
}

/// Evenly spaced scores.
struct Axis: Sendable {
  let low: Double
  let high: Double
  let count: Int
  let points: [Double]
  var width: Double { high - low }

  init(low: Double, high: Double, count: Int) {
    self.low = low
    self.high = high
    self.count = count
    points = (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
  }

  /// The part within `reach` of the highest log density, and a step beyond.
  func narrowed(to logs: [Double], reach: Double, count: Int) -> Axis {
    let most = logs.max() ?? -.infinity
    guard most.isFinite, let top = logs.firstIndex(of: most) else { return self }
    let inside = logs.indices.filter { logs[$0] > most - reach }
    let first = max(0, min(inside[0], top) - 1)
    let last = min(logs.count - 1, max(inside[inside.count - 1], top) + 1)
    return Axis(low: points[first], high: points[last], count: count)
  }

  /// Scores at the middles of `count` equal parts of the mass, the density running straight between
  /// the points.
  func quantiles(_ weights: [Double], count: Int) -> [Double] {
    var cumulated = [0.0]
    for index in 1..<weights.count {
      cumulated.append(cumulated[index - 1] + (weights[index - 1] + weights[index]) / 2)
    }
    let total = max(cumulated[cumulated.count - 1], 1e-300)
    var index = 1
    return (0..<count).map { part in
      let target = (Double(part) + 0.5) / Double(count) * total
      while cumulated[index] < target, index + 1 < cumulated.count { index += 1 }
      let (left, right) = (weights[index - 1], weights[index])
      let need = target - cumulated[index - 1]
      // need = left·t + (right − left)·t²/2
      let slope = right - left
      let root = (max(0, left * left + 2 * slope * need)).squareRoot()
      let t = left + root > 0 ? 2 * need / (left + root) : 0
      return points[index - 1] + min(max(t, 0), 1) * (points[index] - points[index - 1])
    }
  }
}
