/// One sequence to complete.
package struct GenerationRequest: Sendable {
  /// The caller's name for the request; the cost clock reports its time under it.
  package var id: String
  /// The prompt's tokens, at least one.
  package var prompt: [Int32]
  /// The most tokens to generate, at least one. The context length bounds it too.
  package var maxTokens: Int
  package var sampling: SamplingOptions
  /// Texts that end the answer; they are not part of it.
  package var stop: [String]
  /// The number of alternatives to report beside each token (0 to 20); nil reports none.
  package var logprobs: Int?
  /// Prefixes are shared in the cache only among requests of the same scope.
  package var cacheScope: String
  /// Higher goes first, by a bounded head start.
  package var priority: Int = 0
  /// Whose request it is: customers share the engine by weight.
  package var customer: String = ""
  /// The customer's part, relative to others'; at least 1.
  package var weight: Int = 1
  /// What the answer must look like; nil lets it be any text.
  package var grammar: CompiledGrammar?

  package init(
    id: String, prompt: [Int32], maxTokens: Int, sampling: SamplingOptions = SamplingOptions(),
    stop: [String] = [], logprobs: Int? = nil, cacheScope: String = "",
    grammar: CompiledGrammar? = nil
  ) {
    self.id = id
    self.prompt = prompt
    self.maxTokens = maxTokens
    self.sampling = sampling
    self.stop = stop
    self.logprobs = logprobs
    self.cacheScope = cacheScope
    self.grammar = grammar
  }
}
