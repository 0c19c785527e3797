import Foundation
import Testing

@testable import Forecast

@Suite struct RandomStreamTests {
  @Test(
    "Philox4x32-10 gives the published vectors of Random123",
    arguments: [
      (
        [UInt32](repeating: 0, count: 6),
        [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8] as [UInt32]
      ),
      (
        [UInt32](repeating: 0xffff_ffff, count: 6),
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344, 0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ])
  func vectors(input: [UInt32], expected: [UInt32]) {
    let output = RandomStream.philox(
      (input[0], input[1], input[2], input[3]), key: (input[4], input[5]))
    #expect([output.0, output.1, output.2, output.3] == expected)
  }

  @Test(
    "Names hash by FNV-1a",
    arguments: [
      ("", 0xcbf2_9ce4_8422_2325 as UInt64), ("a", 0xaf63_dc4c_8601_ec8c),
      ("foobar", 0x8594_4171_f739_67e8),
    ])
  func hash(name: String, expected: UInt64) { #expect(RandomStream.hash(name) == expected) }

  @Test("A stream depends on seed, name, path and index, and on nothing else")
  func keys() {
    func first(_ seed: UInt64, _ name: String, _ path: Int, _ index: Int) -> UInt64 {
      var stream = RandomStream(.init(seed: seed, name: name), path: path, index: index)
      return stream.next()
    }
    #expect(first(1, "a", 2, 3) == first(1, "a", 2, 3))
    let all = [
      first(1, "a", 2, 3), first(2, "a", 2, 3), first(1, "b", 2, 3), first(1, "a", 3, 3),
      first(1, "a", 2, 4), first(1, "a", 3, 2), first(1, "a", 1 << 33, 3),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test("Streams of neighbouring paths, months and names are not correlated")
  func independence() {
    let n = 20_000
    func column(_ name: String, _ index: Int, shift: Int) -> [Double] {
      let key = RandomStream.Key(seed: 7, name: name)
      return (0..<n).map {
        var stream = RandomStream(key, path: $0 + shift, index: index)
        return stream.normal()
      }
    }
    let base = column("churn", 4, shift: 0)
    for other in [
      column("churn", 5, shift: 0), column("churn", 4, shift: 1), column("churm", 4, shift: 0),
    ] {
      let product = zip(base, other).reduce(0) { $0 + $1.0 * $1.1 } / Double(n)
      #expect(abs(product) < 4 / Double(n).squareRoot())
    }
  }

  @Test("Uniforms lie inside of (0, 1), and pass Kolmogorov–Smirnov within and across streams")
  func uniforms() {
    var stream = RandomStream(.init(seed: 3, name: "u"), path: 0, index: 0)
    let within = (0..<50_000).map { _ in stream.uniform() }
    let key = RandomStream.Key(seed: 3, name: "u")
    let across = (0..<50_000).map { path in
      var stream = RandomStream(key, path: path, index: 9)
      return stream.uniform()
    }
    for values in [within, across] {
      #expect(values.allSatisfy { $0 > 0 && $0 < 1 })
      #expect(kolmogorovChance(values) { $0 } > 1e-3)
    }
  }

  @Test("Normals, exponentials, gammas and betas pass Kolmogorov–Smirnov")
  func continuous() {
    var stream = RandomStream(.init(seed: 5, name: "continuous"), path: 0, index: 0)
    func chance(_ draw: (inout RandomStream) -> Double, _ cumulative: (Double) -> Double) -> Double
    {
      kolmogorovChance((0..<20_000).map { _ in draw(&stream) }, cumulative)
    }
    #expect(chance({ $0.normal() }, Normal.cumulative) > 1e-3)
    #expect(chance({ $0.exponential() }, { 1 - exp(-$0) }) > 1e-3)
    for shape in [0.05, 0.6, 1, 3.5, 200, 1e5] {
      let law = Distribution.gamma(shape: shape, scale: 1)
      #expect(chance({ $0.gamma(shape) }, law.cumulative) > 1e-3, "gamma \(shape)")
    }
    for (alpha, beta) in [(0.5, 0.5), (2, 18), (30, 4)] {
      let law = Distribution.beta(alpha: alpha, beta: beta, low: 0, high: 1)
      #expect(chance({ $0.beta(alpha, beta) }, law.cumulative) > 1e-3, "beta \(alpha)")
    }
  }

  @Test(
    "Poisson counts pass χ², below and above the change of method",
    arguments: [
      0.02, 0.7, 4, 9.9, 10.1, 30, 400, 25_000,
    ])
  func poisson(mean: Double) {
    var stream = RandomStream(.init(seed: 6, name: "poisson"), path: 0, index: 0)
    let values = (0..<40_000).map { _ in Double(stream.poisson(mean)) }
    #expect(chiSquareChance(values, .poisson(mean: mean)) > 1e-3)
  }

  @Test(
    "Binomial counts pass χ², below and above the change of method",
    arguments: [
      (1, 0.3), (7, 0.5), (100, 0.02), (100, 0.11), (50, 0.9), (1000, 0.4), (100_000, 0.0003),
      (100_000, 0.97),
    ])
  func binomial(trials: Int, chance: Double) {
    var stream = RandomStream(.init(seed: 8, name: "binomial"), path: 0, index: 0)
    let n = 40_000
    let values = (0..<n).map { _ in stream.binomial(trials, chance) }
    #expect(values.allSatisfy { (0...trials).contains($0) })
    // The exact law as a discrete one, over the counts that can be seen.
    let mean = Double(trials) * chance
    let reach = 8 * (mean * (1 - chance)).squareRoot() + 20
    let low = max(0, Int(mean - reach)), high = min(trials, Int(mean + reach))
    let weights = (low...high).map { count in
      let k = Double(count), m = Double(trials) - k
      return exp(
        SpecialFunctions.logGamma(Double(trials) + 1) - SpecialFunctions.logGamma(k + 1)
          - SpecialFunctions.logGamma(m + 1) + k * log(chance) + m * log1p(-chance))
    }
    let law = Distribution.discrete(values: (low...high).map(Double.init), weights: weights)
    #expect(chiSquareChance(values.map(Double.init), law) > 1e-3)
  }

  @Test(
    "Negative binomial counts have the mean, and variance mean + mean²/φ",
    arguments: [
      (3.0, 0.8), (40, 5), (200, 1000), (5, 1e15),
    ])
  func negativeBinomial(mean: Double, dispersion: Double) {
    var stream = RandomStream(.init(seed: 9, name: "negative"), path: 0, index: 0)
    let n = 60_000.0
    let values = (0..<Int(n)).map { _ in
      Double(stream.negativeBinomial(mean: mean, dispersion: dispersion))
    }
    let average = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / n
    let expected = mean + mean * mean / dispersion
    #expect(abs(average - mean) < 4 * (expected / n).squareRoot())
    expectClose(variance, expected, 0.06)
    // The chance of none: (φ/(φ + mean))^φ.
    if dispersion < 10 {
      let none = pow(dispersion / (dispersion + mean), dispersion)
      let seen = values.reduce(0) { $1 == 0 ? $0 + 1 : $0 } / n
      #expect(abs(seen - none) < 4 * (none / n).squareRoot() + 1e-4)
    }
  }

  @Test("Counts of nothing are 0, of certainty all, and giants stay finite")
  func edges() {
    var stream = RandomStream(.init(seed: 1, name: "edges"), path: 0, index: 0)
    #expect(stream.poisson(0) == 0 && stream.poisson(-1) == 0 && stream.poisson(.nan) == 0)
    #expect(stream.binomial(0, 0.5) == 0 && stream.binomial(5, 0) == 0)
    #expect(stream.binomial(5, 1) == 5 && stream.binomial(5, 2) == 5)
    #expect(stream.binomial(5, .nan) == 0)
    #expect(stream.gamma(0) == 0 && stream.gamma(.nan) == 0)
    #expect(stream.negativeBinomial(mean: 0, dispersion: 1) == 0)
    for mean in [1e9, 1e12, 1e15, 1e40, .infinity] {
      let count = Double(stream.poisson(mean))
      expectClose(count, min(mean, 1e15), 1e-3)
    }
    #expect(stream.binomial(1 << 40, 0.5) > 1 << 38)
  }
}
