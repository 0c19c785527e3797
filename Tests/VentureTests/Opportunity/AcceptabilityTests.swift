import Forecast
import Testing

@testable import Venture

@Suite("Rank acceptability (SMAA)")
struct AcceptabilityTests {
  /// Uniform weights on the simplex.
  private func weights(_ count: Int, draws: Int) -> [[Double]] {
    let key = RandomStream.Key(seed: 3, name: "weights")
    return (0..<draws).map { draw in
      var stream = RandomStream(key, path: draw, index: 0)
      let raw = (0..<count).map { _ in stream.gamma(1) }
      return raw.map { $0 / raw.reduce(0, +) }
    }
  }

  @Test("Two alternatives under unknown weights: chance and central weights equal the exact ones")
  func exact() {
    // First better when 0.2 t > 0.15 (1 − t), so for t over 3/7, t uniform.
    let draws = 40_000
    let result = Acceptability(
      worths: Array(repeating: [[0.6, 0.3], [0.4, 0.45]], count: draws),
      weights: weights(2, draws: draws))
    // Four standard errors: √(p(1 − p) ÷ n) = 0.0025.
    #expect(abs(result.best[0] - 4 / 7.0) < 0.01)
    #expect(abs(result.centralWeights[0][0] - 5 / 7.0) < 0.005)
    #expect(abs(result.centralWeights[1][0] - 1.5 / 7) < 0.005)
    #expect(result.confidence == [1, 1])
  }

  @Test("Uncertain scores: ranks and central weights equal NumPy's", arguments: [0, 1])
  func numpy(index: Int) {
    let expected = DecisionFixture.shared.acceptability[index]
    let draws = 40_000
    let key = RandomStream.Key(seed: 4, name: "scores")
    let worths = (0..<draws).map { draw in
      var stream = RandomStream(key, path: draw, index: 0)
      return zip(expected.means, expected.deviations).map { means, deviations in
        zip(means, deviations).map { $0 + $1 * stream.normal() }
      }
    }
    let result = Acceptability(
      worths: worths, weights: weights(expected.means[0].count, draws: draws))
    for (row, numpy) in zip(result.ranks, expected.ranks) { #expect(distance(row, numpy) < 0.011) }
    for (row, numpy) in zip(result.centralWeights, expected.central) {
      #expect(distance(row, numpy) < 0.011)
    }
  }

  @Test("Ranks of an alternative, and alternatives of a rank, sum to 1; wins and losses too")
  func sums() {
    let draws = 500
    let key = RandomStream.Key(seed: 9, name: "scores")
    let worths = (0..<draws).map { draw in
      var stream = RandomStream(key, path: draw, index: 0)
      // Coarse, so that ties happen.
      return (0..<4).map { _ in (0..<2).map { _ in (stream.uniform() * 3).rounded() / 3 } }
    }
    let result = Acceptability(
      worths: worths, weights: Array(repeating: [0.5, 0.5], count: draws))
    for index in 0..<4 {
      #expect(abs(result.ranks[index].reduce(0, +) - 1) < 1e-9)
      #expect(abs(result.ranks.reduce(0) { $0 + $1[index] } - 1) < 1e-9)
      for other in 0..<4 where other != index {
        #expect(abs(result.pairwise[index][other] + result.pairwise[other][index] - 1) < 1e-9)
      }
    }
  }

  @Test("A dominated alternative never ranks first, and equal ones share")
  func dominanceAndTies() {
    let result = Acceptability(
      worths: Array(repeating: [[0.7, 0.5], [0.6, 0.4], [0.7, 0.5]], count: 300),
      weights: weights(2, draws: 300))
    #expect(result.best == [0.5, 0, 0.5])
    #expect(result.confidence == [0.5, 0, 0.5])
    #expect(result.centralWeights[1].isEmpty)
    #expect(result.ranks[1] == [0, 0, 1])
  }
}
