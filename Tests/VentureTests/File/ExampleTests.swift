import Forecast
import Testing

@testable import Venture

@Suite struct ExampleTests {
  @Test(arguments: ["en", "zh"])
  func theExampleReadsWithoutAWord(language: String) throws {
    let reading = Plan.read(text: PlanExample.venture(language: language))
    for problem in reading.problems { print(problem.severity, problem.description) }
    #expect(reading.problems.isEmpty)
    let plan = try #require(reading.plan)
    #expect(plan.language == language)
    #expect(plan.model().months == 60)
  }

  @Test func theMinimalPlanReadsWithoutAWord() throws {
    let text = PlanExample.minimal
    #expect(text.split(separator: "\n").count <= 30)
    let reading = Plan.read(text: text)
    for problem in reading.problems { print(problem.severity, problem.description) }
    #expect(reading.problems.isEmpty)
    let model = try #require(reading.plan).model()
    #expect(model.segments.count == 1 && model.streams.count == 1 && model.months == 36)
  }
}

extension ExampleTests {
  /// A model without what the language changes.
  private func bare(_ model: Model) -> Model {
    var model = model
    model.parameters.slots = model.parameters.slots.map {
      .init(
        name: $0.name, label: "", unit: "", scale: $0.scale, line: $0.line, content: $0.content)
    }
    for index in model.segments.indices {
      model.segments[index].name = ""
      for channel in model.segments[index].channels.indices {
        model.segments[index].channels[channel].name = ""
      }
    }
    for index in model.streams.indices { model.streams[index].name = "" }
    for index in model.roles.indices { model.roles[index].name = "" }
    for index in model.costs.indices { model.costs[index].name = "" }
    for index in model.shocks.indices { model.shocks[index].name = "" }
    for index in model.finance.rounds.indices { model.finance.rounds[index].name = "" }
    for index in model.finance.loans.indices { model.finance.loans[index].name = "" }
    return model
  }

  @Test func bothLanguagesHaveTheSameNumbers() throws {
    let english = try #require(Plan.read(text: PlanExample.venture(language: "en")).plan)
    let chinese = try #require(Plan.read(text: PlanExample.venture(language: "zh")).plan)
    #expect(bare(english.model()) == bare(chinese.model()))
    #expect(english.scenarios.map(\.id) == chinese.scenarios.map(\.id))
    for scenario in english.scenarios {
      #expect(
        bare(try english.model(scenario: scenario.id))
          == bare(try chinese.model(scenario: scenario.id)))
    }
    #expect(english.model().parameters.uncertain.count >= 40)
  }

  @Test func everyScenarioChangesTheModel() throws {
    let plan = try #require(Plan.read(text: PlanExample.venture(language: "en")).plan)
    for scenario in plan.scenarios {
      #expect(try plan.model(scenario: scenario.id) != plan.model(), "\(scenario.id)")
    }
    #expect(throws: PlanProblem.self) { try plan.model(scenario: "none") }
    let streams = try plan.model(scenario: "subscriptions_only").streams.map(\.id)
    #expect(streams == ["packages", "seats", "api"])
  }

  @Test(arguments: ["en", "zh"])
  func everyFigureNamesItsLine(language: String) throws {
    let text = PlanExample.venture(language: language)
    let plan = try #require(Plan.read(text: text).plan)
    let figures = try plan.figures()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let source = try PlanText(text)
    #expect(figures.count > 150)
    for figure in figures {
      #expect(lines[figure.line - 1].contains(figure.text), "\(figure.slot)")
      #expect(figure.low <= figure.median && figure.median <= figure.high, "\(figure.slot)")
      if let path = PlanPath(figure.path), !figure.path.contains("scenarios") {
        #expect(source.value(at: "\(path)") == .text(figure.text), "\(figure.slot)")
      }
    }
    let churn = try #require(figures.first { $0.slot == "smb_churn" })
    #expect(churn.path == "assumptions.smb_churn.value")
    #expect(abs(churn.low - 4) < 1e-6 && abs(churn.high - 8.5) < 1e-6)
  }

  @Test func theExamplesStrategyHoldsTogether() {
    let check = PlanCheck(text: PlanExample.venture(language: "en"))
    #expect(check.problems.isEmpty, "\(check.problems)")
  }
}
