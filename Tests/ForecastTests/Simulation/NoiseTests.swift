import CKernels
import Foundation
import Testing

@testable import Forecast

/// The fast samplers against the laws they stand for: Pearson's χ² of 400,000 draws.
struct NoiseTests {
  private static let draws = 400_000
  static let levels = [CK_SCALAR, CK_AVX2, CK_AVX512].map { Int32($0) }

  /// Rows of 64 paths; `draw` sees the hashes of the row and fills it.
  private func counts(
    _ draw: (Int, UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<Double>) -> Void
  ) -> [Int: Int] {
    var counts: [Int: Int] = [:]
    let arena = Arena()
    let row = arena.row().values
    let bits = UnsafeMutableRawPointer(arena.row().base).assumingMemoryBound(to: UInt64.self)
    let sampler = NoiseSampler()
    for first in stride(from: 0, to: Self.draws, by: 64) {
      sampler.hash(77, path: first, month: 0, into: bits, count: 64)
      draw(first, bits, row)
      for lane in 0..<64 { counts[Int(row[lane]), default: 0] += 1 }
    }
    return counts
  }

  private func row(_ value: Double, _ body: (UnsafeMutablePointer<Double>) -> Void) {
    withExtendedLifetime(Arena()) { arena in
      let row = arena.row()
      row.fill(value)
      body(row.values)
    }
  }

  /// Cells with at least 20 expected; the rest in one. Bound: mean + 6σ of χ².
  private func expectLaw(_ counts: [Int: Int], _ mass: (Int) -> Double, _ top: Int) {
    var (statistic, cells, seen, chance) = (0.0, 0.0, 0, 0.0)
    for k in 0...top {
      let expected = mass(k) * Double(Self.draws)
      guard expected >= 20 else { continue }
      let count = counts[k] ?? 0
      statistic += (Double(count) - expected) * (Double(count) - expected) / expected
      (cells, seen, chance) = (cells + 1, seen + count, chance + mass(k))
    }
    let rest = max(1, (1 - chance) * Double(Self.draws))
    let others = Double(Self.draws - seen)
    statistic += (others - rest) * (others - rest) / rest
    #expect(statistic < cells + 6 * (2 * cells).squareRoot() + 6, "\(statistic) over \(cells)")
  }

  @Test(arguments: [0.03, 0.7, 3.4, 7.99, 8.01, 15, 90])
  func poisson(mean: Double) {
    let sampler = NoiseSampler()
    row(mean) { means in
      let found = counts { sampler.poisson(means, $1, into: $2, count: 64) }
      expectLaw(found, { exp(Double($0) * log(mean) - mean - lgamma(Double($0) + 1)) }, 400)
    }
  }

  @Test(arguments: [
    (1.0, 0.4), (7, 0.9), (30, 0.08), (100, 0.085), (100, 0.2), (4000, 0.03), (9, 1), (9, 0),
    (2_000_000, 1e-6),
  ])
  func binomial(trials: Double, chance: Double) {
    let sampler = NoiseSampler()
    row(trials) { n in
      row(chance) { p in
        let found = counts { sampler.binomial(n, p, $1, into: $2, count: 64) }
        expectLaw(
          found,
          { k in
            let k = Double(k)
            guard k <= trials else { return 0 }
            guard chance > 0, chance < 1 else { return k == trials * chance ? 1 : 0 }
            let ways = lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1)
            return exp(ways + k * log(chance) + (trials - k) * log1p(-chance))
          }, Int(min(trials, 5000)))
      }
    }
  }

  @Test(arguments: [(0.5, 6.0), (2, 3), (8, 40), (30, 200)])
  func negativeBinomial(dispersion: Double, mean: Double) {
    let sampler = NoiseSampler()
    row(dispersion) { shape in
      row(0) { means in
        let found = counts { first, bits, out in
          sampler.gammaFactor(shape, 0xABCD, path: first, month: 0, into: means, count: 64)
          for lane in 0..<64 { means[lane] *= mean }
          sampler.poisson(means, bits, into: out, count: 64)
        }
        expectLaw(
          found,
          { k in
            let k = Double(k)
            let share = dispersion / (dispersion + mean)
            let ways = lgamma(k + dispersion) - lgamma(dispersion) - lgamma(k + 1)
            return exp(ways + dispersion * log(share) + k * log1p(-share))
          }, 3000)
      }
    }
  }

  @Test func theNormalIsWithinAMillionthOfItsQuantileAndIncreasing() {
    var last = -Double.infinity
    let sampler = NoiseSampler()
    for step in 0..<20_000 {
      let bits = UInt64(step) &* (UInt64.max / 20_000) &+ 12_345
      let isUpper = bits >> 63 != 0
      let tail = Normal.quantile((Double((isUpper ? ~bits : bits) >> 11) + 0.5) * 0x1p-53)
      let score = sampler.normal(bits)
      #expect(abs(score - (isUpper ? -tail : tail)) < 1e-6)
      #expect(score > last)
      last = score
    }
  }

  @Test(arguments: levels)
  func everyInstructionSetGivesTheSameBits(level: Int32) throws {
    guard let other = NoiseSampler(level: level), let base = NoiseSampler(level: 0) else { return }
    #expect(bits(of: other) == bits(of: base))
  }

  /// Of every row function that draws, on rows that reach all of its branches.
  private func bits(of sampler: NoiseSampler) -> [UInt64] {
    let arena = Arena()
    let (x, y, out) = (arena.row().values, arena.row().values, arena.row().values)
    let bits = UnsafeMutableRawPointer(arena.row().base).assumingMemoryBound(to: UInt64.self)
    var found: [UInt64] = []
    func keep() { for lane in 0..<64 { found.append(out[lane].bitPattern) } }
    for round in 0..<200 {
      sampler.hash(UInt64(round), path: 64 * round, month: 3, into: bits, count: 64)
      for lane in 0..<64 {
        x[lane] = Double(round * lane % 97) * Double(round % 7) * 0.3
        y[lane] = Double(lane) / 63
      }
      sampler.normal(bits, into: out, count: 64)
      keep()
      #expect((0..<64).allSatisfy { sampler.normal(bits[$0]) == out[$0] })
      sampler.poisson(x, bits, into: out, count: 64)
      keep()
      sampler.gammaFactor(x, 5, path: 64 * round, month: 1, into: out, count: 64)
      keep()
      for lane in 0..<64 { x[lane] = x[lane].rounded() }
      sampler.binomial(x, y, bits, into: out, count: 64)
      keep()
      sampler.rows.philox(UInt64(round) &* Draws.step, 0, UInt64(round), y, 64)
      sampler.rows.quantile(y, out, 64)
      keep()
      sampler.rows.exponential(out, out, 64)
      keep()
      sampler.rows.logarithm(y, out, 64)
      keep()
    }
    return found
  }

  @Test func aRowOfPhiloxIsTheStreamsFirstNumbers() {
    let rows = NoiseSampler().rows
    let key = RandomStream.Key(seed: 3, name: "churn")
    row(0) { out in
      rows.philox(key.word, 0, 1 << 33, out, 64)
      for lane in 0..<64 {
        var stream = RandomStream(key, path: (1 << 33) + lane, index: 0)
        #expect(out[lane] == stream.uniform())
      }
    }
  }
}
