import HTTPTypes
package import Hummingbird
import Ledger
import NIOCore

extension GatewayService {
  static let requestIDHeader = HTTPField.Name("x-request-id")!
  static let replayedHeader = HTTPField.Name("Idempotency-Replayed")!

  /// Adds the gateway's routes: `/v1/…`, `/healthz`, `/readyz`, `/metrics`.
  package func addRoutes<Context: RequestContext>(to router: Router<Context>) {
    let paid: [(RouterPath, Dialect, Route)] = [
      ("/v1/chat/completions", .chat, .chatCompletions), ("/v1/completions", .text, .completions),
      ("/v1/messages", .messages, .messages), ("/v1/responses", .responses, .responses),
      ("/v1/embeddings", .embeddings, .embeddings),
    ]
    for (path, dialect, route) in paid {
      router.post(path) { request, _ in await self.serve(request, dialect, route: route) }
    }
    router.post("/v1/messages/count_tokens") { request, _ in await self.countTokens(request) }
    router.get("/v1/models") { request, _ in
      await self.answer(.models) { id throws(GatewayError) in try await self.listModels(request) }
    }
    router.get("/v1/models/**") { request, context in
      let name = context.parameters.getCatchAll().joined(separator: "/")
      return await self.answer(.model) { id throws(GatewayError) in
        try await self.showModel(name.removingURLPercentEncoding() ?? name, request)
      }
    }
    router.get("/healthz") { _, _ in
      await self.answer(.healthz) { _ throws(GatewayError) in .json(Array(#"{"status":"ok"}"#.utf8))
      }
    }
    router.get("/readyz") { _, _ in
      await self.answer(.readyz) { _ throws(GatewayError) in try await self.readiness() }
    }
    router.get("/metrics") { _, _ in
      await self.answer(.metrics) { _ throws(GatewayError) in self.metricsResponse() }
    }
    addRefusals(to: router)
  }

  /// What is not served under `/v1` is refused in the same shape as everything else.
  private func addRefusals<Context: RequestContext>(to router: Router<Context>) {
    let methods: [HTTPRequest.Method] = [.get, .post, .put, .delete, .patch, .head, .options]
    let known: [(RouterPath, HTTPRequest.Method)] = [
      ("/v1/chat/completions", .post), ("/v1/completions", .post), ("/v1/messages", .post),
      ("/v1/messages/count_tokens", .post), ("/v1/responses", .post), ("/v1/embeddings", .post),
      ("/v1/models", .get),
      ("/v1/models/**", .get), ("/healthz", .get), ("/readyz", .get), ("/metrics", .get),
    ]
    for (path, allowed) in known {
      for method in methods where method != allowed {
        router.on(path, method: method) { _, _ in
          await self.answer(.other) { _ throws(GatewayError) in
            var error = GatewayError(
              .methodNotAllowed, code: "method_not_allowed",
              "this path takes \(allowed.rawValue), not \(method.rawValue)")
            error.allow = allowed.rawValue
            throw error
          }
        }
      }
    }
    for method in methods {
      router.on("/v1/**", method: method) { request, _ in
        await self.answer(.other) { _ throws(GatewayError) in
          throw GatewayError(
            .notFound, code: "unknown_url", "no such path: \(request.uri.path.prefix(200))")
        }
      }
    }
  }

  /// Runs a handler that needs no admission; its errors become answers, its time is counted.
  private func answer(
    _ route: Route, _ body: (String) async throws(GatewayError) -> Response
  ) async -> Response {
    let started = NIODeadline.now()
    let id = identifiers.next(at: time.now())
    var response: Response
    do throws(GatewayError) {
      response = try await body(id)
    } catch {
      response = Response(error)
    }
    response.headers[Self.requestIDHeader] = id
    metrics.record(
      route, model: "", status: response.status.code,
      nanoseconds: (NIODeadline.now() - started).nanoseconds)
    return response
  }
}

extension Response {
  init(_ error: GatewayError, _ dialect: Dialect = .chat, request: String? = nil) {
    let body = dialect == .messages ? error.messagesJSON(request: request) : error.json
    self = .json(body, status: error.status)
    if let seconds = error.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
    if let allow = error.allow { headers[.allow] = allow }
    if error.status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
  }

  static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}

extension String {
  func removingURLPercentEncoding() -> String? {
    var bytes: [UInt8] = []
    var rest = Array(utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let high = hexDigit(rest.removeFirst()),
        let low = hexDigit(rest.removeFirst())
      else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
