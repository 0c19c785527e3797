import Synchronization

/// What an answer must look like, ready to match. Made once, used by any number of requests and
/// models; what one request learns about it (states, masks) the others have too.
///
/// Start here; then `GrammarRules` (what the parsers make), `GrammarNetwork` (rules as a network
/// over bytes), `GrammarTables` (its states, found as they are needed), `GrammarMatcher` (one answer).
package final class CompiledGrammar: Sendable {
  /// White space between the parts of a JSON text.
  package enum Whitespace: Sendable, Equatable {
    /// None.
    case compact
    /// At each place none, one space, or a new line with at most 16 spaces.
    case flexible
  }

  private let network: GrammarNetwork
  private let current: Mutex<GrammarAutomaton>
  /// Where objects have free keys, which must not repeat.
  let keyTracking: KeyTracking

  /// A grammar in llama.cpp's GBNF; the rule `root` is the answer.
  ///
  /// - Throws: `GrammarError` with line and column.
  package convenience init(gbnf text: String) throws(GrammarError) {
    var parser = try GBNFParser(text)
    try self.init(rules: try parser.rules())
  }

  init(rules: GrammarRules, keyTracking: KeyTracking = .none) throws(GrammarError) {
    network = try GrammarNetworkBuilder.network(rules)
    self.keyTracking = keyTracking
    let automaton = GrammarAutomaton(network)
    guard !automaton.isHopeless else {
      throw GrammarError(
        .limit, at: rules.names[rules.root],
        "the grammar is too ambiguous; avoid repetitions of what may be empty")
    }
    current = Mutex(automaton)
  }

  /// The automaton to begin with, or to move to from one that is full.
  var automaton: GrammarAutomaton {
    current.withLock { automaton in
      if automaton.isFull { automaton = GrammarAutomaton(network) }
      return automaton
    }
  }
}
