import Billing
import Crypto
import HTTPTypes
import Hummingbird
import Ledger
import NIOCore

/// Who answers for a model.
enum Target: Sendable {
  case local(any LocalModel)
  case upstream(Upstream)
}

extension GatewayService {
  /// A completion from the request's head to its answer, on either route. Never throws: every
  /// refusal is an answer.
  func complete(_ request: Request, style: CompletionRequest.Style, route: Route) async -> Response
  {
    let started = NIODeadline.now()
    let id = identifiers.next(at: time.now())
    var model = ""
    var streams = false
    var response: Response
    do throws(GatewayError) {
      let slot = try slots.take(id)
      response = try await serve(
        request, slot, style: style, route: route, started: started, model: &model,
        streams: &streams)
    } catch {
      response = refusal(error, to: request)
    }
    response.headers[Self.requestIDHeader] = id
    // A stream is counted when it ends.
    if !streams {
      metrics.record(
        route, model: model, status: response.status.code,
        nanoseconds: (NIODeadline.now() - started).nanoseconds)
    }
    return response
  }

  private func serve(
    _ request: Request, _ slot: RequestSlots.Slot, style: CompletionRequest.Style, route: Route,
    started: NIODeadline, model: inout String, streams: inout Bool
  ) async throws(GatewayError) -> Response {
    let digest = try await recognise(request)
    let body = try await RequestBodyReader.read(request, limit: configuration.maximumBodyBytes)
    let document: JSONDocument
    do { document = try JSONDocument(body) } catch { throw .invalidJSON(error) }
    let asked = try CompletionRequest(
      document, style: style, maximumChoices: configuration.maximumChoices)
    let idempotency = try idempotency(request, route: route, body: body)
    let target = try await authorise(digest, model: asked.model)
    model = asked.model

    let need: TokenNeed
    var plan: LocalPlan?
    switch target {
    case .local(let local):
      let made = try await LocalPlan.make(asked, local)
      plan = made
      need = made.need
    case .upstream: need = try upstreamNeed(asked)
    }
    let outcome = try await admit(slot.request, digest, asked, need, idempotency)
    switch outcome {
    case .replay(let stored): return replay(stored)
    case .admitted(let admission):
      let running = RunningRequest(
        admission: admission, asked: asked, slot: slot, started: started, route: route,
        idempotent: idempotency != nil)
      streams = asked.stream
      do throws(GatewayError) {
        return try await run(running, target, plan)
      } catch {
        streams = false
        throw error
      }
    }
  }

  private func run(
    _ running: RunningRequest, _ target: Target, _ plan: LocalPlan?
  ) async throws(GatewayError) -> Response {
    let choices = running.asked.choices
    guard running.admission.outputTokens >= choices else {
      await release(running)
      throw GatewayError(
        .init(code: 402, reasonPhrase: "Payment Required"), type: "insufficient_quota",
        code: "insufficient_quota",
        "the credit left pays for \(running.admission.outputTokens) tokens, fewer than the \(choices) answers asked for; top up"
      )
    }
    switch (target, plan) {
    case (.local(let model), let plan?):
      return running.asked.stream
        ? try await streamLocally(running, model, plan)
        : try await answerLocally(running, model, plan)
    case (.upstream(let upstream), _):
      return running.asked.stream
        ? try await streamFromUpstream(running, upstream)
        : try await answerFromUpstream(running, upstream)
    case (.local, nil): preconditionFailure("a local request has a plan")
    }
  }

  /// An upper bound for a prompt that only the upstream can count: a token has at least one byte,
  /// and the body holds the prompt and more.
  private func upstreamNeed(_ asked: CompletionRequest) throws(GatewayError) -> TokenNeed {
    if let asked = asked.maxTokens, asked > configuration.maximumUpstreamOutput {
      throw .invalid("max_tokens", "max_tokens: at most \(configuration.maximumUpstreamOutput)")
    }
    let each = asked.maxTokens ?? configuration.defaultUpstreamOutput
    return TokenNeed(
      prompt: asked.fields.document.bytes.count, output: each * asked.choices,
      mayLower: asked.maxTokens == nil)
  }

  private func refusal(_ error: GatewayError, to request: Request) -> Response {
    var response = Response(error)
    // A body that is not wanted is not waited for.
    let unread =
      error.code == "body_too_large" || request.headers[.transferEncoding] != nil
      || request.headers[.contentLength].flatMap { Int($0) } ?? 0 > 65_536
    if unread || error == .shuttingDown { response.headers[.connection] = "close" }
    return response
  }

  private func replay(_ stored: StoredResponse) -> Response {
    metrics.add(to: .replayed)
    return Response(
      status: .init(code: stored.status),
      headers: [.contentType: stored.contentType, Self.replayedHeader: "true"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: stored.body)))
  }
}

/// What a request may need at most.
struct TokenNeed: Sendable {
  var prompt: Int
  /// Over all answers.
  var output: Int
  var mayLower: Bool
}
