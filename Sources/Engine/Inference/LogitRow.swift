import Foundation

/// Work over a row of logits as long as the vocabulary, in lanes of 16.
enum LogitRow {
  typealias Row = UnsafeBufferPointer<Float>
  private typealias Lanes = SIMD16<Float>
  private static let width = Lanes.scalarCount

  /// The largest value, or nil if any value is not a number, or none is above −∞. O(n).
  static func maximum(_ row: Row) -> Float? {
    guard let base = row.baseAddress else { return nil }
    let raw = UnsafeRawPointer(base)
    var best = Lanes(repeating: -.infinity)
    // −∞ is allowed, so what is asked is x ≠ x.
    var bad = SIMDMask<SIMD16<Int32>>(repeating: false)
    var index = 0
    while index + width <= row.count {
      let x = raw.loadUnaligned(fromByteOffset: index * 4, as: Lanes.self)
      bad = bad .| (x .!= x)
      best.replace(with: x, where: x .> best)
      index += width
    }
    var result = best.max()
    var isBad = any(bad)
    while index < row.count {
      let x = base[index]
      if x.isNaN { isBad = true }
      if x > result { result = x }
      index += 1
    }
    return isBad || result == -.infinity || result == .infinity ? nil : result
  }

  /// The first place of a value. O(n).
  static func firstIndex(of value: Float, in row: Row) -> Int? {
    guard let base = row.baseAddress else { return nil }
    let raw = UnsafeRawPointer(base)
    var index = 0
    while index + width <= row.count {
      let x = raw.loadUnaligned(fromByteOffset: index * 4, as: Lanes.self)
      if any(x .== value) { break }
      index += width
    }
    while index < row.count {
      if base[index] == value { return index }
      index += 1
    }
    return nil
  }

  /// Σ exp((x − maximum) × scale). O(n). Relative error under 1e-6 for any vocabulary.
  static func sumOfExponentials(_ row: Row, maximum: Float, scale: Float = 1) -> Double {
    guard let base = row.baseAddress else { return 0 }
    let raw = UnsafeRawPointer(base)
    var sum = 0.0
    var index = 0
    // Blocks of 64 vectors in Float, blocks in Double: many small values do not get lost.
    while index + width <= row.count {
      let end = min(row.count - width, index + 63 * width)
      var block = Lanes(repeating: 0)
      while index <= end {
        let x = raw.loadUnaligned(fromByteOffset: index * 4, as: Lanes.self)
        block += exponential((x - maximum) * scale)
        index += width
      }
      for lane in 0..<width { sum += Double(block[lane]) }
    }
    while index < row.count {
      sum += Double(exponential(Lanes(repeating: (base[index] - maximum) * scale))[0])
      index += 1
    }
    return sum
  }

  /// ln Σ exp(x): a token's log-probability is its logit minus this. O(n).
  static func logSumExp(_ row: Row, maximum: Float) -> Float {
    Float(Double(maximum) + log(sumOfExponentials(row, maximum: maximum)))
  }

  /// The indices of the `count` largest values, largest first, the lowest index first among equals.
  /// O(n + hits · log count): most values fail one comparison against the least of the kept.
  static func largest(_ count: Int, in row: Row) -> [Int32] {
    guard count > 0, let base = row.baseAddress else { return [] }
    let raw = UnsafeRawPointer(base)
    let count = min(count, row.count)
    var kept: [Int32] = []
    kept.reserveCapacity(2 * count)
    var floor = -Float.infinity
    func consider(_ index: Int) {
      // Equal to the floor: an earlier index already stands for it.
      guard kept.count < count || base[index] > floor else { return }
      kept.append(Int32(index))
      if kept.count >= 2 * count {
        sort(&kept, by: row)
        kept.removeSubrange(count...)
        floor = base[Int(kept[count - 1])]
      } else if kept.count == count, floor == -.infinity {
        floor = kept.reduce(Float.infinity) { min($0, base[Int($1)]) }
      }
    }
    var index = 0
    while index + width <= row.count {
      let x = raw.loadUnaligned(fromByteOffset: index * 4, as: Lanes.self)
      if kept.count < count || any(x .> floor) {
        for lane in index..<index + width { consider(lane) }
      }
      index += width
    }
    while index < row.count {
      consider(index)
      index += 1
    }
    sort(&kept, by: row)
    kept.removeSubrange(min(count, kept.count)...)
    return kept
  }

  /// The indices of all values at or above a bound, in order. O(n).
  static func indices(atLeast bound: Float, in row: Row) -> [Int32] {
    guard let base = row.baseAddress else { return [] }
    let raw = UnsafeRawPointer(base)
    var found: [Int32] = []
    var index = 0
    while index + width <= row.count {
      let x = raw.loadUnaligned(fromByteOffset: index * 4, as: Lanes.self)
      if any(x .>= bound) {
        for lane in index..<index + width where base[lane] >= bound { found.append(Int32(lane)) }
      }
      index += width
    }
    while index < row.count {
      if base[index] >= bound { found.append(Int32(index)) }
      index += 1
    }
    return found
  }

  /// Most likely first; the lowest index first among equals.
  static func sort(_ indices: inout [Int32], by row: Row) {
    indices.sort {
      let (a, b) = (row[Int($0)], row[Int($1)])
      return a > b || (a == b && $0 < $1)
    }
  }

  /// exp of each lane for x ≤ 0; 0 below −87. Relative error under 2 ulp (tested).
  /// exp(x) = 2ⁿ · exp(r), |r| ≤ ln 2 / 2, the polynomial is Cephes' `expf`.
  @inline(__always)
  static func exponential(_ x: SIMD16<Float>) -> SIMD16<Float> {
    let isTooSmall = x .< -87.3
    let clamped = x.replacing(with: Lanes(repeating: -87.3), where: isTooSmall)
    // Adding 1.5 · 2²³ rounds to a whole number, which then stands in the lowest bits.
    let shifted = clamped * 1.442_695_04 + 12_582_912
    let n = shifted - 12_582_912
    var r = clamped - n * 0.693_359_375
    r -= n * -2.121_944_4e-4
    var p = Lanes(repeating: 1.987_569_1e-4)
    p = p * r + 1.398_199_9e-3
    p = p * r + 8.333_452e-3
    p = p * r + 4.166_579_6e-2
    p = p * r + 0.166_666_65
    p = p * r + 0.500_000_0
    let value = p * r * r + r + 1
    let power = (unsafeBitCast(shifted, to: SIMD16<Int32>.self) &- (0x4b40_0000 - 127)) &<< 23
    let scaled = value * unsafeBitCast(power, to: Lanes.self)
    return scaled.replacing(with: Lanes(repeating: 0), where: isTooSmall)
  }
}
