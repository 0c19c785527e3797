/// What the losses of many years say.
package struct LossStatistics: Sendable, Hashable, Codable {
  package var mean: Double
  /// Standard error of the mean.
  package var error: Double
  /// Share of years with a loss.
  package var chance: Double
  package var median: Double
  package var valueAtRisk95: Double
  package var valueAtRisk99: Double
  /// Mean of the worst twentieth of the years.
  package var tail95: Double
  /// Loss that is exceeded with each chance of `LossStatistics.chances`: the exceedance curve.
  package var exceedance: [Double]

  package static let chances: [Double] = [
    0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03, 0.02,
    0.01, 0.005, 0.002, 0.001,
  ]

  /// - Parameter losses: one a year, not empty.
  package init(_ losses: [Double]) {
    precondition(!losses.isEmpty)
    let count = Double(losses.count)
    let sorted = losses.sorted()
    mean = losses.reduce(0, +) / count
    let center = mean
    let squares = losses.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    error = count > 1 ? (squares / (count - 1) / count).squareRoot() : 0
    chance = Double(losses.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }) / count
    median = Self.quantile(sorted, 0.5)
    valueAtRisk95 = Self.quantile(sorted, 0.95)
    valueAtRisk99 = Self.quantile(sorted, 0.99)
    tail95 = Self.tail(losses).reduce(0) { $0 + $1.weight * losses[$1.path] }
    exceedance = Self.chances.map { Self.quantile(sorted, 1 - $0) }
  }

  /// The smallest value that at least the share `chance` does not exceed.
  static func quantile(_ sorted: [Double], _ chance: Double) -> Double {
    let place = (chance * Double(sorted.count) - 1e-9).rounded(.up)
    return sorted[min(max(Int(place) - 1, 0), sorted.count - 1)]
  }

  /// The worst 5% of the paths with weights that sum to 1; the last one may count in part.
  static func tail(_ losses: [Double], share: Double = 0.05) -> [(path: Int, weight: Double)] {
    let order = losses.indices.sorted { (losses[$1], $0) < (losses[$0], $1) }
    var left = max(share * Double(losses.count), 1)
    let total = left
    var tail: [(path: Int, weight: Double)] = []
    for path in order where left > 1e-12 {
      let weight = min(1, left)
      tail.append((path, weight / total))
      left -= weight
    }
    return tail
  }
}
