import Forecast
import Testing

@testable import Venture

@Suite("Paths by criteria and by simulation")
struct PathVerdictTests {
  private func comparison() throws -> PathComparison {
    let yaml = """
      criteria: [{id: fit, name: Fit, weight: 1}]
      technology: {steps: [a, b, c], scores: {fit: 4}}
      market: {steps: [a, b, c], scores: {fit: 3}}
      innovation: {steps: [a, b, c], scores: {fit: 2}}
      """
    let section = try Section(yaml, nil) { VenturePaths(reading: $0, sheet: $1) }
    return try PathComparison(section.part, section.compiled, draws: 100)
  }

  @Test("The two ways of judging stand side by side, and a path that was not simulated says so")
  func verdicts() throws {
    let simulated = Comparison(
      names: [("technology", "T"), ("market", "M")], values: [[1, 2, 3, 4], [2, 3, 4, 1]],
      goal: .netPresentValue)
    let result = try comparison()
    let verdicts = result.verdicts(with: simulated)
    #expect(verdicts.map(\.bestByCriteria) == [1, 0, 0])
    #expect(verdicts.map(\.bestBySimulation) == [0.25, 0.75, nil])
    #expect(verdicts.map(\.expected) == [2.5, 2.5, nil])
    #expect(result.agrees(with: simulated) == false)
  }

  @Test("Nothing is said of agreement when fewer than two paths were simulated")
  func single() throws {
    let simulated = Comparison(
      names: [("technology", "T")], values: [[1, 2]], goal: .netPresentValue)
    #expect(try comparison().agrees(with: simulated) == nil)
  }
}
