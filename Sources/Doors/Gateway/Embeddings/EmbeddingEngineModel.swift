package import Inference

/// An embedding model on the own machine.
package struct EmbeddingEngineModel: LocalEmbedder {
  package let name: String
  package let mayShorten: Bool
  private let engine: EmbeddingEngine

  /// - Parameter name: what callers call it; the model's own name unless given.
  package init(_ engine: EmbeddingEngine, mayShorten: Bool = false, name: String? = nil) {
    self.engine = engine
    self.mayShorten = mayShorten
    self.name = name ?? engine.model.name
  }

  package var dimensions: Int { engine.model.dimensions }

  package func tokens(of inputs: [EmbeddingInput]) throws(EngineRefusal) -> [[Int32]] {
    try engine.model.tokens(of: inputs)
  }

  package func embed(_ inputs: [EmbeddingInput], id: String) async throws -> EmbeddingResult {
    try await engine.embed(inputs, id: id)
  }

  package func drainClock() async -> ClockReport? { engine.drainClock() }
}
