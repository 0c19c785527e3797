/// What an engine is doing and has done, for metrics and for admission.
package struct EngineLoad: Sendable, Equatable {
  /// Sequences in the batch.
  package var running = 0
  /// Requests waiting for a place in it.
  package var waiting = 0
  package var kvPagesUsed = 0
  package var kvPagesTotal = 0
  /// Since the engine started:
  /// Prompt tokens computed.
  package var promptTokens = 0
  /// Prompt tokens of finished requests that the prefix cache served instead.
  package var cachedTokens = 0
  package var generatedTokens = 0
  package var steps = 0
  package var preemptions = 0
  /// Tokens computed again after a preemption.
  package var recomputedTokens = 0
  /// Tokens guessed ahead, and how many of them were right: each saved its sequence a step.
  package var draftedTokens = 0
  package var acceptedTokens = 0
  package var finished = 0
  /// Requests that waited longer than their deadline.
  package var expired = 0

  package init() {}
}
