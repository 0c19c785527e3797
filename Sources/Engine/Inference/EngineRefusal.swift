/// Why a request was not taken, before any work was done for it.
package struct EngineRefusal: Error, Sendable, Equatable, CustomStringConvertible {
  /// What kind of refusal; new kinds may come.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    package let description: String
    package static let queueFull = Code(description: "queue_full")
    package static let promptTooLong = Code(description: "prompt_too_long")
    package static let shuttingDown = Code(description: "shutting_down")
    package static let invalidRequest = Code(description: "invalid_request")
  }

  package let code: Code
  /// What is wrong and what to do about it.
  package let message: String
  /// The request's field at fault.
  package let field: String?
  /// When to try again, for `queueFull`.
  package let retryAfterSeconds: Int?

  package init(code: Code, message: String, field: String? = nil, retryAfterSeconds: Int? = nil) {
    self.code = code
    self.message = message
    self.field = field
    self.retryAfterSeconds = retryAfterSeconds
  }

  package var description: String { message }

  package static func queueFull(retryAfterSeconds: Int) -> EngineRefusal {
    EngineRefusal(
      code: .queueFull,
      message: "The engine's queue is full. Try again in \(retryAfterSeconds) s.",
      retryAfterSeconds: retryAfterSeconds)
  }

  /// `limit` is the most prompt tokens that leave room for one generated token.
  package static func promptTooLong(tokens: Int, limit: Int) -> EngineRefusal {
    EngineRefusal(
      code: .promptTooLong,
      message: "The prompt has \(tokens) tokens, but at most \(limit) fit. Shorten the prompt.",
      field: "prompt")
  }

  package static let shuttingDown = EngineRefusal(
    code: .shuttingDown, message: "The engine is shutting down. Try again later.")

  package static func invalid(_ field: String, _ message: String) -> EngineRefusal {
    EngineRefusal(code: .invalidRequest, message: "\(field): \(message)", field: field)
  }
}
