/// Plain statistics of a row of values.
package enum Statistics {
  /// NaN when empty.
  static func mean(_ values: [Double]) -> Double {
    guard let first = values.first else { return .nan }
    // Deviations from the first value: large values that are alike do not lose digits.
    return first + values.reduce(0) { $0 + ($1 - first) } / Double(values.count)
  }

  /// Unbiased; 0 for fewer than two values.
  static func variance(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = mean(values)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }

  static func deviation(_ values: [Double]) -> Double { variance(values).squareRoot() }

  /// Of the mean of independent values.
  static func standardError(_ values: [Double]) -> Double {
    values.count > 1 ? (variance(values) / Double(values.count)).squareRoot() : 0
  }

  /// Straight between the order statistics (Hyndman & Fan's type 7, NumPy's default). NaN when empty.
  package static func quantile(sorted: [Double], _ level: Double) -> Double {
    guard !sorted.isEmpty else { return .nan }
    let place = max(0, min(1, level)) * Double(sorted.count - 1)
    let index = min(sorted.count - 1, Int(place))
    let next = min(sorted.count - 1, index + 1)
    return sorted[index] + (place - Double(index)) * (sorted[next] - sorted[index])
  }

  /// Mean of the worst `share` of the values, the value on the edge taken in part: the conditional
  /// value at risk from below (or from above, when high is bad). NaN when empty.
  static func worstMean(_ values: [Double], share: Double, isHigherBetter: Bool) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = isHigherBetter ? values.sorted() : values.sorted(by: >)
    let wanted = max(share * Double(values.count), .leastNonzeroMagnitude)
    var left = wanted
    var sum = 0.0
    for value in sorted {
      let weight = min(1, left)
      sum += weight * value
      left -= weight
      if left <= 0 { break }
    }
    return sum / wanted
  }

  /// Ranks from 1, the mean rank for equal values. O(n log n).
  package static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = Array(repeating: 0.0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
      for place in start...end { ranks[order[place]] = Double(start + end) / 2 + 1 }
      start = end + 1
    }
    return ranks
  }

  /// Pearson's; 0 when either does not vary. Of ranks it is Spearman's.
  package static func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let (meanX, meanY) = (mean(x), mean(y))
    var (xx, yy, xy) = (0.0, 0.0, 0.0)
    for (a, b) in zip(x, y) {
      xx += (a - meanX) * (a - meanX)
      yy += (b - meanY) * (b - meanY)
      xy += (a - meanX) * (b - meanY)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
  }
}
