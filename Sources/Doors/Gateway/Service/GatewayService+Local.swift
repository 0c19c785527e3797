import Billing
import HTTPTypes
import Hummingbird
import Inference
import NIOCore

extension GatewayService {
  /// Starts the generations; a refusal gives the hold back. From here on the caller's going away, or
  /// shutdown's end, stops them.
  private func start(
    _ running: RunningCompletion, _ model: any LocalModel, _ plan: LocalPlan
  ) async throws(GatewayError) -> LocalRun {
    let run: LocalRun
    do throws(GatewayError) {
      let weight = running.admission.customer.plan.flatMap { configuration.planWeights[$0] }
      run = try await LocalRun(
        running, model, plan, weight: weight ?? 1,
        deadlineSeconds: configuration.maximumQueueSeconds)
    } catch {
      await release(running)
      throw error
    }
    running.slot.onCancel { run.cancel() }
    ClientConnection.current?.whenClosed { run.cancel() }
    return run
  }

  func answerLocally(
    _ running: RunningCompletion, _ model: any LocalModel, _ plan: LocalPlan
  ) async throws(GatewayError) -> Response {
    let run = try await start(running, model, plan)
    var answers: [Answer] = []
    var ends: [Finished] = []
    for (choice, generation) in run.generations.enumerated() {
      answers.append(await Answer(generation, ChoiceReader(run, choice: choice)))
      ends.append(await generation.finished())
    }
    ClientConnection.current?.forgetAction()
    let tally = run.tally(ends)
    if let failure = tally.failure {
      // Nothing was delivered, so no token is charged; the machine's time is booked.
      await settleQuietly(running, tally.result(.failed, usage: .zero))
      throw .engineFailed(failure)
    }
    guard !tally.isCutShort, let usage = tally.usage else {
      await settleAborted(running, tally)
      throw cutShort(tally)
    }
    let body = running.answerWriter(fingerprint: model.fingerprint)
      .whole(answers, echoes: plan.echoes, usage: usage)
    try await settle(
      running, tally.result(.completed, usage: usage), answer: ("application/json", body))
    return .json(body)
  }

  /// Why a run ended without all its answers.
  func cutShort(_ tally: LocalTally) -> GatewayError {
    if slots.isDraining { return .shuttingDown }
    guard tally.expired, !tally.cancelled else { return .clientGone }
    return .unavailable(
      "the request waited longer than \(configuration.maximumQueueSeconds ?? 0) s for its turn; try again later",
      code: "queue_timeout")
  }

  /// A run that was stopped: what was generated is paid for, and nothing when nothing was.
  func settleAborted(_ running: RunningRequest<some AskedRequest>, _ tally: LocalTally) async {
    if tally.neverRan {
      await release(running)
    } else {
      await settleQuietly(running, tally.result(.aborted, usage: tally.usage))
    }
  }

  func streamLocally(
    _ running: RunningCompletion, _ model: any LocalModel, _ plan: LocalPlan
  ) async throws(GatewayError) -> Response {
    let stream = LocalStream(self, running, try await start(running, model, plan))
    return .events { writer in try await stream.write(to: &writer) }
  }
}

extension Response {
  static func events(
    _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
  ) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache"],
      body: ResponseBody(write))
  }
}
