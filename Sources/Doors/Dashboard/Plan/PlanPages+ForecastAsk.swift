import Forecast
import Foundation
import Venture

/// What a reader asks of the plan, in the address: `basis`, `scenario`, `paths`, and drivers moved,
/// `x.smb_churn=0.5` for 2^0.5 times.
struct PlanAsk: Sendable, Hashable {
  var basis: PlanDesk.Request.Basis?
  var scenario: String?
  var paths = 10_000
  /// Exponents of two by slot name, −1...1; none is 0.
  var exponents: [String: Double] = [:]

  static let pathChoices = [1_000, 10_000, 100_000]
  private static let mostPaths = 100_000
  static let prefix = "x."

  /// - Throws: `invalid`, naming the field.
  init(_ query: Query, scenarios: [Scenario]) throws(DeskError) {
    if let text = query["basis"] {
      guard let basis = PlanDesk.Request.Basis(rawValue: text) else {
        throw DeskError(.invalid, "basis: '\(text)' is neither plan nor calibrated")
      }
      self.basis = basis
    }
    if let text = query["scenario"] {
      guard scenarios.contains(where: { $0.id == text }) else {
        throw DeskError(
          .invalid,
          "scenario: the plan has no '\(text)'; it has: \(scenarios.map(\.id).joined(separator: ", "))"
        )
      }
      scenario = text
    }
    if let text = query["paths"] {
      guard let paths = Int(text), (1...Self.mostPaths).contains(paths) else {
        throw DeskError(
          .invalid, "paths: '\(text)' is not a whole number from 1 to \(Self.mostPaths)")
      }
      self.paths = paths
    }
    for (name, text) in query.fields where name.hasPrefix(Self.prefix) && !text.isEmpty {
      guard let exponent = Double(text), (-1...1).contains(exponent) else {
        throw DeskError(.invalid, "\(name): '\(text)' is not a number from -1 to 1")
      }
      if exponent != 0 { exponents[String(name.dropFirst(Self.prefix.count))] = exponent }
    }
  }

  /// Names that links keep.
  var fields: [String: String] {
    var fields: [String: String] = [:]
    fields["basis"] = basis?.rawValue
    fields["scenario"] = scenario
    if paths != 10_000 { fields["paths"] = "\(paths)" }
    return fields
  }

  func request(_ basis: PlanDesk.Request.Basis, moved: Bool = true) -> PlanDesk.Request {
    PlanDesk.Request(
      basis: basis, scenario: scenario, factors: moved ? exponents.mapValues(Self.factor) : [:],
      paths: paths)
  }

  /// 2 to the exponent.
  static func factor(_ exponent: Double) -> Double { exp2(exponent) }
}

extension PlanPages {
  /// What the ledger says, and why it says nothing.
  struct Past: Sendable {
    var actuals: Actuals?
    /// Key of the text.
    var note: String?
  }

  /// Nil actuals where there is no ledger, or no month of the plan in it.
  func past(recent: Bool = false) async throws -> Past {
    do {
      return Past(actuals: try await recent ? desk.recentActuals() : desk.actuals())
    } catch let error as DeskError where error.code == .noLedger {
      return Past(note: "plan_no_ledger")
    } catch let error as ForecastError where error.code == .noData {
      return Past(note: "plan_no_month")
    }
  }

  /// The plan moved by the ledger where there is one, unless the reader chose.
  func basis(_ ask: PlanAsk, _ past: Past) -> PlanDesk.Request.Basis {
    // A month that still runs counts by its share: minutes of a new service move the plan too.
    let known = past.actuals?.months.contains { $0.tokens > 0 || $0.revenue != 0 } ?? false
    return known ? ask.basis ?? .calibrated : .plan
  }

  func ask(_ visit: Visit) throws -> PlanAsk {
    try PlanAsk(visit.query, scenarios: try desk.plan().plan.scenarios)
  }

  /// A form of the choices that a forecast is made from; complete without script.
  struct Selection: ViewModel, Sendable {
    struct Option: ViewModel, Sendable {
      let value: String
      let label: String
      let selected: Bool
    }
    let name: String
    let label: String
    let options: [Option]
  }

  func selections(
    _ visit: Visit, _ ask: PlanAsk, _ basis: PlanDesk.Request.Basis
  ) throws
    -> [Selection]
  {
    let text = visit.text
    let plan = try desk.plan().plan
    func option(_ value: String, _ label: String, _ selected: Bool) -> Selection.Option {
      Selection.Option(value: value, label: label, selected: selected)
    }
    let scenarios =
      [option("", text("plan_scenario_none"), ask.scenario == nil)]
      + plan.scenarios.map { option($0.id, $0.name, $0.id == ask.scenario) }
    return [
      Selection(
        name: "basis", label: text("plan_basis"),
        options: PlanDesk.Request.Basis.allCases.map {
          option($0.rawValue, text("plan_basis_\($0.rawValue)"), $0 == basis)
        }),
      Selection(name: "scenario", label: text("plan_scenario"), options: scenarios),
      Selection(
        name: "paths", label: text("plan_paths"),
        options: PlanAsk.pathChoices.map {
          option("\($0)", visit.format.count($0), $0 == ask.paths)
        }),
    ]
  }

  /// What the figures were made from (seed, paths, plan, ledger), as small print.
  func imprint(_ visit: Visit, _ forecasted: PlanDesk.Forecasted) -> String {
    let request = forecasted.request
    let text = visit.text
    return text(
      "plan_imprint",
      [
        "seed": "\(request.seed)", "paths": visit.format.count(request.paths),
        "hash": String(forecasted.planHash.prefix(12)),
        "ledger": forecasted.position.map {
          text("plan_imprint_ledger", ["position": "\($0)"])
        } ?? text("plan_imprint_no_ledger"),
      ])
  }
}
