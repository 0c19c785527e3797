/// Why the pages cannot be served, with the remedy.
package struct DashboardError: Error, Hashable, Sendable, CustomStringConvertible {
  package struct Code: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package static let missingResource = Code(rawValue: "missing_resource")
    package static let invalidTemplate = Code(rawValue: "invalid_template")
    package static let invalidTimeZone = Code(rawValue: "invalid_time_zone")
    package static let invalidPasswordHash = Code(rawValue: "invalid_password_hash")
  }

  package let code: Code
  package let message: String
  package var description: String { message }

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  static func missingResource(_ path: String) -> DashboardError {
    DashboardError(
      .missingResource,
      "the pages' file \(path) is missing or unreadable; install breakeven with its resource folder beside it"
    )
  }
}
