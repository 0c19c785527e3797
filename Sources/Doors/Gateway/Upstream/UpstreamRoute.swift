import AsyncHTTPClient
import Billing
import HTTPTypes
import NIOHTTP1

/// Where an upstream's requests go, worked out once.
struct UpstreamRoute: Sendable {
  let upstream: Upstream
  /// Ready but for the body.
  let chat: HTTPClient.Request
  let text: HTTPClient.Request
  let embeddings: HTTPClient.Request
  /// The upstream's own key, which no answer may show.
  let secret: String?
  /// JSON of the names the upstream and our callers use.
  let theirModel: [UInt8]
  let ourModel: [UInt8]

  /// - Throws: 502 when the upstream is set up wrongly; the owner's remedy goes to the log.
  init(_ upstream: Upstream, environment: @Sendable (String) -> String?) throws(GatewayError) {
    self.upstream = upstream
    var secret: String?
    if let name = upstream.keyEnvironment {
      guard let value = environment(name), !value.isEmpty else {
        throw GatewayError(
          .badGateway, type: "server_error", code: "upstream_misconfigured",
          "the upstream for model '\(upstream.name)' is not set up: its key is missing (the owner sets \(name))"
        )
      }
      secret = value
    }
    self.secret = secret
    theirModel = Self.quoted(upstream.model)
    ourModel = Self.quoted(upstream.name)
    chat = try Self.request(upstream, "/chat/completions", secret: secret)
    embeddings = try Self.request(upstream, "/embeddings", secret: secret)
    text = try Self.request(upstream, "/completions", secret: secret)
  }

  private static func quoted(_ text: String) -> [UInt8] {
    var writer = JSONWriter(capacity: text.utf8.count + 2)
    writer.string(text)
    return writer.bytes
  }

  private static func request(
    _ upstream: Upstream, _ path: String, secret: String?
  ) throws(GatewayError) -> HTTPClient.Request {
    var headers: HTTPHeaders = [
      "content-type": "application/json", "accept": "application/json, text/event-stream",
    ]
    if let secret { headers.add(name: "authorization", value: "Bearer \(secret)") }
    let base = upstream.url.hasSuffix("/") ? String(upstream.url.dropLast()) : upstream.url
    do {
      return try HTTPClient.Request(url: base + path, method: .POST, headers: headers)
    } catch {
      throw GatewayError(
        .badGateway, type: "server_error", code: "upstream_misconfigured",
        "the upstream for model '\(upstream.name)' is not set up: its address is not a URL")
    }
  }
}
