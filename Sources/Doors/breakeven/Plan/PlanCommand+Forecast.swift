import ArgumentParser
import Forecast
import Foundation
import Venture

extension PlanCommand {
  /// Named so that it does not hide the module.
  struct ForecastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "forecast", abstract: "Simulate the months to come: cash, break-even, funding.")
    @OptionGroup var plan: PlanOptions
    @OptionGroup var simulation: SimulationOptions
    @OptionGroup var output: OutputOptions
    @Option(help: "A slot's factor, such as churn=1.5; may be repeated.") var factor: [String] = []
    @Option(help: "Also write every month's percentiles to a CSV file.") var csv: String?

    func run() async throws {
      let desk = try plan.desk()
      var request = await simulation.request(desk)
      request.factors = try factors()
      let forecasted = try await desk.forecast(request)
      if let csv {
        let file = try OutputFile(path: csv, option: "--csv")
        try file.write(Data(OutcomeTable.csv(forecasted.outcome).utf8))
        try file.finish()
      }
      if output.json { return try Output.json(ForecastJSON(forecasted)) }
      try ForecastText(forecasted, desk: desk).print()
    }

    private func factors() throws -> [String: Double] {
      var factors: [String: Double] = [:]
      for text in factor {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let value = Double(parts[1]) else {
          throw CommandError("--factor: '\(text)' is not NAME=NUMBER")
        }
        factors[String(parts[0])] = value
      }
      return factors
    }
  }

  struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare ways to go on common random numbers: which is best, and how surely.")
    @OptionGroup var plan: PlanOptions
    @OptionGroup var simulation: SimulationOptions
    @OptionGroup var output: OutputOptions
    @Option(
      help: "scenarios, profit_models, paths, fleet, hiring or prices.") var of: String =
        "scenarios"

    func run() async throws {
      let desk = try plan.desk()
      var request = await simulation.request(desk)
      request.paths = min(request.paths, 20_000)
      let format = FigureFormat(language: .english, currency: try desk.plan().plan.currency)
      if of == "prices" { return try await prices(desk, request, format) }
      guard let question = PlanDesk.Question(rawValue: of) else {
        throw CommandError(
          "--of: '\(of)' is not one of \(PlanDesk.Question.allCases.map(\.rawValue).joined(separator: ", ")), prices"
        )
      }
      let comparison = try await desk.compare(question, request: request)
      if output.json { return try Output.json(comparison) }
      Output.table(
        [
          "ALTERNATIVE", "EXPECTED NPV", "± SE", "P10", "P50", "P90", "WORST 10%", "P(BEST)",
          "REGRET",
        ],
        comparison.rows.map { row in
          [
            row.name, format.money(row.expected), format.money(row.standardError),
            format.money(row.quantiles[0]), format.money(row.quantiles[1]),
            format.money(row.quantiles[2]), format.money(row.worstDecile),
            format.percent(row.chanceBest), format.money(row.regret),
          ]
        }, right: [1, 2, 3, 4, 5, 6, 7, 8])
      Output.line()
      Output.line(
        "\(comparison.paths) paths on common random numbers, seed \(request.seed), basis \(request.basis.rawValue)"
      )
    }

    private func prices(
      _ desk: PlanDesk, _ request: PlanDesk.Request, _ format: FigureFormat
    ) async throws {
      var request = request
      request.paths = min(request.paths, 2_000)
      let result = try await desk.prices(request)
      if output.json { return try Output.json(result) }
      Output.table(
        ["PRICE LEVEL", "EXPECTED NPV", "± SE", "WORST 10%", "P(BETTER THAN TODAY)"],
        result.curve.map { point in
          [
            format.percent(point.settings[0]), format.money(point.expected),
            format.money(point.standardError), format.money(point.worstDecile),
            format.percent(point.chanceBetter),
          ]
        }, right: [0, 1, 2, 3, 4])
      Output.line()
      Output.line("best at \(format.percent(result.best.settings[0])) of today's prices")
    }
  }

  struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Run a model given as JSON and print its percentiles.", shouldDisplay: false)
    @Option(help: "A model in JSON.") var model: String
    @Option var paths = 100_000
    @Option var months: Int?
    @Option var seed: UInt64 = 1
    @Option var workers: Int?
    @Option(help: "Runs, each from the model on; the median's seconds are printed.") var repeats = 1

    func run() async throws {
      let data = try Data(contentsOf: URL(filePath: model))
      var decoded = try JSONDecoder().decode(Model.self, from: data)
      if let months { decoded.months = months }
      guard (1...1000).contains(repeats) else { throw CommandError("--repeats: 1 to 1000") }
      var (outcome, seconds): (Outcome?, [Double]) = (nil, [])
      for _ in 0..<repeats {
        let start = ContinuousClock.now
        let simulation = try Simulation(decoded)
        outcome = simulation.run(.init(paths: paths, seed: seed, workers: workers))
        seconds.append((ContinuousClock.now - start) / .seconds(1))
      }
      struct Result: Encodable {
        let seconds: Double
        let outcome: Outcome?
      }
      try Output.json(
        Result(seconds: seconds.sorted()[seconds.count / 2], outcome: outcome))
    }
  }
}
