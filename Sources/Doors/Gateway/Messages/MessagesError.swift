import HTTPTypes

extension GatewayError {
  /// The error in Anthropic's shape:
  /// `{"type": "error", "error": {"type", "message"}, "request_id"}`.
  /// Source: Anthropic's API reference, "Errors".
  func messagesJSON(request: String?) -> [UInt8] {
    var writer = JSONWriter(capacity: 256 + message.utf8.count)
    writer.object { writer in
      writer.member("type", "error")
      writer.key("error")
      writer.object { writer in
        writer.member("type", messagesType)
        writer.member("message", message)
      }
      writer.member("request_id", orNull: request)
    }
    return writer.bytes
  }

  private var messagesType: String {
    switch status.code {
    case 401: "authentication_error"
    case 402: "billing_error"
    case 403: "permission_error"
    case 404: "not_found_error"
    case 413: "request_too_large"
    case 429: "rate_limit_error"
    case 400..<500: "invalid_request_error"
    case 503: "overloaded_error"
    case 504: "timeout_error"
    default: "api_error"
    }
  }
}
