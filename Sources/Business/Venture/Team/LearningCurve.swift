import Foundation

/// Wright's law: each doubling of the number done multiplies the time of the next by `rate`.
///
/// Source: T. P. Wright, "Factors affecting the cost of airplanes", 1936.
package struct LearningCurve: Sendable, Hashable, Codable {
  package var rate: Double

  /// - Parameter rate: 0.5...1, such as 0.85.
  package init(rate: Double) { self.rate = rate }

  /// b of n^b: log₂ of the rate, at most 0.
  package var exponent: Double { log2(rate) }

  /// Time of the n-th (n ≥ 1) as a share of the first.
  package func time(of number: Double) -> Double { pow(max(1, number), exponent) }

  /// Time of the first n together, in times of the first. O(n).
  package func total(of number: Int) -> Double {
    guard number > 0 else { return 0 }
    return (1...min(number, 1_000_000)).reduce(0) { $0 + time(of: Double($1)) }
  }
}
