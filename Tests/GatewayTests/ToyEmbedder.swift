import Gateway
import Inference

/// A vector of a text is its bytes' sum and its length; a token is a byte. `break` in a text fails
/// after some work, `full` is refused, `forever` waits until it is cancelled.
struct ToyEmbedder: LocalEmbedder {
  let name = "embed"
  let dimensions = 4
  let mayShorten: Bool

  init(mayShorten: Bool = true) { self.mayShorten = mayShorten }

  func tokens(of inputs: [EmbeddingInput]) throws(EngineRefusal) -> [[Int32]] {
    inputs.map { input in
      switch input {
      case .text(let text): text.utf8.map { Int32($0) }
      case .tokens(let tokens): tokens
      }
    }
  }

  func embed(_ inputs: [EmbeddingInput], id: String) async throws -> EmbeddingResult {
    let tokens = try tokens(of: inputs)
    for sequence in tokens {
      switch String(decoding: sequence.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self) {
      case "full": throw EngineRefusal.queueFull(retryAfterSeconds: 7)
      case "break": throw interruption(.failed("toy"))
      case "forever":
        try? await Task.sleep(for: .seconds(60))
        throw interruption(.cancelled)
      default: break
      }
    }
    let counts = tokens.map(\.count)
    return EmbeddingResult(
      vectors: counts.map { [3, 4, Float($0), 0.1] }, promptTokens: counts,
      computeNanoseconds: 1000, totalComputeNanoseconds: 1000)
  }

  private func interruption(_ reason: EmbeddingInterruption.Reason) -> EmbeddingInterruption {
    EmbeddingInterruption(
      reason: reason, promptTokens: 2, computeNanoseconds: 500, totalComputeNanoseconds: 500)
  }

  func drainClock() async -> ClockReport? { nil }
}
