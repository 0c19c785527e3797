import Foundation
import Inference

/// Measures an embedding model for about a second: the basis of a price from measured cost.
struct EmbeddingProbe {
  /// Texts a request, and requests at once: what a busy service sees.
  private static let texts = 16
  private static let requests = 4

  /// Compute nanoseconds of one input token.
  ///
  /// - Throws: when the model fails.
  func measure(
    _ model: EmbeddingModel, options: EmbeddingOptions, seconds: Double = 1
  ) async throws -> Double {
    let engine = EmbeddingEngine(model: model, options: options)
    defer { engine.shutdown() }
    let text = String(repeating: "a measured text of usual words, ", count: 8)
    let inputs = [EmbeddingInput](repeating: .text(text), count: Self.texts)
    _ = try await engine.embed(Array(inputs.prefix(1)), id: "warm")  // touches all weights
    let clock = SystemMonotonicClock()
    let end = clock.nanoseconds() + Int64(seconds * 1e9)
    var tokens = 0
    var nanoseconds: Int64 = 0
    repeat {
      try await withThrowingTaskGroup(of: EmbeddingResult.self) { group in
        for request in 0..<Self.requests {
          group.addTask { try await engine.embed(inputs, id: "measure \(request)") }
        }
        for try await result in group {
          tokens += result.promptTokens.reduce(0, +)
          nanoseconds += result.totalComputeNanoseconds
        }
      }
    } while clock.nanoseconds() < end
    return Double(nanoseconds) / Double(max(1, tokens))
  }
}
