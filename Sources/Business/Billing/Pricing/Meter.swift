/// What is counted of a customer in an interval, and so can be priced. The names are those of the
/// forecast's meters, so that one price list serves both.
package enum Meter: String, Sendable, Hashable, Codable, CaseIterable {
  /// Prompt tokens that were computed, prompt tokens read from a cache, completion tokens.
  case input
  case cachedInput = "cached_input"
  case output
  /// All of them.
  case tokens
  case requests, seats, events
  /// Events that succeeded: resolved conversations.
  case outcomes
  /// 1 a customer: fees.
  case customers
}
