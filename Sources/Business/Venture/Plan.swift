package import Billing
package import Forecast
package import Ledger

/// `venture.yaml` read: the venture as people write it, each part with its method, and the forecast's
/// inputs ready to be lowered to a `Model`.
///
/// Begin with `Plan.read(text:)`. `model(_:)` gives the simulation's input, `figures()` where each
/// number stands in the file, `PlanCheck` everything that is wrong or doubtful; `PlanText` edits the
/// file and keeps its comments.
package struct Plan: Sendable {
  /// The format that this program reads.
  package static let format = 1

  /// The file as it was read.
  package let text: String
  package let name: String
  /// Of the plan's prose: `en` or `zh`.
  package let language: String
  package let currency: Currency
  package let start: Month
  /// Months of the forecast.
  package let horizon: Int
  /// Value of one unit of other currencies in the plan's.
  package let exchange: [String: Double]
  package let assumptions: [Assumption]
  package let strategy: Strategy?
  package let opportunities: OpportunityPlan?
  package let team: Team
  package let risks: RiskRegister
  package let project: Project?
  package let cases: CaseLibrary?
  package let prices: PriceList?
  package let forecast: ForecastInputs
  package let scenarios: [Scenario]
  package let compiled: CompiledQuantities

  /// A named quantity that formulas use.
  package struct Assumption: Sendable, Hashable {
    package let name: String
    package let label: String
    /// As written.
    package let text: String
    package let source: String
    package let note: String
    package let line: Int
  }
}

/// What reading a plan gave: the plan where it holds together, and everything that was wrong.
package struct PlanReading: Sendable {
  /// Nil when there is an error.
  package let plan: Plan?
  /// By line; warnings too.
  package let problems: [PlanProblem]
}
