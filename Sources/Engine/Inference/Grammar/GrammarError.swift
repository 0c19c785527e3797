/// Why a grammar or a schema cannot constrain an answer.
package struct GrammarError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of fault; new kinds may come.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    package let description: String
    /// Not GBNF, not JSON, or not a schema.
    package static let syntax = Code(description: "syntax")
    /// Understood, but not what the engine can enforce.
    package static let unsupported = Code(description: "unsupported")
    /// No text fits it.
    package static let unsatisfiable = Code(description: "unsatisfiable")
    /// A bound was reached.
    package static let limit = Code(description: "limit")
  }

  package let code: Code
  /// `line 3, column 7` of a GBNF text, or a JSON pointer into a schema (`#/properties/age`).
  package let place: String
  /// What is wrong and what to do about it.
  package let message: String

  package init(_ code: Code, at place: String, _ message: String) {
    self.code = code
    self.place = place
    self.message = message
  }

  package var description: String { "\(place): \(message)" }
}

extension EngineRefusal {
  /// A grammar's fault as a fault of the request's field, such as `response_format`.
  package init(_ error: GrammarError, field: String) {
    self = .invalid(field, error.description)
  }
}
