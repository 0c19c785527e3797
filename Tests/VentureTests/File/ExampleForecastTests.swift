import Forecast
import Testing

@testable import Venture

@Suite struct ExampleForecastTests {
  /// The example is to teach: neither certain nor hopeless.
  @Test func theExamplesBreakEvenIsInDoubt() throws {
    let plan = try #require(Plan.read(text: PlanExample.venture(language: "en")).plan)
    let outcome = try Simulation(plan.model()).run(.init(paths: 2_000, seed: 1))
    let chance = try #require(outcome.breakEvenBy.last)
    #expect((0.5...0.85).contains(chance), "\(chance)")
  }

  @Test func theMinimalPlanCanBeSimulated() throws {
    let plan = try #require(Plan.read(text: PlanExample.minimal).plan)
    let outcome = try Simulation(plan.model()).run(.init(paths: 500, seed: 1))
    #expect(outcome.breakEvenBy.count == 36)
    #expect((outcome.fans[.customers]?.mean.last ?? 0) > 10)
  }
}
