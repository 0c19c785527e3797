import Billing
import Logging

/// What a run came to.
struct RunResult: Sendable {
  var outcome: Settlement.Outcome
  /// Nil: unknown.
  var usage: TokenUsage?
  /// Of the own machine; nil for an upstream.
  var computeNanoseconds: Int64?
  var firstTokenMilliseconds: Int?
}

extension GatewayService {
  /// Books a run (steps 5 and 6). When it returns, the booking is on disk.
  /// - Throws: 503 when the books cannot be written; then nothing is charged and the hold lapses.
  func settle(
    _ running: RunningRequest<some AskedRequest>, _ result: RunResult,
    answer: (contentType: String, body: [UInt8])? = nil
  ) async throws(GatewayError) {
    var settlement = Settlement(
      admission: running.admission, outcome: result.outcome, usage: result.usage,
      compute: result.computeNanoseconds.map {
        ComputeShare(machine: configuration.machine, nanoseconds: $0)
      },
      streamed: running.asked.stream, firstTokenMilliseconds: result.firstTokenMilliseconds,
      durationMilliseconds: running.elapsedMilliseconds)
    if running.idempotent, let answer, answer.body.count <= configuration.maximumStoredResponseBytes
    {
      settlement.response = StoredResponse(
        request: running.id, status: 200, contentType: answer.contentType, body: answer.body)
    }
    do throws(BillingError) {
      let event = try await store.settle(settlement)
      count(event)
    } catch {
      metrics.add(to: .storageFailures)
      logger.error(
        "a request could not be booked",
        metadata: ["request": "\(running.id)", "error": "\(error)"])
      throw GatewayError(error)
    }
  }

  private func count(_ event: UsageEvent) {
    metrics.add(to: .settled)
    if event.outcome == .aborted { metrics.add(to: .aborted) }
    guard let usage = event.usage else {
      metrics.add(to: .unrated)
      return
    }
    metrics.add(usage.input, to: .inputTokens)
    metrics.add(usage.cachedInput, to: .cachedTokens)
    metrics.add(usage.output, to: .outputTokens)
  }

  /// Settles where there is no one left to tell of a failure; the hold's expiry is the backstop.
  func settleQuietly(_ running: RunningRequest<some AskedRequest>, _ result: RunResult) async {
    try? await settle(running, result)
  }

  /// Gives the hold back: the request never ran.
  func release(_ running: RunningRequest<some AskedRequest>) async {
    do throws(BillingError) {
      try await store.release(request: running.id)
      metrics.add(to: .released)
    } catch {
      metrics.add(to: .storageFailures)
      logger.error(
        "a hold could not be released; it lapses by itself",
        metadata: ["request": "\(running.id)", "error": "\(error)"])
    }
  }
}
