import Foundation
import Tensor
import Testing

@testable import Inference

struct LogitRowTests {
  private static let sizes = [1, 2, 15, 16, 17, 31, 33, 257, 1000]

  private func row(_ count: Int, seed: Int, coarse: Bool = false) -> [Float] {
    var random = SplitMix(seed: UInt64(seed))
    return (0..<count).map { _ in
      let x = Float.random(in: -20...20, using: &random)
      return coarse ? x.rounded() : x
    }
  }

  @Test(arguments: sizes)
  func `the largest value and its first place are those of a plain search`(count: Int) {
    for seed in 0..<20 {
      let values = row(count, seed: seed, coarse: true)
      values.withUnsafeBufferPointer { buffer in
        let maximum = LogitRow.maximum(buffer)
        #expect(maximum == values.max())
        #expect(
          LogitRow.firstIndex(of: maximum ?? 0, in: buffer) == values.firstIndex(of: maximum ?? 0))
        #expect(LogitRow.firstIndex(of: 1000, in: buffer) == nil)
      }
    }
  }

  @Test(arguments: sizes)
  func `a value that is not a number is found wherever it stands`(count: Int) {
    for bad in [Float.nan, .infinity] {
      for place in stride(from: 0, to: count, by: max(1, count / 7)) {
        var values = row(count, seed: 1)
        values[place] = bad
        #expect(values.withUnsafeBufferPointer(LogitRow.maximum) == nil)
      }
    }
    let none = [Float](repeating: -.infinity, count: count)
    #expect(none.withUnsafeBufferPointer(LogitRow.maximum) == nil)
    var masked = none
    masked[count - 1] = 3
    #expect(masked.withUnsafeBufferPointer(LogitRow.maximum) == 3)
  }

  @Test(arguments: sizes)
  func `the k largest are those of a stable sort`(count: Int) {
    for seed in 0..<20 {
      let values = row(count, seed: seed, coarse: seed % 2 == 0)
      let sorted = values.indices.sorted {
        values[$0] > values[$1] || (values[$0] == values[$1] && $0 < $1)
      }.map { Int32($0) }
      for k in [1, 2, 5, 20, count] {
        let largest = values.withUnsafeBufferPointer { LogitRow.largest(k, in: $0) }
        #expect(largest == Array(sorted.prefix(k)))
      }
    }
  }

  @Test func `values at or above a bound are found in order`() {
    let values = row(333, seed: 4, coarse: true)
    let found = values.withUnsafeBufferPointer { LogitRow.indices(atLeast: 5, in: $0) }
    #expect(found == values.indices.filter { values[$0] >= 5 }.map { Int32($0) })
  }

  @Test func `a weight is within 2 ulp of a wider type's`() {
    let logits = (0...40_000).map { -87 * Float($0) / 40_000 } + [-200, -.infinity]
    var weights = [Float](repeating: -1, count: logits.count)
    logits.withUnsafeBufferPointer {
      LogitKernels.weights($0, maximum: 0, scale: 1, into: &weights)
    }
    var worst = 0.0
    for (logit, weight) in zip(logits, weights).dropLast(2) {
      let exact = exp(Double(logit))
      worst = max(worst, abs(Double(weight) - exact) / Double(Float(exact).ulp))
    }
    #expect(worst <= 2)
    #expect(weights[0] == 1)
    #expect(weights.suffix(2) == [0, 0])
  }

  @Test(arguments: [1, 2, 24, 25, 26, 100, 1000])
  func `a nucleus holds the fewest most likely that reach the sum`(count: Int) {
    for seed in 0..<20 {
      let weights = row(count, seed: seed, coarse: seed % 2 == 0).map { Double(abs($0)) }
      let entries = weights.enumerated().map { (token: Int32($0), weight: $1) }
      let sorted = entries.sorted {
        $0.weight > $1.weight || ($0.weight == $1.weight && $0.token < $1.token)
      }
      for share in [0, 0.1, 0.5, 0.9, 0.999, 2] {
        let target = share * weights.reduce(0, +)
        var sum = 0.0
        let expected = sorted.prefix { entry in
          defer { sum += entry.weight }
          return sum < target || sum == 0
        }
        var nucleus = Nucleus(entries: entries)
        nucleus.keep(reaching: target)
        // Sums in another order may differ in the last bit: then by one entry.
        let kept = Set(nucleus.entries.map(\.token))
        #expect(kept.symmetricDifference(expected.map(\.token)).count <= (seed % 2 == 0 ? 0 : 1))
      }
    }
  }

  @Test(arguments: sizes + [50_000])
  func `log-sum-exp is within 1e-5 of a wider type's`(count: Int) {
    let values = row(count, seed: 9)
    let maximum = values.max() ?? 0
    let exact =
      Double(maximum) + log(values.reduce(0) { $0 + exp(Double($1) - Double(maximum)) })
    let value = values.withUnsafeBufferPointer { LogitRow.logSumExp($0, maximum: maximum) }
    #expect(abs(Double(value) - exact) < 1e-5)
  }
}
