import ArgumentParser
import Forecast
import Foundation
import Venture

extension PlanCommand {
  struct Calibrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Move the plan's drivers by what the ledger says: prior, posterior, weight of data."
    )
    @OptionGroup var plan: PlanOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "A scenario of the plan.") var scenario: String?

    func run() async throws {
      let desk = try plan.desk()
      let result = try await desk.calibration(scenario: scenario)
      if output.json { return try Output.json(CalibrationJSON(result)) }
      Output.line("ledger position \(result.position); forecast goes on from \(result.model.start)")
      let founder = try await desk.founder()
      let factor = founder.factor.formatted(.number.precision(.fractionLength(2)))
      Output.line(
        "stated intervals widened × \(factor), learnt from \(founder.count) scored figures")
      Output.line()
      func show(_ interval: Calibration.Interval) -> String {
        let texts = [interval.low, interval.median, interval.high].map {
          FigureFormat(language: .english, currency: result.model.currency).number($0)
        }
        return "\(texts[1]) (\(texts[0]) … \(texts[2]))"
      }
      Output.table(
        ["DRIVER", "UNIT", "PLAN P50 (P5 … P95)", "LEARNT", "DATA", "N", "METHOD", "NOTES"],
        result.drivers.sorted { $0.dataWeight > $1.dataWeight }.map { driver in
          [
            driver.label, driver.unit, show(driver.prior), show(driver.posterior),
            FigureFormat(language: .english, currency: result.model.currency)
              .percent(driver.dataWeight), "\(driver.observations)", driver.method.rawValue,
            driver.notes.map(\.rawValue).joined(separator: " "),
          ]
        }, right: [4, 5])
    }
  }

  struct Backtest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Forecast each past month from what was known then, and score it.")
    @OptionGroup var plan: PlanOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let desk = try plan.desk()
      let report = try await desk.backtest()
      if output.json { return try Output.json(report) }
      ScoreText.print(report)
    }
  }

  struct Freeze: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keep today's forecast unchanged, to be scored against what happens.",
      discussion: "With --list, the frozen forecasts and their scores so far.")
    @OptionGroup var plan: PlanOptions
    @OptionGroup var simulation: SimulationOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "List what was frozen, with its score so far.") var list = false

    func run() async throws {
      let desk = try plan.desk()
      if list { return try await show(desk) }
      let frozen = try await desk.freeze(await simulation.request(desk))
      if output.json { return try Output.json(frozen) }
      Output.line("frozen \(frozen.hash.prefix(16)): \(frozen.months) months from \(frozen.start)")
    }

    private func show(_ desk: PlanDesk) async throws {
      let cards = try await desk.scorecards()
      if output.json { return try Output.json(cards) }
      ScoreText.print(cards)
    }
  }
}
