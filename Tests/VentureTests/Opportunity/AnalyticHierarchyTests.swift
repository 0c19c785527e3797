import Testing

@testable import Venture

@Suite("Pairwise comparison (AHP)")
struct AnalyticHierarchyTests {
  @Test("A published 5 × 5 matrix has the published eigenvalue, ratio and weights")
  func publishedMatrix() {
    let result = AnalyticHierarchy(
      PairwiseMatrix(size: 5, upper: [0.5, 4, 3, 3, 7, 5, 5, 0.5, 1 / 3.0, 1]))
    #expect(abs(result.eigenvalue - 5.0721) < 5e-5)
    #expect(abs(result.consistencyRatio - 0.0161) < 5e-5)
    #expect(distance(result.weights, [0.2636, 0.4758, 0.0538, 0.0981, 0.1087]) < 1e-4)
    #expect(result.isConsistent)
  }

  @Test(
    "Weights, eigenvalue and ratio equal LAPACK's",
    arguments: DecisionFixture.shared.hierarchies.indices)
  func lapack(index: Int) {
    let expected = DecisionFixture.shared.hierarchies[index]
    let result = AnalyticHierarchy(PairwiseMatrix(size: expected.size, upper: expected.upper))
    #expect(abs(result.eigenvalue - expected.eigenvalue) < 1e-10)
    #expect(abs(result.consistencyRatio - expected.ratio) < 1e-10)
    #expect(distance(result.weights, expected.weights) < 1e-10)
  }

  @Test("Judgments made from weights give the weights back and contradict nothing")
  func consistent() {
    let weights = [0.4, 0.3, 0.2, 0.1]
    var matrix = PairwiseMatrix(size: 4)
    for i in 0..<4 { for j in 0..<4 where j > i { matrix[i, j] = weights[i] / weights[j] } }
    let result = AnalyticHierarchy(matrix)
    #expect(distance(result.weights, weights) < 1e-12)
    #expect(result.consistencyRatio < 1e-12)
    #expect(result.worst == nil)
  }

  @Test(
    "The limit of the ratio follows the size",
    arguments: [(3, 0.05), (4, 0.08), (5, 0.10), (9, 0.10)])
  func limits(size: Int, limit: Double) {
    #expect(AnalyticHierarchy(PairwiseMatrix(size: size)).limit == limit)
  }

  @Test("Two things never contradict each other")
  func pair() {
    let result = AnalyticHierarchy(PairwiseMatrix(size: 2, upper: [9]))
    #expect(result.consistencyRatio == 0)
    #expect(distance(result.weights, [0.9, 0.1]) < 1e-12)
  }

  @Test("A circle of preferences is inconsistent, and the hint names it")
  func worstTriad() throws {
    // 0 over 1, 1 over 3, but 3 over 0; thing 2 equals thing 1.
    let result = AnalyticHierarchy(
      PairwiseMatrix(size: 4, upper: [3, 3, 1 / 3.0, 1, 3, 3]))
    #expect(!result.isConsistent)
    let worst = try #require(result.worst)
    #expect([worst.first, worst.second, worst.third] == [0, 1, 3])
    #expect(abs(worst.implied - 9) < 1e-12)
    #expect(abs(worst.judgment - 1 / 3.0) < 1e-12)
  }

  @Test("The group's matrix stays reciprocal: opposite judges cancel out")
  func geometricMean() {
    let group = PairwiseMatrix(geometricMeanOf: [
      PairwiseMatrix(size: 3, upper: [4, 2, 1]), PairwiseMatrix(size: 3, upper: [0.25, 2, 9]),
    ])
    #expect(abs(group[0, 1] - 1) < 1e-12)
    #expect(abs(group[0, 2] - 2) < 1e-12)
    #expect(abs(group[1, 2] - 3) < 1e-12)
    #expect(abs(group[2, 1] * group[1, 2] - 1) < 1e-12)
  }

  @Test("The order in which things are named does not move their weights")
  func permutation() {
    let judgments: [Double] = [2, 5, 1 / 3.0, 3, 1 / 2.0, 1 / 7.0]
    let matrix = PairwiseMatrix(size: 4, upper: judgments)
    let order = [2, 0, 3, 1]
    var shuffled = PairwiseMatrix(size: 4)
    for i in 0..<4 { for j in 0..<4 where j > i { shuffled[i, j] = matrix[order[i], order[j]] } }
    let weights = AnalyticHierarchy(matrix).weights
    #expect(distance(AnalyticHierarchy(shuffled).weights, order.map { weights[$0] }) < 1e-12)
  }

  @Test(
    "Judgments are fractions or numbers from 1/9 to 9",
    arguments: [
      ("3", 3.0), ("1/3", 1 / 3.0), ("0.5", 0.5), ("1/9", 1 / 9.0), ("10", nil), ("1/10", nil),
      ("0", nil), ("1/0", nil), ("-2", nil), ("a", nil), ("1/2/3", nil), ("", nil),
    ] as [(String, Double?)])
  func judgments(text: String, value: Double?) {
    #expect(PairwiseMatrix.judgment(text) == value)
  }
}
