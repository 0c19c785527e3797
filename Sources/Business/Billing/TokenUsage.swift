/// What a request used. Buckets are disjoint: a prompt token is either input or cached input.
package struct TokenUsage: Hashable, Sendable, Codable {
  package let input: Int
  package let cachedInput: Int
  package let output: Int

  package var prompt: Int { input + cachedInput }
  package var total: Int { input + cachedInput + output }

  package static let zero = TokenUsage(uncheckedInput: 0, cached: 0, output: 0)
  /// No request of any engine reaches it; what an upstream reports above it is unusable.
  package static let limit = 1 << 40

  private init(uncheckedInput: Int, cached: Int, output: Int) {
    input = uncheckedInput
    cachedInput = cached
    self.output = output
  }

  /// From what engines report: `prompt` counts all prompt tokens, `cached` those of them that were
  /// read from a cache.
  /// - Returns: nil when the counts cannot be (negative, cached above prompt, beyond `limit`): such
  ///   usage is unknown, never zero.
  package init?(prompt: Int, cached: Int, output: Int) {
    guard cached >= 0, cached <= prompt, prompt <= Self.limit, output >= 0, output <= Self.limit
    else { return nil }
    self.init(uncheckedInput: prompt - cached, cached: cached, output: output)
  }
}
