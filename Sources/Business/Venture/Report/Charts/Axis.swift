/// A linear scale with ticks at round numbers.
package struct Axis: Sendable {
  package let low: Double
  package let high: Double
  package let ticks: [Double]

  /// Covers the finite values, and zero when `withZero`; about `count` ticks at 1, 2 or 5 × 10ⁿ.
  package init(covering values: some Sequence<Double>, withZero: Bool = true, count: Int = 5) {
    var (low, high) = (Double.infinity, -Double.infinity)
    for value in values where value.isFinite {
      low = min(low, value)
      high = max(high, value)
    }
    if low > high { (low, high) = (0, 1) }
    if withZero { (low, high) = (min(low, 0), max(high, 0)) }
    if low == high { (low, high) = (low - 1, high + 1) }
    let step = Self.step((high - low) / Double(max(1, count)))
    let first = (low / step).rounded(.down)
    let last = (high / step).rounded(.up)
    self.low = first * step
    self.high = last * step
    ticks = (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  /// The next of 1, 2, 5 × 10ⁿ that is not smaller.
  private static func step(_ raw: Double) -> Double {
    guard raw > 0, raw.isFinite else { return 1 }
    var unit = 1.0
    while unit * 10 <= raw { unit *= 10 }
    while unit > raw { unit /= 10 }
    for factor in [1.0, 2, 5, 10] where unit * factor >= raw * 0.999_999 { return unit * factor }
    return unit * 10
  }

  /// Place of a value between `start` (at `low`) and `end` (at `high`).
  package func position(_ value: Double, from start: Double, to end: Double) -> Double {
    start + (value - low) / (high - low) * (end - start)
  }
}
