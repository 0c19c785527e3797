/// Mean and percentiles of measured values.
package struct SampleSummary: Sendable, Equatable, Encodable {
  package let count: Int
  package let mean: Double
  package let minimum: Double
  package let p50: Double
  package let p90: Double
  package let p95: Double
  package let p99: Double
  package let maximum: Double

  /// Nil of no values. O(n log n).
  package init?(_ values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    count = sorted.count
    mean = sorted.reduce(0, +) / Double(sorted.count)
    minimum = first
    maximum = last
    p50 = Self.percentile(0.5, ofSorted: sorted)
    p90 = Self.percentile(0.9, ofSorted: sorted)
    p95 = Self.percentile(0.95, ofSorted: sorted)
    p99 = Self.percentile(0.99, ofSorted: sorted)
  }

  /// Interpolated linearly between the order statistics around `share` × (n − 1).
  /// `sorted` is ascending and not empty; `share` in 0...1.
  package static func percentile(_ share: Double, ofSorted sorted: [Double]) -> Double {
    precondition(!sorted.isEmpty && (0...1).contains(share))
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
  }

  package static func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : percentile(0.5, ofSorted: values.sorted())
  }
}
