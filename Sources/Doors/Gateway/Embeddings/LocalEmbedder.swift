package import Inference

/// A model of the own machine that turns texts into vectors, as the gateway sees it.
package protocol LocalEmbedder: Sendable {
  /// What callers call it.
  var name: String { get }
  /// Of a vector.
  var dimensions: Int { get }
  /// Whether the first part of a vector, made one long again, is a vector too: only where the model
  /// was trained so.
  var mayShorten: Bool { get }

  /// The tokens of each input, those that open and close it too.
  /// - Throws: a refusal that names the input.
  func tokens(of inputs: [EmbeddingInput]) throws(EngineRefusal) -> [[Int32]]
  /// - Throws: `EngineRefusal` before any work, `EmbeddingInterruption` after.
  func embed(_ inputs: [EmbeddingInput], id: String) async throws -> EmbeddingResult
  /// The machine's time since the last call; nil when the engine is gone.
  func drainClock() async -> ClockReport?
}
