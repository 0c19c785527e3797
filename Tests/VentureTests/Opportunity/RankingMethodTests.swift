import Forecast
import Testing

@testable import Venture

@Suite("Scoring methods")
struct RankingMethodTests {
  @Test(
    "TOPSIS and entropy weights equal NumPy's", arguments: DecisionFixture.shared.tables.indices)
  func numpy(index: Int) {
    let table = DecisionFixture.shared.tables[index]
    let result = TOPSIS(scores: table.scores, weights: table.weights, isBenefit: table.benefit)
    #expect(distance(result.closeness, table.closeness) < 1e-12)
    #expect(distance(EntropyWeights.weights(scores: table.scores), table.entropy) < 1e-12)
  }

  @Test("The ideal alternative has closeness 1 and the worst 0")
  func extremes() {
    let result = TOPSIS(
      scores: [[9, 1], [1, 9], [5, 5]], weights: [0.5, 0.5], isBenefit: [true, false])
    #expect(result.closeness[0] == 1)
    #expect(result.closeness[1] == 0)
    #expect(result.closeness[2] > 0.4 && result.closeness[2] < 0.6)
  }

  @Test("Alternatives that nothing tells apart are equal, and weights then too")
  func degenerate() {
    let scores = [[3.0, 7], [3, 7]]
    let result = TOPSIS(scores: scores, weights: [0.3, 0.7], isBenefit: [true, false])
    #expect(result.closeness == [0.5, 0.5])
    #expect(EntropyWeights.weights(scores: scores) == [0.5, 0.5])
    #expect(EntropyWeights.weights(scores: [[1, 2, 3]]).allSatisfy { $0 == 1 / 3.0 })
    #expect(Ranking.ranks(of: [0.2, 0.9, 0.2]) == [2.5, 1, 2.5])
  }

  /// A random table: scores 1...9, weights, signs.
  private func table(_ path: Int) -> (scores: [[Double]], weights: [Double], isBenefit: [Bool]) {
    var stream = RandomStream(RandomStream.Key(seed: 5, name: "table"), path: path, index: 0)
    let (rows, columns) = (2 + path % 5, 2 + path % 4)
    let scores = (0..<rows).map { _ in (0..<columns).map { _ in 1 + 8 * stream.uniform() } }
    let raw = (0..<columns).map { _ in stream.uniform() }
    return (
      scores, raw.map { $0 / raw.reduce(0, +) }, (0..<columns).map { _ in stream.uniform() < 0.6 }
    )
  }

  @Test("Order of alternatives does not matter; a criterion's unit does not matter to TOPSIS")
  func invariance() {
    for path in 0..<200 {
      let (scores, weights, isBenefit) = table(path)
      let result = TOPSIS(scores: scores, weights: weights, isBenefit: isBenefit).closeness
      let reversed = TOPSIS(
        scores: scores.reversed(), weights: weights, isBenefit: isBenefit
      ).closeness
      #expect(distance(result, reversed.reversed()) < 1e-12)
      let rescaled = scores.map { row in row.enumerated().map { $1 * [1000, 0.01, 3, 7, 2][$0] } }
      #expect(
        distance(
          result, TOPSIS(scores: rescaled, weights: weights, isBenefit: isBenefit).closeness)
          < 1e-12)
      #expect(
        distance(EntropyWeights.weights(scores: scores), EntropyWeights.weights(scores: rescaled))
          < 1e-12)
    }
  }

  @Test("A dominated alternative is never above the one that dominates it, by any method")
  func dominance() {
    for path in 0..<200 {
      var (scores, weights, isBenefit) = table(path)
      // The last becomes a little worse than the first everywhere.
      let last = scores.count - 1
      scores[last] = zip(scores[0], isBenefit).map { $1 ? max(1, $0 - 0.5) : $0 + 0.5 }
      let closeness = TOPSIS(scores: scores, weights: weights, isBenefit: isBenefit).closeness
      #expect(closeness[last] < closeness[0])
      let worths = scores.map { row in zip(row, isBenefit).map { $1 ? $0 : -$0 } }
      let sums = WeightedSum.scores(worths: worths, weights: weights)
      #expect(sums[last] < sums[0])
    }
  }

  @Test("Adding an alternative can reverse TOPSIS ranks; a weighted sum on fixed scales keeps them")
  func rankReversal() {
    let (pair, added) = ([[4.0, 9], [8, 3]], [[4.0, 9], [8, 3], [1, 40]])
    let (weights, isBenefit) = ([0.55, 0.45], [true, true])
    let before = TOPSIS(scores: pair, weights: weights, isBenefit: isBenefit).closeness
    let after = TOPSIS(scores: added, weights: weights, isBenefit: isBenefit).closeness
    #expect((before[0] > before[1]) != (after[0] > after[1]))
    let sums = WeightedSum.scores(worths: pair, weights: weights)
    let more = WeightedSum.scores(worths: added, weights: weights)
    #expect(sums == Array(more.prefix(2)))
  }

  @Test("Worths run from 0 to 1, the right way round, and hold what is off the scale")
  func worths() {
    for indicator in Indicator.allCases {
      let (least, most) = (indicator.value(of: 1), indicator.value(of: 9))
      #expect(least == (indicator.isBenefit ? 0 : 1))
      #expect(most == (indicator.isBenefit ? 1 : 0))
      #expect(indicator.value(of: 5) == 0.5)
      #expect(indicator.value(of: 12) == most)
    }
    #expect(Indicator.allCases.count { $0.isBenefit } == 6)
    for group in Indicator.Group.allCases {
      #expect(group.indicators.allSatisfy { $0.group == group })
    }
    #expect(Indicator.Group.allCases.flatMap(\.indicators) == Indicator.allCases)
  }
}
