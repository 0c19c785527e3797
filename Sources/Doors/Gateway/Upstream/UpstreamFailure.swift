import AsyncHTTPClient
import HTTPTypes
import NIOHTTP1

/// How an upstream's failures look to our callers. Nothing of the upstream's key, address or
/// account is passed on.
enum UpstreamFailure {
  /// An answer with an error status.
  static func error(
    status: Int, headers: HTTPHeaders, body: [UInt8], secret: String?
  ) -> GatewayError {
    switch status {
    case 429:
      let after = headers.first(name: "retry-after").flatMap { Int($0) } ?? 1
      return .overloaded(
        "the upstream service is at its rate limit; try again later", code: "upstream_rate_limited",
        retryAfterSeconds: min(max(1, after), 3600))
    case 400, 413, 422:
      let message = UpstreamAnswer(body)?.errorMessage
      let safe = message.flatMap { text in secret.map { text.contains($0) } ?? false ? nil : text }
      return GatewayError(
        .badRequest, code: "upstream_rejected", safe ?? "the upstream service refused the request")
    case 408, 504:
      return gateway(
        .gatewayTimeout, "upstream_timeout", "the upstream service did not answer in time")
    case 401, 403:
      return gateway(
        .badGateway, "upstream_authentication",
        "the upstream service did not accept this server's key; tell the owner")
    default:
      return gateway(
        .badGateway, "upstream_error",
        "the upstream service answered with status \(status); try again later")
    }
  }

  /// No answer, or one cut off.
  static func error(_ error: any Error) -> GatewayError {
    if UpstreamClient.neverConnected(error) {
      return gateway(
        .badGateway, "upstream_unreachable",
        "the upstream service cannot be reached; try again later")
    }
    if error is UpstreamCollector.TooLarge {
      return gateway(
        .badGateway, "upstream_too_large", "the upstream service's answer is too large")
    }
    switch error as? HTTPClientError {
    case HTTPClientError.readTimeout?, HTTPClientError.deadlineExceeded?,
      HTTPClientError.getConnectionFromPoolTimeout?:
      return gateway(
        .gatewayTimeout, "upstream_timeout", "the upstream service did not answer in time")
    default:
      return gateway(
        .badGateway, "upstream_error", "the upstream service broke off; try again later")
    }
  }

  static func gateway(
    _ status: HTTPResponse.Status, _ code: String, _ message: String
  ) -> GatewayError {
    GatewayError(status, type: "server_error", code: code, message)
  }
}
