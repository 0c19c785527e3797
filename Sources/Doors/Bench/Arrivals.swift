import Foundation

/// When requests of an open load are sent: whatever the service does, the next one comes.
package enum Arrivals: String, Sendable, CaseIterable {
  /// Gaps are exponential, as those of many customers who know nothing of each other.
  case poisson
  /// Gaps are equal.
  case constant

  /// Offsets from the start in nanoseconds, ascending; the first request comes after one gap.
  ///
  /// - Parameter rate: requests a second, above 0.
  package func offsets(
    count: Int, rate: Double, using generator: inout some RandomNumberGenerator
  ) -> [Int64] {
    precondition(rate > 0 && rate.isFinite)
    var seconds = 0.0
    return (0..<count).map { _ in
      switch self {
      case .poisson: seconds -= log(Double.random(in: 0x1p-53..<1, using: &generator)) / rate
      case .constant: seconds += 1 / rate
      }
      return Int64(min(seconds, 1e9) * 1e9)
    }
  }
}
