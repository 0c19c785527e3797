import ArgumentParser
import Foundation
import Venture

/// `breakeven plan …`, run in the folder that holds the plan.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "The venture's plan: write, check, assess, forecast, learn.",
    subcommands: [
      New.self, Check.self, Assess.self, Risks.self, ForecastCommand.self, Compare.self,
      Sensitivity.self,
      Calibrate.self, Backtest.self, Freeze.self, Report.self, Ask.self, Set.self, Schema.self,
      Bench.self,
    ])
}

/// `--plan`, which every plan command takes.
struct PlanOptions: ParsableArguments {
  @Option(name: .long, help: "The folder that holds venture.yaml.")
  var plan: String = "."

  func folder() -> PlanFolder { PlanFolder(path: plan) }
  func desk() throws -> PlanDesk { try folder().desk() }
}

/// How a simulation is run.
struct SimulationOptions: ParsableArguments {
  @Option(help: "Paths to simulate.") var paths: Int = 10_000
  @Option(help: "Months to simulate (the plan's horizon).") var months: Int?
  @Option(help: "Seed: the same seed gives the same forecast.") var seed: UInt64 = 1
  @Option(help: "A scenario of the plan.") var scenario: String?
  @Flag(inversion: .prefixedNo, help: "Move the drivers by what the ledger says, if there is one.")
  var calibrated = true

  func request(_ desk: PlanDesk) async -> PlanDesk.Request {
    // Without a ledger, or before its first month, the plan stands by itself.
    let hasLedger = calibrated ? (try? await desk.actuals()) != nil : false
    return PlanDesk.Request(
      basis: hasLedger ? .calibrated : .plan, scenario: scenario, paths: paths, months: months,
      seed: seed)
  }
}

enum PlanLanguage: String, ExpressibleByArgument, CaseIterable {
  case en, zh

  /// The system's, by `LC_ALL`, `LC_MESSAGES` and `LANG`.
  static var system: PlanLanguage {
    let environment = ProcessInfo.processInfo.environment
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }
      .first { !$0.isEmpty }
    return locale?.hasPrefix("zh") == true ? .zh : .en
  }
}
