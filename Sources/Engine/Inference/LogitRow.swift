import Foundation
import Tensor

/// Work over a row of logits as long as the vocabulary, in lanes of 16.
enum LogitRow {
  typealias Row = UnsafeBufferPointer<Float>
  private typealias Lanes = SIMD16<Float>
  private static let width = Lanes.scalarCount

  /// The largest value, or nil if any value is not a number, or none is above −∞. O(n).
  static func maximum(_ row: Row) -> Float? {
    let largest = LogitKernels.maximum(row)
    return largest.isFinite ? largest : nil
  }

  /// The first place of a value. O(n).
  static func firstIndex(of value: Float, in row: Row) -> Int? {
    LogitKernels.firstIndex(of: value, in: row)
  }

  /// Σ exp((x − maximum) × scale). O(n). Relative error under 1e-6 for any vocabulary.
  static func sumOfExponentials(_ row: Row, maximum: Float, scale: Float = 1) -> Double {
    withSums(row, maximum: maximum, scale: scale) { $0.reduce(0, +) }
  }

  /// The same in blocks of `LogitKernels.block` elements.
  static func withSums<Result>(
    _ row: Row, maximum: Float, scale: Float, _ body: (UnsafeBufferPointer<Double>) -> Result
  ) -> Result {
    let blocks = (row.count + LogitKernels.block - 1) / LogitKernels.block
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, blocks)) { sums in
      LogitKernels.sums(row, maximum: maximum, scale: scale, into: sums.baseAddress!)
      return body(UnsafeBufferPointer(rebasing: sums[..<blocks]))
    }
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
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: max(1, row.count)) { found in
      let count = LogitKernels.indices(atLeast: bound, in: row, into: found.baseAddress!)
      return Array(found[..<count])
    }
  }

  /// Most likely first; the lowest index first among equals.
  static func sort(_ indices: inout [Int32], by row: Row) {
    indices.sort {
      let (a, b) = (row[Int($0)], row[Int($1)])
      return a > b || (a == b && $0 < $1)
    }
  }
}
