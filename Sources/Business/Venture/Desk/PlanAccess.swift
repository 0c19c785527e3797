package import Billing
package import Forecast
package import Ledger

/// What the desk needs from the world: the plan's file, the books, the time.
package struct PlanAccess: Sendable {
  package var load: @Sendable () throws -> String
  /// Replaces the file in one step.
  package var save: @Sendable (String) throws -> Void
  package var now: @Sendable () -> Timestamp
  /// Hexadecimal SHA-256 of a text.
  package var hash: @Sendable (String) -> String
  /// Nil where there is a plan but no workspace beside it.
  package var books: (any BooksReader)?
  package var forecasts: (any ForecastStore)?
  /// East of Greenwich: where the books' months begin.
  package var offsetSeconds: Int64
  package var conversion: @Sendable (Currency) -> Conversion
  /// What the program knows to be done: a model loaded, a price set, a customer who paid.
  package var facts: @Sendable () async -> ProjectState

  package init(
    load: @escaping @Sendable () throws -> String,
    save: @escaping @Sendable (String) throws -> Void,
    now: @escaping @Sendable () -> Timestamp, hash: @escaping @Sendable (String) -> String,
    books: (any BooksReader)?, forecasts: (any ForecastStore)?, offsetSeconds: Int64,
    conversion: @escaping @Sendable (Currency) -> Conversion,
    facts: @escaping @Sendable () async -> ProjectState
  ) {
    self.load = load
    self.save = save
    self.now = now
    self.hash = hash
    self.books = books
    self.forecasts = forecasts
    self.offsetSeconds = offsetSeconds
    self.conversion = conversion
    self.facts = facts
  }
}

/// Why the desk cannot answer; the text says what to do.
package struct DeskError: Error, Sendable, CustomStringConvertible {
  package struct Code: Hashable, Sendable {
    package let name: String
    package static let noPlan = Code(name: "no_plan")
    package static let planHasErrors = Code(name: "plan_has_errors")
    package static let noLedger = Code(name: "no_ledger")
    package static let stale = Code(name: "stale")
    package static let invalid = Code(name: "invalid")
  }

  package let code: Code
  package let description: String
  package let problems: [PlanProblem]

  package init(_ code: Code, _ description: String, problems: [PlanProblem] = []) {
    self.code = code
    self.description = description
    self.problems = problems
  }
}
