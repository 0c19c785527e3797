import CKernels

/// Quantiles of very many numbers in memory that does not grow with them.
///
/// The first numbers (the pilot, up to 4,096 paths) are kept; if there are no more, the quantiles are
/// exact. Else the pilot says where the mass lies, and all numbers are counted in 2,048 equal bins
/// between the pilot's 0.2% and 99.8% quantiles, with one bin beyond each end. A quantile is then
/// within one bin, which is 1/2,048 of that range; ends beyond the range are answered by the bound.
/// Counts are integers, so that it does not matter in which order paths are counted.
struct QuantileSketch {
  static let pilot = 4096
  static let bins = 2048

  let low: Double
  let width: Double

  /// - Parameter values: the pilot's; NaN is left out.
  init(pilot values: UnsafeBufferPointer<Double>) {
    var (low, high) = Self.range(values)
    guard low <= high else {
      (self.low, width) = (0, 1)
      return
    }
    var counts = [UInt32](repeating: 0, count: 512)
    // Heavy tails: narrow the range until it is the bulk's.
    for _ in 0..<4 {
      let span = high - low
      guard span > 0 else { break }
      let (nextLow, nextHigh) = Self.bulk(values, low, span, &counts)
      let isNarrow = nextHigh - nextLow > span * 0.5
      (low, high) = (nextLow, nextHigh)
      if isNarrow { break }
    }
    self.low = low
    let span = high - low
    width = span > 0 ? span / Double(Self.bins) : max(abs(low), 1) * 1e-9
  }

  /// Least and largest of the finite values; crossed when there are none.
  private static func range(_ values: UnsafeBufferPointer<Double>) -> (Double, Double) {
    let infinity = Lanes(repeating: .infinity)
    var (lows, highs) = (infinity, -infinity)
    var index = 0
    if let base = values.baseAddress {
      while index + 8 <= values.count {
        let lanes = UnsafeRawPointer(base + index).loadUnaligned(as: Lanes.self)
        let isFinite = (lanes - lanes) .== 0
        lows = smaller(lows, lanes.where_(isFinite, else: infinity))
        highs = larger(highs, lanes.where_(isFinite, else: -infinity))
        index += 8
      }
    }
    var (low, high) = (lows[0], highs[0])
    for lane in 1..<8 { (low, high) = (min(low, lows[lane]), max(high, highs[lane])) }
    for value in values[index...] where value.isFinite {
      low = min(low, value)
      high = max(high, value)
    }
    return (low, high)
  }

  /// Edges of the cells in which the 0.2% and the 99.8% quantile lie.
  private static func bulk(
    _ values: UnsafeBufferPointer<Double>, _ low: Double, _ span: Double, _ counts: inout [UInt32]
  ) -> (Double, Double) {
    let cells = Double(counts.count)
    for i in counts.indices { counts[i] = 0 }
    let scale = cells / span
    if let base = values.baseAddress {
      // A cell lower than the lowest, so that the first is 0.
      ck_paths_best().pointee.count_cells(
        base, values.count, low + 1 / scale, scale, cells - 1, &counts)
    }
    let present = counts.reduce(0, +)
    let tail = max(1, present / 500)
    var first = 0
    var seen: UInt32 = 0
    while first < counts.count - 1, seen + counts[first] < tail {
      seen += counts[first]
      first += 1
    }
    var last = counts.count - 1
    seen = 0
    while last > first, seen + counts[last] < tail {
      seen += counts[last]
      last -= 1
    }
    return (low + Double(first) / scale, low + Double(last + 1) / scale)
  }

  /// Cells: below, the bins, above.
  static var cells: Int { bins + 2 }

  @inline(__always) func cell(_ value: Double) -> Int {
    let place = (value - low) / width + 1
    return Int(min(max(place, 0), Double(Self.bins + 1)))
  }

  /// NaN (no figure on this path) is left out.
  func count(_ values: UnsafeBufferPointer<Double>, into counts: UnsafeMutablePointer<UInt32>) {
    guard let base = values.baseAddress else { return }
    ck_paths_best().pointee.count_cells(
      base, values.count, low, 1 / width, Double(Self.bins + 1), counts)
  }

  /// Linear within a bin; the same definition of the rank as `exact`.
  func quantiles(_ counts: UnsafeBufferPointer<UInt32>, levels: [Double]) -> [Double] {
    var total = 0
    for count in counts { total += Int(count) }
    guard total > 0 else { return [] }
    var answers: [Double] = []
    var cell = 0
    var before = 0
    for level in levels {
      let rank = level * Double(total - 1) + 0.5
      while cell < counts.count - 1, Double(before + Int(counts[cell])) < rank {
        before += Int(counts[cell])
        cell += 1
      }
      let part = counts[cell] > 0 ? (rank - Double(before)) / Double(counts[cell]) : 0
      let place =
        cell == 0 ? 0 : cell == Self.bins + 1 ? Double(Self.bins) : Double(cell - 1) + part
      answers.append(low + place * width)
    }
    return answers
  }

  /// Of all numbers, by sorting: linear between the neighbours of rank level·(n − 1). Infinities and
  /// NaN must be left out.
  static func exact(_ values: [Double], levels: [Double]) -> [Double] {
    guard !values.isEmpty else { return [] }
    let sorted = values.sorted()
    return levels.map { level in
      let place = level * Double(sorted.count - 1)
      let index = min(Int(place), sorted.count - 2)
      guard index >= 0 else { return sorted[0] }
      return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
    }
  }
}
