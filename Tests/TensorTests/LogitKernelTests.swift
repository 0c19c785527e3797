import Foundation
import Tensor
import Testing

@Suite("Rows of logits")
struct LogitKernelTests {
  static let lengths = [1, 7, 16, 63, 64, 65, 1000, 1024, 1025, 5000]

  static func row(_ count: Int, _ random: inout Random) -> [Float] {
    random.normals(count).map { ($0 * 8).rounded() / 2 }
  }

  @Test("The largest element and its first place", arguments: Level.available)
  func maximum(level: Level) {
    var random = Random(1)
    for count in Self.lengths {
      var row = Self.row(count, &random)
      level.run {
        row.withUnsafeBufferPointer { row in
          let largest = LogitKernels.maximum(row)
          #expect(largest == row.max())
          #expect(LogitKernels.firstIndex(of: largest, in: row) == row.firstIndex(of: largest))
          #expect(LogitKernels.firstIndex(of: 99, in: row) == nil)
        }
        for place in [0, count / 2, count - 1] {
          let value = row[place]
          row[place] = .nan
          #expect(row.withUnsafeBufferPointer(LogitKernels.maximum).isNaN)
          row[place] = value
        }
      }
    }
  }

  @Test("Weights are exponentials, and sums are theirs in blocks", arguments: Level.available)
  func weights(level: Level) {
    var random = Random(2)
    for count in Self.lengths {
      let row = Self.row(count, &random), largest = row.max()!
      let exact = row.map { exp(Double($0 - largest) * 0.75) }
      let weights = level.run {
        guarded(count) { into in
          row.withUnsafeBufferPointer {
            LogitKernels.weights($0, maximum: largest, scale: 0.75, into: into)
          }
        }
      }
      expectClose(weights, exact, relative: 3e-7, absolute: 1e-37)
      let blocks = (count + LogitKernels.block - 1) / LogitKernels.block
      var sums = [Double](repeating: -1, count: blocks)
      level.run {
        row.withUnsafeBufferPointer {
          LogitKernels.sums($0, maximum: largest, scale: 0.75, into: &sums)
        }
      }
      for (block, sum) in sums.enumerated() {
        let part = exact.dropFirst(block * LogitKernels.block).prefix(LogitKernels.block)
        let expected = part.reduce(0, +)
        #expect(abs(sum - expected) <= 1e-6 * expected)
      }
    }
  }

  @Test("Places at or above a bound, in order", arguments: Level.available)
  func collect(level: Level) {
    var random = Random(3)
    for count in Self.lengths {
      let row = Self.row(count, &random)
      for bound in [-100, 0, 3.5, 8, .infinity] as [Float] {
        var found = [Int32](repeating: -1, count: count)
        let number = level.run {
          row.withUnsafeBufferPointer {
            LogitKernels.indices(atLeast: bound, in: $0, into: &found)
          }
        }
        let expected = row.indices.filter { row[$0] >= bound }.map { Int32($0) }
        #expect(Array(found[..<number]) == expected)
      }
    }
  }
}
