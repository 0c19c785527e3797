import ArgumentParser
import Forecast
import Venture

extension PlanCommand {
  struct Sensitivity: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What moves the result: tornado, shares of variance (Sobol), what to learn next.")
    @OptionGroup var plan: PlanOptions
    @OptionGroup var simulation: SimulationOptions
    @OptionGroup var output: OutputOptions
    @Option(
      help: ArgumentHelp(
        "How the tornado is made: conditional, deterministic or simulated.",
        discussion:
          "conditional reads one run; deterministic runs each driver's P10 and P90 without "
          + "chance; simulated runs both with all chance in place, and takes longest."))
    var method = Tornado.Method.conditional
    @Option(help: "Points of the Sobol design, a power of two (0: none).") var points = 1024

    func run() async throws {
      let desk = try plan.desk()
      let request = await simulation.request(desk)
      let result = try await desk.sensitivity(request, goal: .netPresentValue, method: method)
      let variance = points > 0 ? try await desk.variance(request, points: points) : nil
      if output.json {
        struct Whole: Encodable {
          let tornado: Tornado
          let variance: VarianceDrivers?
          let information: ValueOfInformation?
          let decisions: [String]
        }
        return try Output.json(
          Whole(
            tornado: result.tornado, variance: variance, information: result.information,
            decisions: result.decisions))
      }
      print(result, variance)
    }

    private func print(_ result: PlanDesk.Sensitivity, _ variance: VarianceDrivers?) {
      let format = FigureFormat(
        language: .english, currency: result.forecasted.model.currency)
      Output.table(
        ["DRIVER", "NPV AT P10", "NPV AT P90"],
        result.tornado.bars.prefix(12).map {
          [$0.label, format.money($0.goalAtLow), format.money($0.goalAtHigh)]
        }, right: [1, 2])
      if let variance {
        Output.line()
        Output.table(
          ["SHARE OF VARIANCE", "ALONE", "WITH OTHERS"],
          variance.indices.factors.map {
            [$0.name, format.percent($0.first.value), format.percent($0.total.value)]
          }, right: [1, 2])
      }
      guard let information = result.information else { return }
      Output.line()
      Output.line(
        "knowing everything before choosing among \(result.decisions.count) ways would be worth \(format.money(information.perfect))"
      )
      Output.table(
        ["WHAT TO LEARN NEXT", "WORTH AT MOST", "AT LEAST"],
        information.drivers.prefix(8).map {
          [$0.name, format.money($0.value), format.money(max(0, $0.lower))]
        }, right: [1, 2])
    }
  }
}

extension Tornado.Method: ExpressibleByArgument {}
