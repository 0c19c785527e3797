import Foundation
import Testing

@testable import Forecast

@Suite struct CorrelationTests {
  static func table(
    _ laws: [Distribution], _ pairs: [(Int, Int, Double)]
  ) -> ParameterTable {
    ParameterTable(
      slots: laws.enumerated().map {
        .init(
          name: "x\($0.offset)", label: "", unit: "", scale: 1, line: 1,
          content: .uncertain($0.element))
      }, correlations: pairs.map { .init(first: $0.0, second: $0.1, rho: $0.2) })
  }

  static func ranks(_ values: [Double]) -> [Double] {
    var ranks = [Double](repeating: 0, count: values.count)
    for (rank, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
      ranks[index] = Double(rank)
    }
    return ranks
  }

  static func spearman(_ x: [Double], _ y: [Double]) -> Double {
    let a = ranks(x), b = ranks(y)
    let mean = Double(x.count - 1) / 2
    let both = zip(a, b).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
    return both / a.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }

  @Test("Realised Spearman is within ±0.03 of ρ, for any law, and other pairs stay independent")
  func realised() throws {
    let laws: [Distribution] = [
      .normal(mean: 1, deviation: 2), .lognormal(mu: 0, sigma: 1), .pert(low: 0, mode: 1, high: 5),
      .gamma(shape: 2, scale: 1), .uniform(low: 0, high: 1), .poisson(mean: 1000),
    ]
    let pairs = [(0, 1, 0.6), (1, 2, -0.4), (0, 2, -0.7), (3, 5, 0.9)]
    let program = try ParameterProgram(Self.table(laws, pairs))
    let n = 10_000
    var columns = [[Double]](repeating: [], count: laws.count)
    for path in 0..<n {
      var stream = RandomStream(.init(seed: 11, name: "copula"), path: path, index: 0)
      let values = program.values(uniforms: laws.map { _ in stream.uniform() })
      for (index, value) in values.enumerated() { columns[index].append(value) }
    }
    for (first, second, rho) in pairs + [(3, 4, 0), (0, 4, 0), (0, 3, 0), (1, 5, 0)] {
      #expect(abs(Self.spearman(columns[first], columns[second]) - rho) < 0.03)
    }
    // The margins stay what they were.
    for (index, law) in laws.enumerated() where !law.isDiscrete {
      #expect(kolmogorovChance(columns[index]) { law.cumulative($0) } > 1e-3)
    }
  }

  @Test("Without correlations a slot is its quantile at its uniform")
  func independent() throws {
    let laws: [Distribution] = [.normal(mean: 1, deviation: 2), .uniform(low: 0, high: 4)]
    let values = try Self.table(laws, []).values(uniforms: [0.9, 0.25])
    expectClose(values[0], laws[0].quantile(0.9), 1e-12)
    #expect(values[1] == 1)
  }

  @Test("Higham's example has its published nearest correlation matrix")
  func higham() {
    var matrix = CorrelationMatrix(size: 3)
    matrix[0, 1] = 1
    matrix[1, 2] = 1
    let nearest = matrix.nearest
    #expect(abs(nearest[0, 1] - 0.7607) < 5e-5)
    #expect(abs(nearest[1, 2] - 0.7607) < 5e-5)
    #expect(abs(nearest[0, 2] - 0.1573) < 5e-5)
    #expect(nearest[0, 0] == 1)
  }

  @Test("A possible matrix is its own nearest")
  func unchanged() {
    var matrix = CorrelationMatrix(size: 3)
    matrix[0, 1] = 0.5
    matrix[1, 2] = -0.2
    for (left, right) in zip(matrix.nearest.values, matrix.values) {
      #expect(abs(left - right) < 1e-8)
    }
  }

  @Test("A matrix that is not positive definite is refused with one that is")
  func refused() throws {
    let laws = [Distribution](repeating: .normal(mean: 0, deviation: 1), count: 3)
    let error = #expect(throws: ForecastError.self) {
      try ParameterProgram(Self.table(laws, [(0, 1, 0.9), (1, 2, 0.9), (0, 2, -0.9)]))
    }
    let message = try #require(error?.message)
    #expect(error?.code == .correlation)
    #expect(message.contains("x0 ~ x1: 0.900") && message.contains("x0 ~ x2: -0.900"))
    // What is offered is accepted.
    let offer = try #require(message.split(separator: "The nearest that can: ").last)
    let pairs = try offer.split(separator: ", ").map { part in
      let words = part.split(separator: " ")
      let first = try #require(Int(words[0].dropFirst()))
      let second = try #require(Int(words[2].dropFirst().dropLast()))
      return (first, second, try #require(Double(words[3])))
    }
    #expect(pairs.count == 3)
    #expect(pairs[0].2 > 0.3 && pairs[2].2 < -0.3)
    _ = try ParameterProgram(Self.table(laws, pairs))
  }

  @Test(
    "Pairs that mean nothing are refused",
    arguments: [
      [(0, 0, 0.5)], [(0, 1, 1.0)], [(0, 1, -1.5)], [(0, 1, .nan)], [(0, 1, 0.2), (1, 0, 0.2)],
      [(0, 9, 0.2)],
    ])
  func meaningless(pairs: [(Int, Int, Double)]) {
    let laws = [Distribution](repeating: .normal(mean: 0, deviation: 1), count: 2)
    let error = #expect(throws: ForecastError.self) {
      try ParameterProgram(Self.table(laws, pairs))
    }
    #expect(error?.code == .correlation)
  }
}
