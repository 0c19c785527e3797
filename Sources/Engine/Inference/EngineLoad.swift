/// What an engine is doing and has done, for metrics and for admission.
package struct EngineLoad: Sendable, Equatable {
  /// Sequences in the batch.
  package var running = 0
  /// Requests waiting for a place in it.
  package var waiting = 0
  package var kvPagesUsed = 0
  package var kvPagesTotal = 0
  /// Since the engine started:
  package var promptTokens = 0
  package var cachedTokens = 0
  package var generatedTokens = 0
  package var steps = 0
  package var preemptions = 0
  package var finished = 0

  package init() {}
}
