/// The embedding engine's loop: takes requests in, steps the model, delivers.
///
/// After it is made, only one thread uses it: the engine's, or a test.
final class EmbeddingCore: @unchecked Sendable {
  /// A request in hand.
  private struct Active {
    let submission: EmbeddingShared.Submission
    var vectors: [[Float]]
    /// Inputs not computed yet.
    var left: Int
    /// Tokens of those computed.
    var tokens = 0
  }

  private let model: any EmbeddingStepModel
  private let shared: EmbeddingShared
  private let budget: Int
  private var queue = EmbeddingQueue()
  private var active: [UInt64: Active] = [:]

  init(model: any EmbeddingStepModel, shared: EmbeddingShared, budget: Int) {
    precondition(model.maximumTokens >= budget)
    self.model = model
    self.shared = shared
    self.budget = budget
  }

  /// Runs until the engine is stopped and nothing is left to do.
  func run() { shared.mail.serve(accept: accept, hasWork: { !queue.isEmpty }, step: step) }

  /// Takes in new requests and cancellations.
  func accept(_ inbox: EmbeddingShared.Mailbox.Inbox) {
    for submission in inbox.submissions {
      let count = submission.sequences.count
      active[submission.id] = Active(
        submission: submission, vectors: [[Float]](repeating: [], count: count), left: count)
      queue.add(submission.id, lengths: submission.sequences.map(\.count))
      shared.time.withCosts { costs, _ in
        costs.open(submission.id, request: submission.request)
      }
    }
    for id in inbox.cancellations { finish(id, .cancelled) }
    if inbox.cancelsAll { for id in active.keys.sorted() { finish(id, .cancelled) } }
    updateRunning()
  }

  private func updateRunning() {
    let running = active.count
    shared.updateLoad { $0.running = running }
  }

  /// One step.
  func step() {
    let entries = queue.take(budget: budget)
    let sequences = entries.compactMap { active[$0.request]?.submission.sequences[$0.input] }
    let vectors = model.vectors(of: sequences)
    let work = entries.map { (id: $0.request, weight: model.weight(tokens: $0.tokens)) }
    shared.time.withCosts { costs, now in costs.step(until: now, work: work) }
    let tokens = entries.reduce(0) { $0 + $1.tokens }
    shared.updateLoad {
      $0.steps += 1
      $0.promptTokens += tokens
    }
    for (entry, vector) in zip(entries, vectors) { deliver(vector, entry) }
  }

  private func deliver(_ vector: [Float], _ entry: EmbeddingQueue.Entry) {
    guard active[entry.request] != nil else { return }
    guard vector.allSatisfy(\.isFinite) else {
      return finish(
        entry.request,
        .failed(
          "The model's output is not a number. The model file may be damaged: check it against its "
            + "source."))
    }
    active[entry.request]?.vectors[entry.input] = vector
    active[entry.request]?.left -= 1
    active[entry.request]?.tokens += entry.tokens
    if active[entry.request]?.left == 0 { finish(entry.request, nil) }
  }

  /// - Parameter reason: why it ends without all its vectors.
  private func finish(_ id: UInt64, _ reason: EmbeddingInterruption.Reason?) {
    guard let request = active.removeValue(forKey: id) else { return }
    queue.remove(id)
    updateRunning()
    let (compute, now) = shared.time.withCosts { costs, now in (costs.close(id), now) }
    shared.requestEnded(nanoseconds: now - request.submission.submitted)
    guard let reason else {
      return request.submission.continuation.resume(
        returning: EmbeddingResult(
          vectors: request.vectors, promptTokens: request.submission.sequences.map(\.count),
          computeNanoseconds: compute.pending, totalComputeNanoseconds: compute.total))
    }
    request.submission.continuation.resume(
      throwing: EmbeddingInterruption(
        reason: reason, promptTokens: request.tokens, computeNanoseconds: compute.pending,
        totalComputeNanoseconds: compute.total))
  }
}
