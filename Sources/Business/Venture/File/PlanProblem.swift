/// Something wrong in the plan's file: where, what, and how to mend it.
package struct PlanProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Severity: String, Sendable { case error, warning }

  package let severity: Severity
  /// 1-based; 0 for the file as a whole.
  package let line: Int
  package let column: Int
  /// The field's path, such as `forecast.segments[0].churn`.
  package let field: String
  package let message: String

  package init(
    _ severity: Severity = .error, line: Int, column: Int = 1, field: String, _ message: String
  ) {
    self.severity = severity
    self.line = line
    self.column = column
    self.field = field
    self.message = message
  }

  package var description: String { "line \(line): \(field): \(message)" }
}

/// All problems of one reading; the reader goes on after each, so that one pass shows them all.
package final class PlanProblems {
  package private(set) var all: [PlanProblem] = []
  /// Patterns of all fields that readers asked for, such as `forecast.segments[].churn`; a test holds
  /// them against the table of fields.
  package internal(set) var asked: Set<String> = []
  /// A plan with more than this many is not a plan.
  private static let limit = 200

  package init() {}

  package func add(_ problem: PlanProblem) {
    if all.count < Self.limit { all.append(problem) }
  }

  package var hasErrors: Bool { all.contains { $0.severity == .error } }
}
