/// Ranks of a sample (ties share their mean), for Spearman's correlation.
struct Ranks {
  let values: [Double]

  init(_ sample: [Double]) {
    let order = sample.indices.sorted { sample[$0] < sample[$1] }
    var ranks = [Double](repeating: 0, count: sample.count)
    var first = 0
    while first < order.count {
      var last = first
      while last + 1 < order.count, sample[order[last + 1]] == sample[order[first]] { last += 1 }
      for place in first...last { ranks[order[place]] = Double(first + last) / 2 }
      first = last + 1
    }
    values = ranks
  }

  /// Spearman's ρ; 0 when one of the two does not vary.
  func correlation(_ other: Ranks) -> Double {
    let count = Double(values.count)
    let mean = (count - 1) / 2
    var (cross, first, second) = (0.0, 0.0, 0.0)
    for (a, b) in zip(values, other.values) {
      cross += (a - mean) * (b - mean)
      first += (a - mean) * (a - mean)
      second += (b - mean) * (b - mean)
    }
    return first > 0 && second > 0 ? cross / (first * second).squareRoot() : 0
  }
}
