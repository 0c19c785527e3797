import Foundation

/// The sizes of an embedding engine. Every one has a default that works.
package struct EmbeddingOptions: Sendable, Equatable {
  /// Threads that compute, the engine's own included.
  package var threads: Int
  /// The most tokens of one step, unless a single input has more: bounds how long another engine on
  /// the machine waits for its turn.
  package var tokenBudget: Int
  /// The most requests taken and not finished.
  package var maximumRequests: Int
  /// The most inputs of one request.
  package var maximumInputs: Int
  /// The most tokens of one request, all inputs together.
  package var maximumRequestTokens: Int

  package init(
    threads: Int = max(1, ProcessInfo.processInfo.activeProcessorCount), tokenBudget: Int = 1024,
    maximumRequests: Int = 256, maximumInputs: Int = 2048, maximumRequestTokens: Int = 300_000
  ) {
    self.threads = threads
    self.tokenBudget = tokenBudget
    self.maximumRequests = maximumRequests
    self.maximumInputs = maximumInputs
    self.maximumRequestTokens = maximumRequestTokens
  }

  /// Nonsense made sense: at least one of everything.
  var bounded: EmbeddingOptions {
    var options = self
    options.threads = max(1, min(threads, 256))
    options.tokenBudget = max(1, min(tokenBudget, 65_536))
    options.maximumRequests = max(1, min(maximumRequests, 1 << 20))
    options.maximumInputs = max(1, min(maximumInputs, 1 << 20))
    options.maximumRequestTokens = max(1, min(maximumRequestTokens, 1 << 30))
    return options
  }
}
