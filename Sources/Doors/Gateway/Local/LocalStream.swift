import Billing
import Hummingbird
import Inference
import NIOCore
import Synchronization

/// An answer of the own engine on its way to the caller, event by event.
final class LocalStream: Sendable {
  private let service: GatewayService
  private let running: RunningCompletion
  private let run: LocalRun
  private let begun = Atomic(false)

  init(_ service: GatewayService, _ running: RunningCompletion, _ run: LocalRun) {
    self.service = service
    self.running = running
    self.run = run
  }

  /// The connection broke before the answer's head was sent: someone must still settle.
  deinit {
    guard !begun.load(ordering: .relaxed) else { return }
    let (service, running, run) = (service, running, run)
    run.cancel()
    service.abandon {
      var ends: [Finished] = []
      for generation in run.generations { ends.append(await generation.finished()) }
      await service.settleAborted(running, run.tally(ends))
    }
  }

  /// Writes the events and settles before the last. A caller that goes away stops the generation
  /// and pays for what was generated.
  func write(to writer: inout any ResponseBodyWriter) async throws {
    begun.store(true, ordering: .relaxed)
    var output = StreamOutput(keeps: running.idempotent)
    var answer = running.answerWriter(fingerprint: run.model.fingerprint)
    let (ends, reasons) = await relay(&answer, &output, &writer)
    ClientConnection.current?.forgetAction()
    let tally = run.tally(ends)
    do throws(GatewayError) {
      try await finish(tally, reasons, &answer, &output, &writer)
      record(status: 200)
    } catch {
      record(status: error.status.code)
      await output.write(answer.failure(error), to: &writer)
    }
    if output.isBroken { throw CancellationError() }
    try await writer.finish(nil)
  }

  /// Passes pieces on until every choice has ended.
  private func relay(
    _ answer: inout any AnswerWriter, _ output: inout StreamOutput,
    _ writer: inout any ResponseBodyWriter
  ) async -> ([Finished], [FinishReason]) {
    let prompt = run.plan.prompts.reduce(0) { $0 + $1.count }
    await output.write(
      answer.opening(promptTokens: prompt, echoes: run.plan.echoes), to: &writer)
    var readers = run.generations.indices.map { ChoiceReader(run, choice: $0) }
    var reasons = [FinishReason](repeating: .stop, count: readers.count)
    var ends = [Finished?](repeating: nil, count: readers.count)
    let (merged, source) = AsyncStream<(Int, GenerationEvent)>.makeStream()
    await withTaskGroup(of: Void.self) { group in
      for (choice, generation) in run.generations.enumerated() {
        group.addTask { await Self.forward(choice, generation, to: source) }
      }
      var left = ends.count
      var events = merged.makeAsyncIterator()
      while left > 0, let (choice, event) = await events.next() {
        let said: [AnswerEvent]
        switch event {
        case .piece(let text, let tokens): said = readers[choice].take(text, tokens)
        case .finished(let end):
          ends[choice] = end
          left -= 1
          let rest = readers[choice].finish(end)
          said = rest.events
          reasons[choice] = rest.reason
        }
        let bytes = said.flatMap { answer.event($0, choice: choice) }
        await output.write(bytes, to: &writer)
        if output.isBroken { run.cancel() }
      }
    }
    // A cancelled task reads no events, but the ends are still to be had.
    var known: [Finished] = []
    for (choice, end) in ends.enumerated() {
      if let end {
        known.append(end)
      } else {
        known.append(await run.generations[choice].finished())
      }
    }
    return (known, reasons)
  }

  private static func forward(
    _ choice: Int, _ generation: Generation,
    to source: AsyncStream<(Int, GenerationEvent)>.Continuation
  ) async {
    var ended = false
    for await event in generation.events {
      if case .finished = event { ended = true }
      source.yield((choice, event))
    }
    if !ended { source.yield((choice, .finished(await generation.finished()))) }
  }

  private func finish(
    _ tally: LocalTally, _ reasons: [FinishReason], _ answer: inout any AnswerWriter,
    _ output: inout StreamOutput, _ writer: inout any ResponseBodyWriter
  ) async throws(GatewayError) {
    if let failure = tally.failure {
      await service.settleQuietly(running, tally.result(.failed, usage: tally.usage))
      throw .engineFailed(failure)
    }
    guard !tally.isCutShort, let usage = tally.usage else {
      await service.settleAborted(running, tally)
      throw service.cutShort(tally)
    }
    let last = answer.closing(reasons, usage: usage)
    let whole = output.kept.map { ("text/event-stream; charset=utf-8", $0 + last) }
    try await service.settle(running, tally.result(.completed, usage: usage), answer: whole)
    await output.write(last, to: &writer)
  }

  private func record(status: Int) {
    service.metrics.record(
      running.route, model: running.asked.model, status: status,
      nanoseconds: running.elapsedNanoseconds)
  }
}

/// Where a stream's bytes go: to the caller while there is one, and kept for an `Idempotency-Key`.
struct StreamOutput {
  private(set) var kept: [UInt8]?
  /// The caller has gone.
  private(set) var isBroken = false

  init(keeps: Bool) { kept = keeps ? [] : nil }

  mutating func write(_ bytes: [UInt8], to writer: inout any ResponseBodyWriter) async {
    kept?.append(contentsOf: bytes)
    guard !isBroken, !bytes.isEmpty else { return }
    do { try await writer.write(ByteBuffer(bytes: bytes)) } catch { isBroken = true }
  }
}
