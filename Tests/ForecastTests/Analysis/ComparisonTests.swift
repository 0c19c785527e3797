import Foundation
import Testing

@testable import Forecast

/// Seeded normal numbers, one stream a name.
func normals(_ name: String, _ count: Int, seed: UInt64 = 1) -> [Double] {
  let key = RandomStream.Key(seed: seed, name: name)
  return (0..<count).map { path in
    var stream = RandomStream(key, path: path, index: 0)
    return Normal.quantile(stream.uniform())
  }
}

@Suite struct ComparisonTests {
  static let names = ["a", "b", "c", "d"].map { (id: $0, name: $0.uppercased()) }

  @Test("A small table is judged as by hand")
  func byHand() {
    let comparison = Comparison(
      names: Array(Self.names.prefix(3)),
      values: [[1, 2, 3, 4], [2, 2, 0, 8], [0, 0, 0, 0]], goal: .netPresentValue)
    let rows = comparison.rows
    #expect(rows.map(\.expected) == [2.5, 3, 0])
    // Path 2 is a tie of a and b.
    #expect(rows.map(\.chanceBest) == [0.375, 0.625, 0])
    #expect(rows.map(\.regret) == [1.25, 0.75, 3.75])
    #expect(rows.map(\.chanceBetter) == [0.5, 0.625, 0])
    #expect(rows.map(\.difference) == [0, 0.5, -2.5])
    // Differences 1, 0, −3, 4: variance 8⅓.
    #expect(isClose(rows[1].differenceError, (25.0 / 3 / 4).squareRoot(), 1e-14))
    #expect(rows.map(\.worstDecile) == [1, 0, 0])
    #expect(comparison.bestExpected == 1 && comparison.bestWorstDecile == 0)
    // Best of each path: 2, 2, 3, 8.
    #expect(comparison.perfectInformation == 0.75)
    #expect(
      comparison.dominated == [
        .init(better: 0, worse: 2, dominance: .always),
        .init(better: 1, worse: 2, dominance: .always),
      ])
  }

  @Test("Where low is good, the lowest wins")
  func lowIsGood() {
    let comparison = Comparison(
      names: Array(Self.names.prefix(2)), values: [[10, 20], [12, 30]], goal: Goal(.breakEvenMonth))
    #expect(comparison.rows.map(\.chanceBest) == [1, 0])
    #expect(comparison.rows.map(\.regret) == [0, 6])
    #expect(comparison.bestExpected == 0)
    #expect(comparison.rows.map(\.worstDecile) == [20, 30])
    #expect(comparison.dominated == [.init(better: 0, worse: 1, dominance: .always)])
  }

  @Test("Dominance: at every percentile, and for whoever dislikes risk")
  func dominance() {
    let comparison = Comparison(
      names: Array(Self.names.prefix(3)), values: [[1, 2, 3], [3, 1.5, 2.5], [2, 2, 2]],
      goal: .netPresentValue)
    // c is a without its risk; b, sorted 1.5, 2.5, 3, lies above a at every percentile.
    #expect(comparison.dominated.contains(.init(better: 1, worse: 0, dominance: .firstOrder)))
    #expect(comparison.dominated.contains(.init(better: 2, worse: 0, dominance: .secondOrder)))
    #expect(!comparison.dominated.contains { $0.better == 0 })
  }

  @Test("Common random numbers shrink the error of a difference")
  func paired() {
    let luck = normals("luck", 4_000)
    let own = normals("own", 4_000)
    let comparison = Comparison(
      names: Array(Self.names.prefix(2)),
      values: [luck.map { 100 * $0 }, zip(luck, own).map { 100 * $0 + $1 + 0.2 }],
      goal: .netPresentValue)
    let row = comparison.rows[1]
    #expect(row.differenceError < comparison.rows[1].standardError / 50)
    #expect(abs(row.difference - 0.2) < 4 * row.differenceError)
  }

  @Test("Paths on which an alternative lacks the figure are left out of all")
  func missing() {
    let comparison = Comparison(
      names: Array(Self.names.prefix(2)), values: [[1, .nan, 3], [2, 9, 2]], goal: .netPresentValue)
    #expect(comparison.paths == 2)
    #expect(comparison.rows.map(\.expected) == [2, 2])
  }

  @Test("The worst tenth takes the value on its edge in part")
  func worstTenth() {
    let values = (1...15).map(Double.init)
    let worst = Statistics.worstMean(values, share: 0.1, isHigherBetter: true)
    #expect(isClose(worst, (1 + 0.5 * 2) / 1.5, 1e-14))
    let normal = Statistics.worstMean(normals("x", 40_000), share: 0.1, isHigherBetter: true)
    // −φ(z₀.₁) ÷ 0.1.
    #expect(abs(normal + 1.75498) < 0.02)
  }
}
