/// Why a model cannot be loaded or used.
package struct InferenceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of fault; new kinds may come.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    package let description: String
    package static let unreadable = Code(description: "unreadable")
    package static let unsupported = Code(description: "unsupported")
    package static let inconsistent = Code(description: "inconsistent")
    package static let noChatTemplate = Code(description: "no_chat_template")
    package static let tooLong = Code(description: "too_long")
  }

  package let code: Code
  /// The file, key or parameter at fault.
  package let field: String
  /// What is wrong and what to do about it.
  package let message: String

  package init(_ code: Code, field: String, _ message: String) {
    self.code = code
    self.field = field
    self.message = message
  }

  package var description: String { "\(field): \(message)" }
}
