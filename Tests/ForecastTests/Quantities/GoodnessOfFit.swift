import Foundation

@testable import Forecast

/// Chance of so large a Kolmogorov–Smirnov distance if the values follow the law (Kolmogorov's
/// limit, with Stephens' correction).
func kolmogorovChance(_ values: [Double], _ cumulative: (Double) -> Double) -> Double {
  let sorted = values.sorted()
  let n = Double(sorted.count)
  var distance = 0.0
  for (index, value) in sorted.enumerated() {
    let chance = cumulative(value)
    distance = max(distance, chance - Double(index) / n, Double(index + 1) / n - chance)
  }
  let t = (n.squareRoot() + 0.12 + 0.11 / n.squareRoot()) * distance
  var sum = 0.0
  for k in 1...100 {
    sum += (k % 2 == 1 ? 2 : -2) * exp(-2 * Double(k * k) * t * t)
  }
  return min(1, max(0, t < 0.2 ? 1 : sum))
}

/// Chance of so large a χ² over cells of at least 10 expected values.
func chiSquareChance(_ values: [Double], _ law: Distribution) -> Double {
  let n = Double(values.count)
  var seen: [Double: Int] = [:]
  for value in values { seen[value, default: 0] += 1 }
  let cuts = stride(from: 0.005, to: 1, by: 0.01).map { law.quantile($0) }
  let edges = Array(Set(cuts)).sorted()
  var cells: [(expected: Double, seen: Double)] = []
  var below = 0.0
  var low = -Double.infinity
  for edge in edges + [.infinity] {
    let chance = edge == .infinity ? 1 : law.cumulative(edge)
    let count = seen.reduce(0) { $1.key > low && $1.key <= edge ? $0 + $1.value : $0 }
    cells.append(((chance - below) * n, Double(count)))
    below = chance
    low = edge
  }
  var merged: [(expected: Double, seen: Double)] = []
  for cell in cells {
    if let last = merged.last, last.expected < 10 || cell.expected < 10 {
      merged[merged.count - 1] = (last.expected + cell.expected, last.seen + cell.seen)
    } else {
      merged.append(cell)
    }
  }
  guard merged.count > 1 else { return 1 }
  let statistic = merged.reduce(0) {
    $0 + ($1.seen - $1.expected) * ($1.seen - $1.expected) / $1.expected
  }
  return SpecialFunctions.gammaTails(0.5 * Double(merged.count - 1), 0.5 * statistic).upper
}
