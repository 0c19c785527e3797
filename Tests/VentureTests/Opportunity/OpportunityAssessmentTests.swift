import Forecast
import Foundation
import Testing

@testable import Venture

@Suite("Opportunities assessed")
struct OpportunityAssessmentTests {
  private func section(_ change: (String) -> String = { $0 }) throws -> Section<OpportunityPlan> {
    try Section(change(try DecisionFixture.plan("opportunities")), "opportunities") {
      OpportunityPlan(reading: $0, sheet: $1)
    }
  }

  @Test("The example reads without problems and is judged whole")
  func example() throws {
    let section = try section()
    #expect(section.errors.isEmpty)
    #expect(section.part.problems(section.compiled).isEmpty)
    let result = try OpportunityAssessment(section.part, section.compiled, draws: 2_000)
    #expect(result.isConsistent)
    #expect(result.ranking.first == "zhida")
    #expect(abs(result.weights.reduce(0, +) - 1) < 1e-12)
    #expect(abs(result.entropyWeights.reduce(0, +) - 1) < 1e-12)
    #expect(abs(result.entries.reduce(0) { $0 + $1.bestChance } - 1) < 1e-9)
    for entry in result.entries {
      #expect(abs(entry.groups.reduce(0, +) - entry.weightedSum) < 1e-12)
      #expect(entry.scores.allSatisfy { $0.low >= 1 && $0.high <= 9 })
    }
    let first = result.entries[0]
    #expect(first.unsupported.isEmpty)
    #expect(result.entries[1].unsupported.count == 12)
    #expect(first.sources.count == 4)
    #expect(first.swot?.findings.isEmpty == true)
    #expect(first.forces?.entries.count == 5)
    // Two of the four pieces of the first source are of one group.
    let demand = first.sources[0]
    #expect(demand.pieces == 4 && demand.effectivePieces < 3.3 && demand.effectivePieces > 3.1)
    #expect(demand.posterior.mean > demand.prior.mean)
    // The S-curve rises and stays below its market.
    let curve = try #require(first.adoption)
    #expect(curve.median.count == 61 && curve.median[0] == 0)
    #expect(zip(curve.median, curve.median.dropFirst()).allSatisfy { $0 < $1 })
    #expect(zip(curve.low, curve.high).allSatisfy { $0 <= $1 })
  }

  @Test("Same seed, same assessment; another seed moves chances only within noise; Codable")
  func reproducible() throws {
    let section = try section()
    func assess(_ seed: UInt64) throws -> OpportunityAssessment {
      try OpportunityAssessment(section.part, section.compiled, draws: 2_000, seed: seed)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let first = try encoder.encode(try assess(1))
    #expect(first == (try encoder.encode(try assess(1))))
    let back = try JSONDecoder().decode(OpportunityAssessment.self, from: first)
    #expect(back.ranking == (try assess(1)).ranking)
    let (one, two) = (try assess(1), try assess(2))
    #expect(one.acceptability != two.acceptability)
    // Five standard errors of a difference: 5 · √(2 · 0.25 ÷ 2000).
    #expect(distance(one.acceptability.best, two.acceptability.best) < 0.08)
  }

  @Test("The order of the candidates moves nobody's figures")
  func order() throws {
    let text = try DecisionFixture.plan("opportunities")
    let mark = "    - id: "
    var parts = text.components(separatedBy: mark)
    let head = parts.removeFirst()
    let reversed = head + parts.reversed().map { mark + $0 }.joined()
    let one = try section()
    let two = try section { _ in reversed }
    let first = try OpportunityAssessment(one.part, one.compiled, draws: 500)
    let second = try OpportunityAssessment(two.part, two.compiled, draws: 500)
    #expect(first.ranking == second.ranking)
    for entry in first.entries {
      let other = try #require(second.entries.first { $0.id == entry.id })
      #expect(abs(entry.weightedSum - other.weightedSum) < 1e-12)
      #expect(abs(entry.closeness - other.closeness) < 1e-12)
      #expect(abs(entry.bestChance - other.bestChance) < 1e-9)
    }
  }

  private static let shares =
    "size: 0.2, growth: 0.1, competition: 0.1, difficulty: 0.05, cost: 0.05, maturity: 0.1, "
    + "standing: 0.05, brand: 0.05, satisfaction: 0.1, market_risk: 0.05, technology_risk: 0.05, "

  @Test("Direct weights sum to 1 or are an error at their line")
  func direct() throws {
    let right = try Section("direct: {\(Self.shares)financial_risk: 0.1}", nil) { node, _ in
      IndicatorWeights(reading: node)
    }
    #expect(right.errors.isEmpty)
    #expect(abs(right.part.stated[0] - 0.2) < 1e-12)
    let wrong = try Section("direct: {\(Self.shares)financial_risk: 0.3}", nil) { node, _ in
      IndicatorWeights(reading: node)
    }
    #expect(wrong.errors == ["line 1: direct: weights sum to 1.2; they must sum to 1"])
  }

  @Test("Swings are points of 100; Dirichlet draws keep their mean and tighten with concentration")
  func swing() throws {
    let points = Self.shares.replacing("0.2", with: "100") + "financial_risk: 50"
    let section = try Section("{swing: {\(points)}, concentration: 50}", nil) { node, _ in
      IndicatorWeights(reading: node)
    }
    #expect(section.errors.isEmpty)
    let weights = section.part
    let draws = (0..<4_000).map { draw -> [Double] in
      var stream = RandomStream(
        RandomStream.Key(seed: 1, name: "weights"), path: draw, index: 0)
      return weights.draw(&stream)
    }
    let mean = draws.reduce(0) { $0 + $1[0] } / 4_000
    let expected = weights.stated[0]
    #expect(abs(mean - expected) < 0.005)
    let variance = draws.reduce(0) { $0 + ($1[0] - mean) * ($1[0] - mean) } / 4_000
    #expect(abs(variance / (expected * (1 - expected) / 51) - 1) < 0.1)
    #expect(draws.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-12 })
  }

  @Test(
    "What is wrong is told at its line and field",
    arguments: [
      ("score: 5 to 7, measure: 可获得市场", "score: 12, measure: 可获得市场", "between 1 and 9"),
      ("prior: 35%", "prior: 135%", "a probability must be between 0 and 1"),
      ("ratio: 2 to 5", "ratio: 0", "a likelihood ratio must be above 0"),
      ("serviceable: 20% to 35%", "serviceable: 150%", "a share must be between 0 and 1"),
      ("market/technology: 2", "market/technology: 20", "must be from 1/9 to 9"),
      ("size/growth: 1,", "", "needs 'size/growth'"),
      ("size/growth: 1,", "size/growth: 1, growth/size: 2,", "is there both ways round"),
      ("{inner: S1, outer: O2,", "{inner: S1, outer: O1,", "is answered twice"),
      ("chosen: zhida", "chosen: nobody", "is not the id of a candidate"),
      ("- id: writer", "- id: vision", "ids must be unique"),
      ("rivalry: {score: 3.5", "rivalri: {score: 3.5", "did you mean 'rivalry'?"),
    ])
  func problems(original: String, replacement: String, message: String) throws {
    let text = try DecisionFixture.plan("opportunities")
    #expect(text.contains(original))
    let section = try section { $0.replacing(original, with: replacement) }
    let problems = section.problems.all + section.part.problems(section.compiled)
    let found = try #require(
      problems.first { $0.severity == .error && $0.message.contains(message) })
    #expect(found.line > 0 && found.field.hasPrefix("opportunities"))
  }

  @Test("Without a score, an assessment says so instead of trapping")
  func missingScore() throws {
    let section = try section { $0.replacing("size: 4 to 7, growth", with: "growth") }
    #expect(section.errors.count == 1)
    #expect(throws: ForecastError.self) {
      try OpportunityAssessment(section.part, section.compiled)
    }
  }
}
