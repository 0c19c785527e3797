import AsyncHTTPClient
import Billing
import HTTPTypes
import Hummingbird
import Inference
import NIOCore

extension GatewayService {
  /// `POST /v1/embeddings`: admitted, run and settled as a completion without output.
  func embed(_ arrival: Arrival, _ call: inout Call) async throws(GatewayError) -> Response {
    let asked = try EmbeddingRequest(
      arrival.document, maximumInputs: configuration.maximumEmbeddingInputs)
    let target = try await authorise(arrival.digest, model: asked.model)
    call.model = asked.model
    let prompt: Int
    var tokens: [[Int32]] = []
    switch target {
    case .embedder(let embedder):
      tokens = try await Self.tokens(asked, embedder)
      prompt = tokens.reduce(0) { $0 + $1.count }
    // An upper bound, as for completions.
    case .upstream: prompt = arrival.document.bytes.count
    case .local:
      throw .unsupported(
        "model", "model: '\(asked.model)' answers in text; name a model that makes embeddings")
    }
    let outcome = try await admit(
      arrival.slot, arrival.digest, model: asked.model,
      TokenNeed(prompt: prompt, output: 0, mayLower: false), arrival.idempotency)
    guard case .admitted(let admission) = outcome else {
      guard case .replay(let stored) = outcome else { preconditionFailure("no third outcome") }
      return replay(stored)
    }
    let running = RunningRequest(
      admission: admission, asked: asked, slot: arrival.slot, started: call.started,
      route: call.route, idempotent: arrival.idempotency != nil)
    switch target {
    case .embedder(let embedder): return try await embedLocally(running, embedder, tokens)
    case .upstream(let upstream): return try await embedUpstream(running, upstream)
    case .local: preconditionFailure("refused above")
    }
  }

  private static func tokens(
    _ asked: EmbeddingRequest, _ embedder: any LocalEmbedder
  ) async throws(GatewayError) -> [[Int32]] {
    if let dimensions = asked.dimensions, dimensions != embedder.dimensions {
      guard embedder.mayShorten else {
        throw .unsupported(
          "dimensions",
          "dimensions: this model's vectors have \(embedder.dimensions) and lose their meaning when cut; leave it out"
        )
      }
      guard dimensions < embedder.dimensions else {
        throw .invalid(
          "dimensions", "dimensions: this model's vectors have \(embedder.dimensions); send less")
      }
    }
    let make: @Sendable () throws(GatewayError) -> [[Int32]] = { () throws(GatewayError) in
      do throws(EngineRefusal) {
        return try embedder.tokens(of: asked.inputs)
      } catch {
        throw GatewayError(error)
      }
    }
    let isShort = asked.fields.document.bytes.count <= OffLoop.inlineBytes
    if isShort { return try make() }
    return try await OffLoop.run(make)
  }

  private func embedLocally(
    _ running: RunningRequest<EmbeddingRequest>, _ embedder: any LocalEmbedder,
    _ tokens: [[Int32]]
  ) async throws(GatewayError) -> Response {
    let (id, asked) = (running.id, running.asked)
    let work = Task { try await embedder.embed(tokens.map(EmbeddingInput.tokens), id: id) }
    running.slot.onCancel { work.cancel() }
    ClientConnection.current?.whenClosed { work.cancel() }
    let result = await work.result
    ClientConnection.current?.forgetAction()
    let made: EmbeddingResult
    do {
      made = try result.get()
    } catch {
      throw await ended(running, error)
    }
    let prompt = made.promptTokens.reduce(0, +)
    guard let usage = TokenUsage(prompt: prompt, cached: 0, output: 0) else {
      preconditionFailure("the engine bounds its tokens")
    }
    let vectors = asked.dimensions.map { count in
      made.vectors.map { EmbeddingAnswer.shortened($0, to: count) }
    }
    let body = EmbeddingAnswer.json(vectors ?? made.vectors, asked, usage: usage)
    try await settle(
      running,
      RunResult(
        outcome: .completed, usage: usage, computeNanoseconds: made.computeNanoseconds),
      answer: ("application/json", body))
    return .json(body)
  }

  /// A run without vectors: refused costs nothing, left is paid for so far, failed is free.
  private func ended(
    _ running: RunningRequest<EmbeddingRequest>, _ error: any Error
  ) async -> GatewayError {
    if let refusal = error as? EngineRefusal {
      await release(running)
      return GatewayError(refusal)
    }
    guard let end = error as? EmbeddingInterruption, end.totalComputeNanoseconds > 0 else {
      await release(running)
      return error is CancellationError || (error as? EmbeddingInterruption)?.reason == .cancelled
        ? (slots.isDraining ? .shuttingDown : .clientGone) : .engineFailed("\(error)")
    }
    switch end.reason {
    case .cancelled:
      await settleQuietly(
        running,
        RunResult(
          outcome: .aborted, usage: TokenUsage(prompt: end.promptTokens, cached: 0, output: 0),
          computeNanoseconds: end.computeNanoseconds))
      return slots.isDraining ? .shuttingDown : .clientGone
    case .failed(let why):
      await settleQuietly(
        running,
        RunResult(outcome: .failed, usage: .zero, computeNanoseconds: end.computeNanoseconds))
      return .engineFailed(why)
    }
  }

  private func embedUpstream(
    _ running: RunningRequest<EmbeddingRequest>, _ upstream: Upstream
  ) async throws(GatewayError) -> Response {
    let route = try await upstreamRoute(running, upstream)
    var request = route.embeddings
    let body = UpstreamAnswer(document: running.asked.fields.document).renamed(route.theirModel)
    request.body = .byteBuffer(ByteBuffer(bytes: body))
    return try await answerFromUpstream(running, route, request) { answer in
      answer.renamed(route.ourModel)
    }
  }
}
