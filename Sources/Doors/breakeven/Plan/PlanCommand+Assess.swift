import ArgumentParser
import Dashboard
import Forecast
import Foundation
import Venture

extension PlanCommand {
  struct Assess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Judge opportunity, strategy, team, project and cases by their methods.")
    @OptionGroup var plan: PlanOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "Seed.") var seed: UInt64 = 1

    func run() async throws {
      let desk = try plan.desk()
      let assessment = try await desk.assessment(seed: seed)
      let project = try? await desk.project(seed: seed)
      if output.json {
        struct Whole: Encodable {
          let assessment: PlanAssessment
          let project: ProjectReport?
        }
        return try Output.json(Whole(assessment: assessment, project: project))
      }
      try AssessmentText(assessment, project: project, words: CommandWords.english()).print()
    }
  }

  struct Risks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The risks by simulated loss, what each response is worth, and which signs show.")
    @OptionGroup var plan: PlanOptions
    @OptionGroup var simulation: SimulationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let desk = try plan.desk()
      let report = try await desk.risks(await simulation.request(desk))
      if output.json { return try Output.json(report) }
      RiskText(report, currency: try desk.plan().plan.currency).print()
    }
  }
}

/// The catalogue's English for a terminal.
enum CommandWords {
  static func english() throws -> Words { try words(.en) }

  static func words(_ language: PlanLanguage) throws -> Words {
    try Language(language).words()
  }
}

extension Language {
  init(_ language: PlanLanguage) { self = language == .zh ? .chinese : .english }
}
