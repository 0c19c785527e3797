/// Why a chat template could not be read or rendered.
///
/// `line` counts the template's lines from 1; nil when the fault is not in the template's text.
/// A template's own `raise_exception('…')` arrives as code `.raised` with exactly that message:
/// it is the model saying that the conversation is wrong, so a server answers it as the
/// client's mistake.
package struct ChatTemplateError: Error, Sendable, Equatable, CustomStringConvertible {
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    package let rawValue: String
    package var description: String { rawValue }

    /// The text is not a template: a missing end, a bad operator.
    package static let syntax = Code(rawValue: "syntax")
    /// Jinja, but not in the part of it that chat templates use.
    package static let unsupported = Code(rawValue: "unsupported")
    /// A name, key or attribute that does not exist was used as a value.
    package static let undefined = Code(rawValue: "undefined")
    /// An operation on values that do not fit it.
    package static let type = Code(rawValue: "type")
    /// The template called `raise_exception`.
    package static let raised = Code(rawValue: "raised")
    /// A bound of the sandbox was reached.
    package static let limit = Code(rawValue: "limit")
    /// A JSON text given as a message or tool is not JSON.
    package static let json = Code(rawValue: "json")
  }

  package let code: Code
  package let message: String
  package var line: Int?

  package init(_ code: Code, _ message: String, line: Int? = nil) {
    self.code = code
    self.message = message
    self.line = line
  }

  package var description: String {
    guard let line else { return "chat template: \(message)" }
    return "chat template, line \(line): \(message)"
  }
}
