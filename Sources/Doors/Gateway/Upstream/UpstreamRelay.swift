import AsyncHTTPClient
import Billing
import Hummingbird
import NIOCore
import Synchronization

/// An upstream's stream on its way to the caller: renamed, its usage read (and hidden unless the
/// caller asked for it), settled before `[DONE]`.
final class UpstreamRelay: Sendable {
  private let service: GatewayService
  private let running: RunningCompletion
  private let route: UpstreamRoute
  private let stream: UpstreamStream
  private let cancel: @Sendable () -> Void
  private let begun = Atomic(false)

  private struct Progress {
    /// Nil passes the upstream's own events on.
    var translation: UpstreamTranslation?
    var usage: TokenUsage?
    var done = false
    var answered = false
    var reportedError = false
    var firstMilliseconds: Int?
  }

  init(
    _ service: GatewayService, _ running: RunningCompletion, _ route: UpstreamRoute,
    _ stream: UpstreamStream, cancel: @escaping @Sendable () -> Void
  ) {
    self.service = service
    self.running = running
    self.route = route
    self.stream = stream
    self.cancel = cancel
  }

  static func cancel(_ task: HTTPClient.Task<Void>, inSeconds seconds: Int) {
    task.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) { task.cancel() }
  }

  /// The connection broke before the answer's head was sent.
  deinit {
    guard !begun.load(ordering: .relaxed) else { return }
    cancel()
    let (service, running) = (service, running)
    service.abandon {
      await service.settleQuietly(running, RunResult(outcome: .aborted, usage: nil))
    }
  }

  func write(to writer: inout any ResponseBodyWriter) async throws {
    begun.store(true, ordering: .relaxed)
    var output = StreamOutput(keeps: running.idempotent)
    var progress = Progress(translation: UpstreamTranslation(running))
    do throws(GatewayError) {
      if let opening = progress.translation?.opening() {
        await output.write(opening, to: &writer)
      }
      try await relay(&progress, &output, &writer)
      try await finish(&progress, &output, &writer)
      record(status: output.isBroken ? GatewayError.clientGone.status.code : 200)
    } catch {
      record(status: error.status.code)
      let bytes = progress.translation?.failure(error) ?? ServerSentEvent.data(error.json)
      await output.write(bytes, to: &writer)
    }
    ClientConnection.current?.forgetAction()
    if output.isBroken { throw CancellationError() }
    try await writer.finish(nil)
  }

  /// Reads to the end, also for a caller who has left, within `upstreamLingerSeconds`.
  private func relay(
    _ progress: inout Progress, _ output: inout StreamOutput, _ writer: inout any ResponseBodyWriter
  ) async throws(GatewayError) {
    var splitter = EventSplitter()
    do {
      while !progress.done, let part = try await stream.next() {
        if progress.firstMilliseconds == nil {
          progress.firstMilliseconds = running.elapsedMilliseconds
        }
        var bytes: [UInt8] = []
        for event in try splitter.append(part.readableBytesView) {
          bytes += take(event, &progress)
        }
        await output.write(bytes, to: &writer)
      }
      if !progress.done, let event = splitter.finish() {
        await output.write(take(event, &progress), to: &writer)
      }
    } catch {
      cancel()
      service.metrics.add(to: .upstreamFailures)
      let gone = output.isBroken || (ClientConnection.current?.isClosed ?? false)
      let draining = service.slots.isDraining
      await service.settleQuietly(
        running,
        RunResult(
          outcome: gone || draining ? .aborted : .failed, usage: progress.usage,
          firstTokenMilliseconds: progress.firstMilliseconds))
      throw gone ? .clientGone : draining ? .shuttingDown : UpstreamFailure.error(error)
    }
  }

  /// What an event becomes for the caller.
  private func take(_ event: [UInt8], _ progress: inout Progress) -> [UInt8] {
    if progress.done { return [] }
    if event == Array("[DONE]".utf8) {
      progress.done = true
      return []
    }
    guard let answer = UpstreamAnswer(event) else {
      return progress.translation == nil ? ServerSentEvent.data(event) : []
    }
    if let usage = answer.usage { progress.usage = usage }
    progress.answered = true
    if answer.isError { progress.reportedError = true }
    if progress.translation != nil { return progress.translation?.take(answer) ?? [] }
    if answer.isUsageOnly, !running.asked.includeUsage { return [] }
    return ServerSentEvent.data(answer.renamed(route.ourModel))
  }

  private func finish(
    _ progress: inout Progress, _ output: inout StreamOutput,
    _ writer: inout any ResponseBodyWriter
  ) async throws(GatewayError) {
    let gone = output.isBroken || (ClientConnection.current?.isClosed ?? false)
    guard progress.answered || gone else {
      service.metrics.add(to: .upstreamFailures)
      await service.settleQuietly(
        running,
        RunResult(
          outcome: .failed, usage: nil, firstTokenMilliseconds: progress.firstMilliseconds))
      throw UpstreamFailure.gateway(
        .badGateway, "upstream_error",
        "the upstream service's answer is not a stream of events; try again later")
    }
    let broken = progress.reportedError || (progress.translation?.isMixed ?? false)
    let outcome: Settlement.Outcome =
      broken ? .failed : gone ? .aborted : .completed
    // An error that the upstream told has been passed on; in another form it is told here.
    let last =
      progress.translation == nil
      ? ServerSentEvent.done
      : broken ? [] : progress.translation?.closing(usage: progress.usage) ?? []
    let whole = output.kept.map { ("text/event-stream; charset=utf-8", $0 + last) }
    try await service.settle(
      running,
      RunResult(
        outcome: outcome, usage: progress.usage, firstTokenMilliseconds: progress.firstMilliseconds),
      answer: outcome == .completed ? whole : nil)
    if broken, progress.translation != nil {
      throw UpstreamFailure.gateway(
        .badGateway, "upstream_error", "the upstream service broke off; try again later")
    }
    await output.write(last, to: &writer)
  }

  private func record(status: Int) {
    service.metrics.record(
      running.route, model: running.asked.model, status: status,
      nanoseconds: running.elapsedNanoseconds)
  }
}
