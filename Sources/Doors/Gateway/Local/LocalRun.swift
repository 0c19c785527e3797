import Billing
import HTTPTypes
import Inference
import Ledger

/// The generations of one request, choice by choice: prompt 0's answers first.
struct LocalRun: Sendable {
  let model: any LocalModel
  let plan: LocalPlan
  let answers: Int
  /// What the ids of calls in this answer begin with.
  let callPrefix: String
  let generations: [Generation]

  /// The engine's name for a choice of a request. The clock's shares are booked by what is before
  /// the sign.
  static func name(_ request: String, choice: Int) -> String {
    choice == 0 ? request : "\(request)#\(choice)"
  }

  static func request(named name: String) -> String {
    name.firstIndex(of: "#").map { String(name[..<$0]) } ?? name
  }

  /// Hands all choices to the engine, or none: when one is refused the others are stopped.
  init(
    _ running: RunningCompletion, _ model: any LocalModel, _ plan: LocalPlan, weight: Int,
    deadlineSeconds: Int?
  ) async throws(GatewayError) {
    self.model = model
    self.plan = plan
    answers = running.asked.answers
    callPrefix = running.asked.dialect.callPrefix + running.id
    let limits = plan.limits(admitted: running.admission.outputTokens, answers: answers)
    var generations: [Generation] = []
    for choice in 0..<(plan.prompts.count * answers) {
      var sampling = plan.sampling
      // The choices of one seed must differ, and be the same next time.
      if let seed = sampling.seed { sampling.seed = seed &+ UInt64(choice % answers) }
      var request = GenerationRequest(
        id: Self.name(running.id, choice: choice), prompt: plan.prompts[choice / answers],
        maxTokens: limits[choice / answers], sampling: sampling, stop: plan.stop,
        logprobs: plan.logprobs, cacheScope: running.admission.customer.id)
      request.grammar = plan.grammar
      request.customer = running.admission.customer.id
      request.weight = weight
      request.deadlineSeconds = deadlineSeconds.map(Double.init)
      do throws(EngineRefusal) {
        generations.append(try model.submit(request))
      } catch {
        for generation in generations {
          generation.cancel()
          _ = await generation.finished()
        }
        throw GatewayError(error)
      }
    }
    self.generations = generations
  }

  func cancel() {
    for generation in generations { generation.cancel() }
  }

  /// Adds up what the choices took. A prompt counts once however many answers it has, and not at
  /// all when nothing was computed for it.
  func tally(_ ends: [Finished]) -> LocalTally {
    var tally = LocalTally()
    for (choice, end) in ends.enumerated() {
      tally.completion += end.completionTokens
      tally.computeNanoseconds += end.computeNanoseconds
      tally.totalComputeNanoseconds += end.totalComputeNanoseconds
      if end.firstTokenNanoseconds > 0 {
        tally.firstTokenNanoseconds = min(
          tally.firstTokenNanoseconds ?? .max, end.firstTokenNanoseconds)
      }
      switch end.reason {
      case .failed(let why): tally.failure = tally.failure ?? why
      case .cancelled: tally.cancelled = true
      case .expired: tally.expired = true
      case .stop, .length: break
      }
      if choice % answers == 0 {
        let siblings = ends[choice..<(choice + answers)]
        if siblings.contains(where: { $0.totalComputeNanoseconds > 0 || $0.completionTokens > 0 }) {
          tally.prompt += plan.prompts[choice / answers].count
          tally.cached += end.cachedTokens
        }
      }
    }
    return tally
  }
}

struct LocalTally: Sendable {
  var prompt = 0
  var cached = 0
  var completion = 0
  /// Not yet in any clock report.
  var computeNanoseconds: Int64 = 0
  var totalComputeNanoseconds: Int64 = 0
  var firstTokenNanoseconds: Int64?
  var failure: String?
  var cancelled = false
  /// A choice waited too long for its turn.
  var expired = false

  var usage: TokenUsage? {
    TokenUsage(prompt: prompt, cached: min(cached, prompt), output: completion)
  }

  var isCutShort: Bool { cancelled || expired }
  var neverRan: Bool { totalComputeNanoseconds == 0 && completion == 0 }

  func result(_ outcome: Settlement.Outcome, usage: TokenUsage?) -> RunResult {
    RunResult(
      outcome: outcome, usage: usage, computeNanoseconds: computeNanoseconds,
      firstTokenMilliseconds: firstTokenNanoseconds.map { Int($0 / 1_000_000) })
  }
}

extension GatewayError {
  init(_ refusal: EngineRefusal) {
    switch refusal.code {
    case .queueFull:
      self = .unavailable(
        refusal.message, code: refusal.code.description,
        retryAfterSeconds: refusal.retryAfterSeconds ?? 1)
    case .shuttingDown: self = .shuttingDown
    case .promptTooLong:
      self = .invalid(refusal.field, refusal.message, code: "context_length_exceeded")
    default: self = .invalid(refusal.field, refusal.message)
    }
  }

  static func engineFailed(_ why: String) -> GatewayError {
    GatewayError(
      .internalServerError, type: "server_error", code: "engine_failed", "the engine failed: \(why)"
    )
  }
}
