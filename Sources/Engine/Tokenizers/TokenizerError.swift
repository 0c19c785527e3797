/// Why a tokenizer could not be made: what kind of fault, in which field, and what to do about it.
package struct TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of fault; open, so that a new kind breaks nobody.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// The bytes or values do not have the form the field must have.
    package static let malformed = Code(description: "malformed")
    /// Well formed, but of a kind this program does not implement.
    package static let unsupported = Code(description: "unsupported")
    /// Two fields contradict each other (an id out of range, a merge of unknown pieces).
    package static let inconsistent = Code(description: "inconsistent")
    /// Larger than the bound that protects memory.
    package static let tooLarge = Code(description: "too large")
  }

  package let code: Code
  /// The field at fault, as its file names it, for example `tokenizer.ggml.merges`.
  package let field: String
  /// What is wrong, and the remedy where there is one.
  package let message: String

  package init(_ code: Code, field: String, _ message: String) {
    self.code = code
    self.field = field
    self.message = message
  }

  package var description: String { "\(field): \(code): \(message)" }
}
