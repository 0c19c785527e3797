import Forecast
import Foundation
import Ledger
import Testing
import Yams

@testable import Venture

/// What NumPy and SciPy say; written by `scripts/fixtures/decision.py`, which names their versions.
struct DecisionFixture: Decodable {
  struct Hierarchy: Decodable {
    let size: Int
    let upper, weights: [Double]
    let eigenvalue, ratio: Double
  }
  struct Table: Decodable {
    let scores: [[Double]]
    let weights: [Double]
    let benefit: [Bool]
    let closeness, entropy: [Double]
  }
  struct Stability: Decodable {
    let means, deviations, ranks, central: [[Double]]
  }
  struct Odds: Decodable {
    let prior: Double
    let ratios: [Double]
    let groups: [String]
    let rho, posterior: Double
  }
  struct Overlap: Decodable { let distance, overlap: Double }

  let hierarchies: [Hierarchy]
  let tables: [Table]
  let acceptability: [Stability]
  let odds: [Odds]
  let overlap: [Overlap]

  static let shared: DecisionFixture = {
    let url = Bundle.module.url(forResource: "Fixtures/decision", withExtension: "json")!
    guard let data = try? Data(contentsOf: url),
      let fixture = try? JSONDecoder().decode(DecisionFixture.self, from: data)
    else { preconditionFailure("the fixture \(url.path) cannot be read") }
    return fixture
  }()

  /// The text of a fixture that is part of a plan.
  static func plan(_ name: String) throws -> String {
    let url = try #require(
      Bundle.module.url(forResource: "Fixtures/decision-\(name)", withExtension: "yaml"))
    return try String(contentsOf: url, encoding: .utf8)
  }
}

/// A section of a plan, read and compiled, with all its problems.
struct Section<Part> {
  let part: Part
  let compiled: CompiledQuantities
  let problems: PlanProblems

  /// - Parameter name: the section's field; nil when the text is the part itself.
  init(
    _ yaml: String, _ name: String?, _ read: (PlanNode, QuantitySheet) throws -> Part
  ) throws {
    let problems = PlanProblems()
    let sheet = QuantitySheet(currency: .cny, exchange: [:])
    let root = try #require(try Yams.compose(yaml: yaml))
    var node = PlanNode(root, path: "", problems: problems)
    if let name { node = try #require(node.child(name)) }
    part = try read(node, sheet)
    compiled = sheet.compile()
    self.problems = problems
    for problem in compiled.problems {
      problems.add(
        PlanProblem(line: problem.line, field: problem.field, problem.error.message))
    }
  }

  var errors: [String] { problems.all.filter { $0.severity == .error }.map(\.description) }
}

/// Largest difference of two lists of numbers.
func distance(_ first: [Double], _ second: [Double]) -> Double {
  first.count == second.count ? zip(first, second).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
