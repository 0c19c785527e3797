import Billing
import HTTPTypes
import Hummingbird
import Inference
import NIOCore

extension GatewayService {
  /// Starts the generations; a refusal gives the hold back. From here on the caller's going away, or
  /// shutdown's end, stops them.
  private func start(
    _ running: RunningRequest, _ model: any LocalModel, _ plan: LocalPlan
  ) async throws(GatewayError) -> LocalRun {
    let run: LocalRun
    do throws(GatewayError) {
      run = try await LocalRun(running, model, plan)
    } catch {
      await release(running)
      throw error
    }
    running.slot.onCancel { run.cancel() }
    ClientConnection.current?.whenClosed { run.cancel() }
    return run
  }

  func answerLocally(
    _ running: RunningRequest, _ model: any LocalModel, _ plan: LocalPlan
  ) async throws(GatewayError) -> Response {
    let run = try await start(running, model, plan)
    var answers: [ChoiceAnswer] = []
    for generation in run.generations { answers.append(await ChoiceAnswer(generation)) }
    ClientConnection.current?.forgetAction()
    let tally = run.tally(answers.map(\.finished))
    if let failure = tally.failure {
      // Nothing was delivered, so no token is charged; the machine's time is booked.
      await settleQuietly(running, tally.result(.failed, usage: .zero))
      throw .engineFailed(failure)
    }
    guard !tally.cancelled, let usage = tally.usage else {
      await settleAborted(running, tally)
      throw slots.isDraining ? .shuttingDown : .clientGone
    }
    let body = AnswerWriter(running, run).whole(answers, echoes: plan.echoes, usage: usage)
    try await settle(
      running, tally.result(.completed, usage: usage), answer: ("application/json", body))
    return .json(body)
  }

  /// A run that was stopped: what was generated is paid for, and nothing when nothing was.
  func settleAborted(_ running: RunningRequest, _ tally: LocalTally) async {
    if tally.neverRan {
      await release(running)
    } else {
      await settleQuietly(running, tally.result(.aborted, usage: tally.usage))
    }
  }

  func streamLocally(
    _ running: RunningRequest, _ model: any LocalModel, _ plan: LocalPlan
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
