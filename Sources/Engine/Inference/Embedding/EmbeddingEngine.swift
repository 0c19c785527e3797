import Foundation

/// Serves one embedding model on this machine: a thread that steps the inputs of all requests together.
///
/// Idle, it blocks and uses no processor. All methods may be called from anywhere.
package final class EmbeddingEngine: Sendable {
  package let model: EmbeddingModel
  private let options: EmbeddingOptions
  private let shared: EmbeddingShared

  /// Starts the engine's thread.
  ///
  /// - Parameter time: the machine's, where other engines run on it too: they take turns, and a drain
  ///   of its clock covers them all.
  package convenience init(
    model: EmbeddingModel, options: EmbeddingOptions = EmbeddingOptions(),
    time: MachineTime = MachineTime()
  ) {
    let options = options.bounded
    let step = EncoderStepModel(
      model, maximumTokens: max(options.tokenBudget, model.maximumTokens),
      threads: options.threads)
    self.init(model: model, step: step, options: options, time: time)
  }

  /// An engine that computes by another step model: for tests.
  init(
    model: EmbeddingModel, step: any EmbeddingStepModel, options: EmbeddingOptions,
    time: MachineTime
  ) {
    let options = options.bounded
    self.model = model
    self.options = options
    shared = EmbeddingShared(time: time, maximumRequests: options.maximumRequests)
    let core = EmbeddingCore(model: step, shared: shared, budget: options.tokenBudget)
    shared.mail.start(name: "embedding") { core.run() }
  }

  deinit { shutdown() }

  /// The vectors of the inputs, in order. Cancelling the task ends the request at the next step.
  ///
  /// - Parameters:
  ///   - id: the caller's name for the request; the cost clock reports its time under it.
  ///   - truncating: cuts inputs that are too long off at the end instead of refusing them.
  /// - Throws: `EngineRefusal` when the request is not valid, when the queue is full and when the
  ///   engine shuts down; `EmbeddingInterruption`, with what was used until then, when it was taken
  ///   but cancelled, or the model failed.
  package func embed(
    _ inputs: [EmbeddingInput], id: String, truncating: Bool = false
  ) async throws -> EmbeddingResult {
    let sequences = try check(inputs, truncating: truncating)
    let ticket = shared.mail.makeId()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        shared.submit(
          .init(
            id: ticket, request: id, sequences: sequences,
            submitted: shared.time.clock.nanoseconds(), continuation: continuation))
        // The handler may have run before the request was known.
        if Task.isCancelled { shared.mail.cancel(ticket) }
      }
    } onCancel: {
      shared.mail.cancel(ticket)
    }
  }

  private func check(
    _ inputs: [EmbeddingInput], truncating: Bool
  ) throws(EngineRefusal) -> [[Int32]] {
    guard !inputs.isEmpty else {
      throw .invalid("input", "is empty; give a text or an array of texts.")
    }
    guard inputs.count <= options.maximumInputs else {
      throw .invalid(
        "input",
        "has \(inputs.count) inputs, but at most \(options.maximumInputs) are taken at once; send "
          + "several requests.")
    }
    let sequences = try model.tokens(of: inputs, truncating: truncating)
    let total = sequences.reduce(0) { $0 + $1.count }
    guard total <= options.maximumRequestTokens else {
      throw .invalid(
        "input",
        "has \(total) tokens in all, but at most \(options.maximumRequestTokens) are taken at once; "
          + "send several requests.")
    }
    return sequences
  }

  /// Hands out the machine's time since the last drain, that of other engines on it too.
  package func drainClock() -> ClockReport { shared.time.drain() }

  package var load: EngineLoad { shared.load }

  /// Takes no more requests, cancels those taken (or finishes them) and waits for the thread's end.
  /// Blocks; may be called more than once.
  package func shutdown(finishing: Bool = false) {
    shared.mail.stop(finishing: finishing)
    shared.mail.waitForEnd()
  }
}
