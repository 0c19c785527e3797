/// Why a model cannot be run.
package struct TransformerError: Error, Equatable, CustomStringConvertible {
  /// An extensible code: a new case breaks nobody.
  package struct Code: Sendable, Hashable {
    package let description: String
    package init(_ description: String) { self.description = description }

    package static let outOfMemory = Code("out-of-memory")
    package static let tooLong = Code("too-long")
    package static let badToken = Code("bad-token")
  }

  package var code: Code
  /// What is wrong, followed by what to do.
  package var message: String

  package init(_ code: Code, message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
