import AsyncHTTPClient
import Billing
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

extension GatewayService {
  /// The caller's request as the upstream gets it; a wrong set-up gives the hold back.
  private func prepare(
    _ running: RunningRequest, _ upstream: Upstream
  ) async throws(GatewayError) -> (route: UpstreamRoute, request: HTTPClient.Request) {
    do throws(GatewayError) {
      let route = try upstreams.route(upstream)
      var request = running.asked.style == .chat ? route.chat : route.text
      let limit = running.admission.outputTokens / running.asked.choices
      request.body = .byteBuffer(
        UpstreamBody.make(running.asked, model: route.theirModel, limit: limit))
      return (route, request)
    } catch {
      logger.error("upstream is not set up", metadata: ["error": "\(error)"])
      await release(running)
      throw error
    }
  }

  /// A whole answer. It is not cut short when the caller goes away: the upstream bills it, and only
  /// its end tells the usage.
  func answerFromUpstream(
    _ running: RunningRequest, _ upstream: Upstream
  ) async throws(GatewayError) -> Response {
    let (route, request) = try await prepare(running, upstream)
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
    let body = answer.renamed(route.ourModel)
    try await settle(
      running, RunResult(outcome: gone ? .aborted : .completed, usage: answer.usage),
      answer: ("application/json", body))
    return .json(body)
  }

  func streamFromUpstream(
    _ running: RunningRequest, _ upstream: Upstream
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
    _ running: RunningRequest, _ status: Int, _ headers: HTTPHeaders, _ body: [UInt8],
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
  private func failed(_ running: RunningRequest, _ error: any Error) async -> GatewayError {
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
