/// What is wrong with a quantity, a model or a request for a forecast, and how to mend it.
package struct ForecastError: Error, Hashable, Sendable, CustomStringConvertible {
  package struct Code: Hashable, Sendable {
    package let name: String
    package static let syntax = Code(name: "syntax")
    package static let unknownUnit = Code(name: "unknown_unit")
    package static let unknownName = Code(name: "unknown_name")
    package static let dimension = Code(name: "dimension")
    package static let circular = Code(name: "circular")
    package static let range = Code(name: "range")
    package static let correlation = Code(name: "correlation")
    package static let invalid = Code(name: "invalid")
    package static let noData = Code(name: "no_data")
  }

  package let code: Code
  /// With the remedy.
  package let message: String
  /// Offset into the text of the quantity, in characters, where there is one.
  package let offset: Int?
  /// The slot, name or field it is about, where there is one.
  package let field: String?

  package init(_ code: Code, _ message: String, offset: Int? = nil, field: String? = nil) {
    self.code = code
    self.message = message
    self.offset = offset
    self.field = field
  }

  package var description: String { message }
}
