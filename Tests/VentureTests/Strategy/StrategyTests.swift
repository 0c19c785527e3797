import Forecast
import Testing

@testable import Venture

@Suite("Strategy")
struct StrategyTests {
  private func section(_ change: (String) -> String = { $0 }) throws -> Section<Strategy> {
    try Section(change(try DecisionFixture.plan("strategy")), "strategy") {
      Strategy(reading: $0, sheet: $1)
    }
  }

  private let context = StrategyContext(
    people: ["lin", "chen", "wu"], channels: ["smb": ["search"], "enterprise": ["sales"]],
    streams: ["membership", "resolution"], scenarios: [])

  @Test("The example reads without problems, and its parts hold together")
  func example() throws {
    let section = try section()
    #expect(section.errors.isEmpty)
    #expect(section.part.problems(section.compiled).isEmpty)
    #expect(section.part.findings(context) == [])
    #expect(section.part.claims.count == 20)
  }

  @Test(
    "What does not hold together is found",
    arguments: [
      ("    drop: \"< 500 家\"\n", "", StrategyFinding.Kind.claimIncomplete, "vision", "drop"),
      ("    metric: 毛利率\n", "", .claimIncomplete, "profit_model", "metric"),
      ("advantages: [playbooks]", "advantages: []", .advantageUnused, "playbooks", ""),
      ("segments: [enterprise]", "segments: [nobody]", .customerUnreached, "连锁与品牌商", "nobody"),
      ("customers: [shops, chains]", "customers: []", .productUnwanted, "知答客服助手", ""),
      ("customers: [shops, chains]", "customers: [chains]", .customerUnserved, "中小电商", ""),
      ("goals: [seed]", "goals: []", .goalUnserved, "seed", ""),
      ("goals: [seed]", "goals: []", .taskWithoutGoal, "roadshow", ""),
      ("goals: [seed], owner: lin", "goals: [seed]", .taskWithoutOwner, "roadshow", ""),
      ("goals: [seed], owner: lin", "goals: [seed], owner: eve", .ownerUnknown, "roadshow", "eve"),
      ("metric: 解决率, threshold", "threshold", .gateWithoutMetric, "fit_gate", ""),
      ("threshold: \">= 60%\", ", "", .gateWithoutThreshold, "fit_gate", ""),
      (", date: 2027-07-31}", "}", .gateWithoutDate, "fit_gate", ""),
      ("streams: [membership, resolution]", "streams: [lottery]", .streamUnknown, "lottery", ""),
      ("area: funding", "area: team", .areaEmpty, "startup", "funding"),
      (
        "summary: 先把", "scenario: none\n      summary: 先把", .pathWithoutScenario, "technology",
        "none"
      ),
    ])
  func findings(
    original: String, replacement: String, kind: StrategyFinding.Kind, subject: String,
    detail: String
  ) throws {
    #expect(try DecisionFixture.plan("strategy").contains(original))
    let section = try section { $0.replacing(original, with: replacement) }
    #expect(section.errors.isEmpty)
    let found = section.part.findings(context).first { $0.kind == kind && $0.subject == subject }
    let finding = try #require(found)
    #expect(finding.detail == detail)
    #expect(finding.line > 0)
    #expect(finding.problem.severity == .warning)
  }

  @Test("An empty strategy lacks every part")
  func empty() throws {
    let section = try Section("strategy: {vision: To be great}", "strategy") {
      Strategy(reading: $0, sheet: $1)
    }
    let findings = section.part.findings(context)
    #expect(findings.count { $0.kind == .sectionMissing } == 8)
    #expect(
      findings.filter { $0.kind == .claimIncomplete }.map(\.detail).sorted()
        == ["date", "drop", "metric", "owner"])
  }

  @Test(
    "A bound is a sign, a number and a unit",
    arguments: [
      ("< 500 家", Threshold.Comparison.below, 500.0, "家"), (">= 60%", .atLeast, 0.6, ""),
      ("≤ 1,200.5", .atMost, 1200.5, ""), ("＞3万 元", .above, 30_000, "元"),
      ("> -2 亿", .above, -2e8, ""), ("<8 ¥/月", .below, 8, "¥/月"),
    ])
  func thresholds(
    text: String, comparison: Threshold.Comparison, value: Double, unit: String
  ) throws {
    let threshold = try #require(Threshold(text))
    #expect(threshold.comparison == comparison)
    #expect(abs(threshold.value - value) <= 1e-12 * abs(value))
    #expect(threshold.unit == unit)
  }

  @Test("Anything else is not a bound", arguments: ["", "500", "< ", "< many", "== 5", "< 1.2.3"])
  func notThresholds(text: String) { #expect(Threshold(text) == nil) }

  @Test(
    "A bound holds on its own side",
    arguments: [
      ("< 5", [true, false, false]), ("<= 5", [true, true, false]), (">= 5", [false, true, true]),
      ("> 5", [false, false, true]),
    ])
  func sides(text: String, expected: [Bool]) throws {
    let threshold = try #require(Threshold(text))
    #expect([4, 5, 6].map { threshold.holds(for: $0) } == expected)
  }

  @Test(
    "What is wrong is told at its line and field",
    arguments: [
      ("weight: 0.1}", "weight: 0.3}", "weights sum to 1.2; they must sum to 1"),
      ("scores: {fit: 3 to 4,", "scores: {fit: 7,", "attractiveness must be between 1 and 4"),
      ("advantages: [playbooks]", "advantages: [luck]", "which 'advantages' does not list"),
      ("goals: [seed]", "goals: [gold]", "which this stage does not have"),
      ("area: funding", "area: fund_management", "is not of this stage"),
      ("drop: \"> 25%\"", "drop: soon", "is not a bound"),
      ("date: 2028-06-30", "date: 2028-13-30", "is not a date"),
      ("id: chains\n", "id: shops\n", "ids must be unique"),
    ])
  func problems(original: String, replacement: String, message: String) throws {
    #expect(try DecisionFixture.plan("strategy").contains(original))
    let section = try section { $0.replacing(original, with: replacement) }
    let problems = section.problems.all + section.part.problems(section.compiled)
    let found = try #require(
      problems.first { $0.severity == .error && $0.message.contains(message) })
    #expect(found.line > 0 && found.field.hasPrefix("strategy"))
  }

  @Test("Paths: totals are Σ weight × attractiveness; a certain leader wins surely")
  func comparison() throws {
    let yaml = """
      criteria:
        - {id: fit, name: Fit, weight: 0.75}
        - {id: speed, name: Speed, weight: 0.25}
      technology: {steps: [a, b, c], scores: {fit: 4, speed: 2}}
      market: {steps: [a, b, c], scores: {fit: 3, speed: 4}}
      innovation: {steps: [a, b, c], scores: {fit: 3, speed: 4}}
      """
    let section = try Section(yaml, nil) { VenturePaths(reading: $0, sheet: $1) }
    #expect(section.errors.isEmpty)
    let result = try PathComparison(section.part, section.compiled, draws: 200)
    #expect(distance(result.entries.map(\.stated), [3.5, 3.25, 3.25]) < 1e-12)
    #expect(result.entries.map(\.best) == [1, 0, 0])
    #expect(result.winner?.kind == .technology && result.winner?.isSettled == true)
    #expect(result.pairwise[1][2] == 0.5)
    #expect(distance(result.weights, [0.75, 0.25]) < 1e-12)
  }

  @Test("Uncertain scores: the chance to be best is the exact one of two uniform scores")
  func chance() throws {
    let yaml = """
      criteria: [{id: fit, name: Fit, weight: 1}]
      technology: {steps: [a, b, c], scores: {fit: "uniform(1, 4)"}}
      market: {steps: [a, b, c], scores: {fit: 3}}
      """
    let section = try Section(yaml, nil) { VenturePaths(reading: $0, sheet: $1) }
    #expect(section.errors.isEmpty)
    let result = try PathComparison(section.part, section.compiled, draws: 40_000)
    // P(uniform(1, 4) > 3) = 1/3, within four standard errors.
    #expect(abs(result.entries[0].best - 1 / 3.0) < 0.0095)
    #expect(abs(result.entries[0].total.mean - 2.5) < 0.02)
    #expect(result.winner?.isSettled == false)
  }
}
