import AsyncHTTPClient
import Billing
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

extension GatewayService {
  /// Where the request goes; a wrong set-up gives the hold back.
  func upstreamRoute(
    _ running: RunningRequest<some AskedRequest>, _ upstream: Upstream
  ) async throws(GatewayError) -> UpstreamRoute {
    do throws(GatewayError) {
      return try upstreams.route(upstream)
    } catch {
      logger.error("upstream is not set up", metadata: ["error": "\(error)"])
      await release(running)
      throw error
    }
  }

  /// The caller's request as the upstream gets it.
  private func prepare(
    _ running: RunningCompletion, _ upstream: Upstream
  ) async throws(GatewayError) -> (route: UpstreamRoute, request: HTTPClient.Request) {
    let route = try await upstreamRoute(running, upstream)
    var request = running.asked.style == .chat ? route.chat : route.text
    let limit = running.admission.outputTokens / running.asked.choices
    request.body = .byteBuffer(
      UpstreamBody.make(running.asked, model: route.theirModel, limit: limit))
    return (route, request)
  }

  func answerFromUpstream(
    _ running: RunningCompletion, _ upstream: Upstream
  ) async throws(GatewayError) -> Response {
    let (route, request) = try await prepare(running, upstream)
    return try await answerFromUpstream(running, route, request) { answer in
      switch running.asked.dialect {
      case .messages, .responses:
        running.answerWriter(fingerprint: "")
          .whole([Answer(answer, request: running.id)], echoes: [], usage: answer.usage)
      case .chat, .text, .embeddings: answer.renamed(route.ourModel)
      }
    }
  }

  /// A whole answer. It is not cut short when the caller goes away: the upstream bills it, and only
  /// its end tells the usage.
  ///
  /// - Parameter write: the upstream's answer as the caller gets it.
  func answerFromUpstream(
    _ running: RunningRequest<some AskedRequest>, _ route: UpstreamRoute,
    _ request: HTTPClient.Request, write: (UpstreamAnswer) -> [UInt8]
  ) async throws(GatewayError) -> Response {
    let response: UpstreamCollector.Response
    do {
      response = try await upstreams.collect(request) { task in
        running.slot.onCancel { task.cancel() }
      }
    } catch {
      throw await failed(running, error)
    }
    let bytes = Array(response.body.readableBytesView)
    guard (200..<300).contains(response.status) else {
      throw await refused(running, response.status, response.headers, bytes, route)
    }
    guard let answer = UpstreamAnswer(bytes) else {
      metrics.add(to: .upstreamFailures)
      await settleQuietly(running, RunResult(outcome: .failed, usage: nil))
      throw UpstreamFailure.gateway(
        .badGateway, "upstream_error", "the upstream service's answer is not JSON; try again later")
    }
    let gone = ClientConnection.current?.isClosed ?? false
    let body = write(answer)
    try await settle(
      running, RunResult(outcome: gone ? .aborted : .completed, usage: answer.usage),
      answer: ("application/json", body))
    return .json(body)
  }

  func streamFromUpstream(
    _ running: RunningCompletion, _ upstream: Upstream
  ) async throws(GatewayError) -> Response {
    let (route, request) = try await prepare(running, upstream)
    var task: HTTPClient.Task<Void>?
    let opened: (head: UpstreamStream.Head, stream: UpstreamStream)
    do {
      opened = try await upstreams.open(request) { started in
        task = started
        running.slot.onCancel { started.cancel() }
        let linger = configuration.upstreamLingerSeconds
        ClientConnection.current?.whenClosed { UpstreamRelay.cancel(started, inSeconds: linger) }
      }
    } catch {
      throw await failed(running, error)
    }
    guard (200..<300).contains(opened.head.status) else {
      var body: [UInt8] = []
      while body.count < 65_536, let part = try? await opened.stream.next() {
        body += part.readableBytesView
      }
      task?.cancel()
      throw await refused(running, opened.head.status, opened.head.headers, body, route)
    }
    let relay = UpstreamRelay(
      self, running, route, opened.stream, cancel: { [task] in task?.cancel() })
    return .events { writer in try await relay.write(to: &writer) }
  }

  /// The upstream answered with an error status: nothing was generated.
  private func refused(
    _ running: RunningRequest<some AskedRequest>, _ status: Int, _ headers: HTTPHeaders,
    _ body: [UInt8],
    _ route: UpstreamRoute
  ) async -> GatewayError {
    metrics.add(to: .upstreamFailures)
    logger.warning(
      "upstream refused", metadata: ["upstream": "\(route.upstream.name)", "status": "\(status)"])
    await release(running)
    return UpstreamFailure.error(status: status, headers: headers, body: body, secret: route.secret)
  }

  /// No whole answer came. Unless the upstream was never reached, it may have run and billed:
  /// unrated.
  private func failed(
    _ running: RunningRequest<some AskedRequest>, _ error: any Error
  ) async -> GatewayError {
    metrics.add(to: .upstreamFailures)
    logger.warning(
      "upstream failed", metadata: ["model": "\(running.asked.model)", "error": "\(error)"])
    if UpstreamClient.neverConnected(error) {
      await release(running)
    } else {
      await settleQuietly(running, RunResult(outcome: .failed, usage: nil))
    }
    return UpstreamFailure.error(error)
  }
}
