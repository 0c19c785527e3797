package import Billing
import HTTPTypes
package import Hummingbird

/// A refusal. In OpenAI's shape: `{"error": {"message", "type", "param", "code"}}`; see
/// `messagesJSON` for Anthropic's.
package struct GatewayError: Error, Sendable, Hashable, CustomStringConvertible {
  package var status: HTTPResponse.Status
  /// OpenAI's class of error, such as `invalid_request_error`.
  package var type: String
  package var code: String?
  /// The field of the request at fault.
  package var param: String?
  package var message: String
  package var retryAfterSeconds: Int?
  /// The methods that the path knows, for 405.
  package var allow: String?

  package init(
    _ status: HTTPResponse.Status, type: String = "invalid_request_error", code: String?,
    param: String? = nil, _ message: String, retryAfterSeconds: Int? = nil
  ) {
    self.status = status
    self.type = type
    self.code = code
    self.param = param
    self.message = message
    self.retryAfterSeconds = retryAfterSeconds
  }

  package var description: String { message }

  /// The error's JSON in OpenAI's shape, also sent as an event in a stream that has begun.
  package var json: [UInt8] {
    var writer = JSONWriter(capacity: 256 + message.utf8.count)
    writer.object { writer in
      writer.key("error")
      writer.object { writer in
        writer.member("message", message)
        writer.member("type", type)
        writer.member("param", orNull: param)
        writer.member("code", orNull: code)
      }
    }
    return writer.bytes
  }
}

extension GatewayError {
  static func invalid(
    _ param: String?, _ message: String, code: String = "invalid_value"
  ) -> GatewayError {
    GatewayError(.badRequest, code: code, param: param, message)
  }

  static func missing(_ param: String, _ message: String) -> GatewayError {
    GatewayError(.badRequest, code: "missing_required_parameter", param: param, message)
  }

  static func wrongType(_ param: String, expected: String, got: JSONValue) -> GatewayError {
    GatewayError(
      .badRequest, code: "invalid_type", param: param,
      "\(param): expected \(expected) but got \(got.kind.rawValue)")
  }

  static func unsupported(_ param: String, _ message: String) -> GatewayError {
    GatewayError(.badRequest, code: "unsupported_parameter", param: param, message)
  }

  static func invalidJSON(_ error: JSONError) -> GatewayError {
    GatewayError(.badRequest, code: "invalid_json", "the body is not valid JSON: \(error)")
  }

  static func noSuchModel(_ model: String) -> GatewayError {
    GatewayError(
      .notFound, code: "model_not_found", param: "model",
      "the model '\(model.prefix(200))' does not exist; GET /v1/models lists those this key may use"
    )
  }

  static func embedsOnly(_ model: String) -> GatewayError {
    .unsupported("model", "model: '\(model)' makes embeddings only; POST /v1/embeddings")
  }

  /// The caller is over a limit of its own, or an upstream says that we are over ours.
  static func overloaded(
    _ message: String, code: String, retryAfterSeconds: Int = 1
  ) -> GatewayError {
    GatewayError(
      .tooManyRequests, type: "rate_limit_error", code: code, message,
      retryAfterSeconds: max(1, retryAfterSeconds))
  }

  /// The service is full, stopping, or without its books: no fault of the caller's.
  static func unavailable(
    _ message: String, code: String, retryAfterSeconds: Int = 5
  ) -> GatewayError {
    GatewayError(
      .serviceUnavailable, type: "server_error", code: code, message,
      retryAfterSeconds: retryAfterSeconds)
  }

  static func tooLarge(_ limitBytes: Int) -> GatewayError {
    GatewayError(
      .contentTooLarge, code: "body_too_large",
      "the body is larger than \(limitBytes) bytes; send less")
  }

  static func tooSlow(_ what: String) -> GatewayError {
    GatewayError(
      .requestTimeout, type: "timeout_error", code: "request_timeout",
      "the request's \(what) came too slowly; send it again")
  }

  static let shuttingDown = unavailable(
    "the server is shutting down; try again shortly", code: "shutting_down")

  static let clientGone = GatewayError(
    HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request"),
    code: "client_closed_request",
    "the caller closed the connection")

  static func contextTooLong(prompt: Int, output: Int?, limit: Int) -> GatewayError {
    let asked = output.map { " and \($0) are asked for the answer" } ?? ""
    return GatewayError(
      .badRequest, code: "context_length_exceeded", param: "messages",
      "this model's context is \(limit) tokens, but the prompt has \(prompt)\(asked); shorten one of them"
    )
  }

  /// How the books' refusals look from outside.
  package init(_ error: BillingError) {
    switch error.code {
    case .invalidKey, .expiredKey, .revokedKey:
      self.init(
        .unauthorized, type: "authentication_error", code: error.code.rawValue, error.message)
    case .modelNotAllowed, .currencyMismatch:
      self.init(
        .forbidden, type: "permission_error", code: error.code.rawValue, param: "model",
        error.message)
    case .modelNotPriced:
      self.init(.notFound, code: error.code.rawValue, param: "model", error.message)
    case .insufficientCredit:
      self.init(
        .init(code: 402, reasonPhrase: "Payment Required"), type: "insufficient_quota",
        code: error.code.rawValue, error.message)
    case .idempotencyInProgress, .duplicateRequest:
      self.init(.conflict, code: error.code.rawValue, error.message)
    case .idempotencyMismatch:
      self.init(.unprocessableContent, code: error.code.rawValue, error.message)
    case .storageUnavailable:
      self = .unavailable(error.message, code: error.code.rawValue)
    case .invalid, .exists, .unknown:
      self.init(.badRequest, code: error.code.rawValue, error.message)
    default:
      self.init(
        .internalServerError, type: "server_error", code: error.code.rawValue, error.message)
    }
  }
}
