import Foundation
import Testing

@testable import Forecast

struct QuantileTests {
  /// Heavy-tailed, narrow, and with a lump at zero.
  static func numbers(_ kind: Int, _ count: Int) -> [Double] {
    let sampler = NoiseSampler()
    return (0..<count).map { i in
      let z = sampler.normal(Draws.bits(UInt64(i) &* Draws.step &+ UInt64(kind)))
      return [1e6 + z, exp(2 * z), max(0, z * 1e7), z * z * z][kind]
    }
  }

  @Test(arguments: 0..<4)
  func countedQuantilesAreWithinABinOfTheSortedOnes(kind: Int) {
    let values = Self.numbers(kind, 60_000)
    let sketch = values.withUnsafeBufferPointer {
      QuantileSketch(pilot: UnsafeBufferPointer(rebasing: $0[0..<4096]))
    }
    var counts = [UInt32](repeating: 0, count: QuantileSketch.cells)
    counts.withUnsafeMutableBufferPointer { cells in
      values.withUnsafeBufferPointer { sketch.count($0, into: cells.baseAddress!) }
    }
    let found = counts.withUnsafeBufferPointer { sketch.quantiles($0, levels: Outcome.levels) }
    let sorted = QuantileSketch.exact(values, levels: Outcome.levels)
    for (counted, exact) in zip(found, sorted) {
      #expect(abs(counted - exact) <= 1.01 * sketch.width)
    }
  }

  @Test func theRunsQuantilesAreThoseOfItsPaths() throws {
    let model = RandomModel.make(21)
    let (outcome, table) = try Simulation(model).run(.init(paths: 6000, seed: 2), keeping: 6000)
    for measure in [Outcome.Measure.cash, .revenue, .tokens] {
      let values = try #require(table.monthly[measure]?[20])
      let fan = try #require(outcome.fans[measure])
      let exact = QuantileSketch.exact(values, levels: Outcome.levels)
      let range = exact[8] - exact[0]
      for level in exact.indices {
        #expect(abs(fan.quantiles[level][20] - exact[level]) <= 0.002 * range + 1e-9)
      }
      let mean = values.reduce(0, +) / 6000
      #expect(fan.mean[20].isApproximately(mean, 1e-9))
    }
  }

  @Test func fewPathsHaveExactQuantiles() throws {
    let model = RandomModel.make(21)
    let (outcome, table) = try Simulation(model).run(.init(paths: 700, seed: 2), keeping: 700)
    let values = try #require(table.monthly[.cash]?[20])
    let exact = QuantileSketch.exact(values, levels: Outcome.levels)
    #expect(outcome.fans[.cash]?.quantiles.map { $0[20] } == exact)
  }
}
