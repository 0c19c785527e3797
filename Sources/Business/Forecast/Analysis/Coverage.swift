/// How many of a row of intervals held the truth, with the uncertainty of that share.
package struct Coverage: Sendable, Hashable, Codable {
  package let hits: Int
  package let count: Int
  /// What the intervals promised.
  package let nominal: Double

  package init(hits: Int, count: Int, nominal: Double) {
    precondition((0...max(0, count)).contains(hits), "hits are among the intervals")
    self.hits = hits
    self.count = count
    self.nominal = nominal
  }

  /// - Precondition: as many bounds as truths.
  package init(low: [Double], high: [Double], actual: [Double], nominal: Double) {
    precondition(low.count == actual.count && high.count == actual.count, "one interval a truth")
    let hits = actual.indices.count { low[$0] <= actual[$0] && actual[$0] <= high[$0] }
    self.init(hits: hits, count: actual.count, nominal: nominal)
  }

  /// 0 when there are no intervals.
  package var share: Double { count == 0 ? 0 : Double(hits) / Double(count) }

  /// Wilson's score interval of the true share (Wilson, 1927); 0...1 when there are no intervals.
  package func interval(level: Double = 0.95) -> ClosedRange<Double> {
    guard count > 0 else { return 0...1 }
    let z = Normal.quantile((1 + level) / 2)
    let n = Double(count)
    let centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half =
      z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    // Exactly 0 and 1 at the ends, which rounding would miss.
    return (hits == 0 ? 0 : max(0, centre - half))...(hits == count ? 1 : min(1, centre + half))
  }

  package enum Verdict: String, Sendable, Hashable, Codable {
    /// The promised share lies in the interval; too few held; too many held: needlessly wide.
    case kept, tooNarrow = "too_narrow", tooWide = "too_wide"
  }

  /// Whether what was promised is compatible with what happened, at `level`.
  package func verdict(level: Double = 0.95) -> Verdict {
    let interval = interval(level: level)
    if interval.contains(nominal) { return .kept }
    return interval.upperBound < nominal ? .tooNarrow : .tooWide
  }
}

/// Probability integral transform: where in its forecast each truth fell, 0...1. Uniform when the
/// forecasts were right; piled up at both ends when they were too narrow (Dawid, 1984).
package struct ProbabilityTransform: Sendable, Hashable, Codable {
  package let values: [Double]

  package init(values: [Double]) { self.values = values }

  /// Place of the truth in a sample: (number below + ½ (number equal + 1)) ÷ (n + 1), inside 0...1.
  package static func value(sample: [Double], actual: Double) -> Double {
    let below = sample.count { $0 < actual }
    let equal = sample.count { $0 == actual }
    return (Double(below) + Double(equal + 1) / 2) / Double(sample.count + 1)
  }

  /// Number of values in each of `bins` equal parts of 0...1.
  package func histogram(bins: Int) -> [Int] {
    var counts = Array(repeating: 0, count: bins)
    for value in values { counts[min(bins - 1, max(0, Int(value * Double(bins))))] += 1 }
    return counts
  }

  /// Chance of a histogram at least as uneven when the values are uniform: Pearson's χ² with
  /// bins − 1 degrees of freedom. Small: the forecasts were not calibrated. Nil with fewer than 5
  /// values a bin, where the approximation does not hold.
  package func uniformityChance(bins: Int = 10) -> Double? {
    guard bins > 1, values.count >= 5 * bins else { return nil }
    let expected = Double(values.count) / Double(bins)
    let statistic = histogram(bins: bins).reduce(0) { sum, count in
      let gap = Double(count) - expected
      return sum + gap * gap / expected
    }
    return SpecialFunctions.gammaTails(Double(bins - 1) / 2, statistic / 2).upper
  }
}
