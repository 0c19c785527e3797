import Billing
import Crypto
import HTTPTypes
import Hummingbird
import Ledger
import NIOCore

/// Who answers for a model.
enum Target: Sendable {
  case local(any LocalModel)
  case embedder(any LocalEmbedder)
  case upstream(Upstream)
}

/// What a request may need at most.
struct TokenNeed: Sendable {
  var prompt: Int
  /// Over all answers.
  var output: Int
  var mayLower: Bool
}

extension GatewayService {
  /// A request that is charged, from its head to its answer. Never throws: every refusal is an
  /// answer in the caller's dialect.
  func serve(_ request: Request, _ dialect: Dialect, route: Route) async -> Response {
    var call = Call(id: identifiers.next(at: time.now()), route: route, dialect: dialect)
    var response: Response
    do throws(GatewayError) {
      let slot = try slots.take(call.id)
      let arrival = try await receive(request, call, slot)
      response =
        dialect == .embeddings
        ? try await embed(arrival, &call) : try await complete(arrival, &call)
    } catch {
      response = refusal(error, to: request, call)
    }
    response.headers[Self.requestIDHeader] = call.id
    // A stream is counted when it ends.
    if !call.streams { record(call, response) }
    return response
  }

  func record(_ call: Call, _ response: Response) {
    metrics.record(
      call.route, model: call.model, status: response.status.code,
      nanoseconds: (NIODeadline.now() - call.started).nanoseconds)
  }

  /// One call of a route, as its metrics and errors need it.
  struct Call {
    let id: String
    let route: Route
    let dialect: Dialect
    let started = NIODeadline.now()
    /// Empty until it is known that it exists.
    var model = ""
    var streams = false
  }

  /// A caller's request, read whole.
  struct Arrival {
    let slot: RequestSlots.Slot
    let digest: KeyDigest
    let document: JSONDocument
    let idempotency: Idempotency?
  }

  func receive(
    _ request: Request, _ call: Call, _ slot: RequestSlots.Slot
  ) async throws(GatewayError) -> Arrival {
    let digest = try await recognise(request)
    if call.dialect == .messages { try checkVersion(request) }
    let body = try await RequestBodyReader.read(request, limit: configuration.maximumBodyBytes)
    let document: JSONDocument
    do { document = try JSONDocument(body) } catch { throw .invalidJSON(error) }
    return Arrival(
      slot: slot, digest: digest, document: document,
      idempotency: try idempotency(request, route: call.route, body: body))
  }

  private func complete(
    _ arrival: Arrival, _ call: inout Call
  ) async throws(GatewayError) -> Response {
    let asked = try CompletionRequest.read(
      arrival.document, call.dialect, maximumChoices: configuration.maximumChoices)
    let target = try await authorise(arrival.digest, model: asked.model)
    call.model = asked.model

    let need: TokenNeed
    var plan: LocalPlan?
    switch target {
    case .local(let local):
      let made = try await LocalPlan.make(asked, local, grammars)
      plan = made
      need = made.need
    case .embedder: throw .embedsOnly(asked.model)
    case .upstream: need = try upstreamNeed(asked)
    }
    let outcome = try await admit(
      arrival.slot, arrival.digest, model: asked.model, need, arrival.idempotency)
    switch outcome {
    case .replay(let stored): return replay(stored)
    case .admitted(let admission):
      let running = RunningRequest(
        admission: admission, asked: asked, slot: arrival.slot, started: call.started,
        route: call.route, idempotent: arrival.idempotency != nil)
      let response = try await run(running, target, plan)
      call.streams = asked.stream
      return response
    }
  }

  private func run(
    _ running: RunningCompletion, _ target: Target, _ plan: LocalPlan?
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
    case (.local, nil), (.embedder, _): preconditionFailure("a local request has a plan")
    }
  }

  /// An upper bound for a prompt that only the upstream can count: a token has at least one byte,
  /// and the body holds the prompt and more.
  private func upstreamNeed(_ asked: CompletionRequest) throws(GatewayError) -> TokenNeed {
    if let limit = asked.maxTokens, limit > configuration.maximumUpstreamOutput {
      throw .invalid(
        "max_tokens", "max_tokens: at most \(configuration.maximumUpstreamOutput)"
      ).inWords(of: asked.dialect)
    }
    let each = asked.maxTokens ?? configuration.defaultUpstreamOutput
    return TokenNeed(
      prompt: asked.fields.document.bytes.count, output: each * asked.choices,
      mayLower: asked.maxTokens == nil)
  }

  func refusal(_ error: GatewayError, to request: Request, _ call: Call) -> Response {
    var response = Response(error, call.dialect, request: call.id)
    // A body that is not wanted is not waited for.
    let unread =
      error.code == "body_too_large" || request.headers[.transferEncoding] != nil
      || request.headers[.contentLength].flatMap { Int($0) } ?? 0 > 65_536
    if unread || error == .shuttingDown { response.headers[.connection] = "close" }
    return response
  }

  func replay(_ stored: StoredResponse) -> Response {
    metrics.add(to: .replayed)
    return Response(
      status: .init(code: stored.status),
      headers: [.contentType: stored.contentType, Self.replayedHeader: "true"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: stored.body)))
  }
}
