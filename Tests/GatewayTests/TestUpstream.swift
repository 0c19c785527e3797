import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// An OpenAI-compatible service that answers as a test tells it and remembers what it was asked.
final class TestUpstream: Sendable {
  struct Asked: Sendable {
    let body: String
    let authorization: String?
  }
  private let log = Mutex<[Asked]>([])
  var asked: [Asked] { log.withLock { $0 } }

  static let whole =
    #"{"id":"x","object":"chat.completion","model":"their-model","choices":[{"index":0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]"#
  static let usage =
    #""usage":{"prompt_tokens":20,"completion_tokens":10,"total_tokens":30,"prompt_tokens_details":{"cached_tokens":8}}"#
  static let chunk =
    #"{"id":"x","object":"chat.completion.chunk","model":"their-model","choices":[{"index":0,"delta":{"content":"hello"},"finish_reason":null}],"usage":null}"#
  static let usageChunk =
    #"{"id":"x","object":"chat.completion.chunk","model":"their-model","choices":[],\#(usage)}"#

  /// Serves while `body` runs with its base URL.
  static func run(
    _ respond: @escaping @Sendable (Request) async throws -> Response,
    _ body: @escaping @Sendable (TestUpstream, String) async throws -> Void
  ) async throws {
    let upstream = TestUpstream()
    let router = Router()
    for path in ["/v1/chat/completions", "/v1/completions", "/v1/embeddings"] as [RouterPath] {
      router.post(path) { request, _ in
        var request = request
        let buffer = try await request.collectBody(upTo: 1 << 20)
        let asked = Asked(
          body: String(buffer: buffer), authorization: request.headers[.authorization])
        upstream.log.withLock { $0.append(asked) }
        return try await respond(request)
      }
    }
    var logger = Logger(label: "upstream")
    logger.logLevel = .critical
    try await Harness.serve(router, .http1(), [], logger) { port in
      try await body(upstream, "http://127.0.0.1:\(port)/v1")
    }
  }

  static func json(
    _ text: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  static func events(_ events: [String]) -> Response {
    Response(
      status: .ok, headers: [.contentType: "text/event-stream"],
      body: ResponseBody(contentsOf: events.map { ByteBuffer(string: "data: \($0)\n\n") }))
  }
}
