import Foundation
import Testing

@testable import Forecast

@Suite struct SobolSequenceTests {
  @Test("The bare sequence is SciPy's, in all 256 dimensions")
  func bare() {
    let sequence = SobolSequence(dimensions: 256, seed: 0, isScrambled: false)
    for entry in AnalysisFixture.shared.sequence {
      #expect(sequence.point(entry.index) == entry.point, "point \(entry.index)")
    }
  }

  @Test("Scrambled, 256 points still put one in each 256th of every dimension, inside (0, 1)")
  func stratified() {
    let points = SobolSequence(dimensions: 260, seed: 11).points(256)
    for dimension in 0..<SobolSequence.maximumDimensions {
      let cells = Set(points.map { Int($0[dimension] * 256) })
      #expect(cells.count == 256, "dimension \(dimension)")
    }
    #expect(points.allSatisfy { $0.allSatisfy { $0 > 0 && $0 < 1 } })
    // Beyond the table: plain random numbers, not repeated.
    #expect(Set(points.flatMap { [$0[258], $0[259]] }).count == 512)
  }

  @Test("Pairs of dimensions fill 16 × 16 squares as the bare sequence does")
  func squares() {
    let bare = SobolSequence(dimensions: 2, seed: 0, isScrambled: false).points(256)
    let mixed = SobolSequence(dimensions: 2, seed: 4).points(256)
    for points in [bare, mixed] {
      let cells = Set(points.map { [Int($0[0] * 16), Int($0[1] * 16)] })
      #expect(cells.count == 256)
    }
  }

  @Test("The same seed gives the same points, another seed others")
  func seeded() {
    let a = SobolSequence(dimensions: 20, seed: 1).points(64)
    #expect(a == SobolSequence(dimensions: 20, seed: 1).points(64))
    #expect(a != SobolSequence(dimensions: 20, seed: 2).points(64))
  }

  @Test("A smooth mean is far nearer than plain random numbers come")
  func integrates() {
    // ∏ (1 + (x − ½)) has mean 1; plain sampling errs by about 0.01 with 4,096 points.
    let errors = (0..<8).map { seed in
      let points = SobolSequence(dimensions: 5, seed: UInt64(seed)).points(4_096)
      return abs(Statistics.mean(points.map { $0.reduce(1) { $0 * (0.5 + $1) } }) - 1)
    }
    #expect(errors.allSatisfy { $0 < 1e-3 })
  }
}

@Suite struct SobolIndicesTests {
  @Test("Indices of given outputs are SALib's")
  func peer() {
    let fixture = AnalysisFixture.shared.indices
    let indices = SobolIndices(
      names: ["x1", "x2", "x3"], a: fixture.a, b: fixture.b, mixed: fixture.mixed)
    for (index, factor) in indices.factors.enumerated() {
      #expect(isClose(factor.first.value, fixture.first[index], 1e-10))
      #expect(isClose(factor.total.value, fixture.total[index], 1e-10))
    }
  }

  static func ishigami(_ latents: [[Double]]) -> [Double] {
    latents.map { row in
      let x = row.map { (2 * $0 - 1) * Double.pi }
      return sin(x[0]) + 7 * pow(sin(x[1]), 2) + 0.1 * pow(x[2], 4) * sin(x[0])
    }
  }

  @Test("Ishigami's function has its known indices")
  func ishigami() {
    let indices = SobolIndices(
      columns: 3, groups: [("x1", [0]), ("x2", [1]), ("x3", [2])], points: 8_192, bootstraps: 100
    ) { latents, _ in Self.ishigami(latents) }
    let known = [(0.3139, 0.5576), (0.4424, 0.4424), (0, 0.2437)]
    for (factor, (first, total)) in zip(indices.factors, known) {
      #expect(abs(factor.first.value - first) < 0.01, "\(factor)")
      #expect(abs(factor.total.value - total) < 0.01, "\(factor)")
      #expect(factor.first.low < factor.first.value && factor.first.value < factor.first.high)
    }
    // Variance ½ + 7²/8 + 0.1 π⁴/5 + 0.01 π⁸/18.
    #expect(abs(indices.variance - 13.8446) < 0.1)
    #expect(indices.evaluations == 8_192 * 5)
  }

  @Test("A group takes what its members do together")
  func groups() {
    let indices = SobolIndices(
      columns: 3, groups: [("x1 and x3", [0, 2]), ("x2", [1])], points: 4_096, bootstraps: 0
    ) { latents, _ in Self.ishigami(latents) }
    #expect(abs(indices.factors[0].first.value - 0.5576) < 0.01)
    #expect(abs(indices.factors[0].total.value - 0.5576) < 0.01)
  }

  @Test("A function's own noise is a factor beside its inputs")
  func noise() {
    // y = x + e, with e from the point's place and the noise number.
    let indices = SobolIndices(
      columns: 1, groups: [("x", [0])], noise: "chance", points: 8_192, bootstraps: 50
    ) { latents, noise in
      latents.enumerated().map { index, row in
        var stream = RandomStream(
          RandomStream.Key(seed: UInt64(noise), name: "e"), path: index, index: 0)
        return 2 * row[0] + stream.uniform()
      }
    }
    for (factor, share) in zip(indices.factors, [0.8, 0.2]) {
      #expect(abs(factor.first.value - share) < 0.03, "\(factor)")
      #expect(abs(factor.total.value - share) < 0.03, "\(factor)")
    }
  }

  @Test("Nine in ten bootstrap bands at 95% hold the truth")
  func bands() {
    var held = 0
    for seed in 0..<40 {
      let indices = SobolIndices(
        columns: 3, groups: [("x2", [1])], points: 512, bootstraps: 100, seed: UInt64(seed)
      ) { latents, _ in Self.ishigami(latents) }
      let total = indices.factors[0].total
      if total.low <= 0.4424, 0.4424 <= total.high { held += 1 }
    }
    #expect(held >= 36)
  }

  @Test("Nothing that varies gives zeros, not a division by zero")
  func constant() {
    let indices = SobolIndices(columns: 1, groups: [("x", [0])], points: 16, bootstraps: 5) {
      latents, _ in latents.map { _ in 7 }
    }
    #expect(indices.factors[0].total.value == 0 && indices.variance == 0)
  }
}

@Suite struct ScreeningTests {
  @Test("Rank correlations and the rank regression are SciPy's and NumPy's")
  func peer() {
    let fixture = AnalysisFixture.shared.screening
    let screening = Screening(
      drivers: fixture.x.enumerated().map { ($0.offset, "x\($0.offset)", $0.element) },
      goal: fixture.y)
    for driver in screening.drivers {
      #expect(isClose(driver.rankCorrelation, fixture.rho[driver.slot], 1e-10))
      #expect(isClose(driver.regression, fixture.regression[driver.slot], 1e-8))
    }
    #expect(isClose(screening.explained, fixture.explained, 1e-8))
    let strengths = screening.drivers.map { abs($0.rankCorrelation) }
    #expect(strengths == strengths.sorted(by: >))
    #expect(isClose(screening.drivers.reduce(0) { $0 + abs($1.contribution) }, 1, 1e-12))
  }

  @Test("Constant and doubled drivers do no harm")
  func degenerate() {
    let x = (0..<50).map { Double($0 * 37 % 50) }
    let screening = Screening(
      drivers: [(0, "x", x), (1, "same", x), (2, "constant", x.map { _ in 4 })], goal: x)
    #expect(screening.drivers.map(\.slot) == [0, 1, 2])
    #expect(isClose(screening.drivers[0].regression, 1, 1e-12))
    #expect(screening.drivers[1].regression == 0 && screening.drivers[2].regression == 0)
    #expect(screening.drivers[2].rankCorrelation == 0)
  }
}
