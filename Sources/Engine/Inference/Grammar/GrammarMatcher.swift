/// How far one answer has matched its grammar. A value: a copy may go on by itself.
package struct GrammarMatcher: Sendable {
  package let grammar: CompiledGrammar
  package let vocabulary: GrammarVocabulary
  private var automaton: GrammarAutomaton
  private var state: Int32
  private var keys: KeyTracker

  package init(_ grammar: CompiledGrammar, vocabulary: GrammarVocabulary) {
    self.grammar = grammar
    self.vocabulary = vocabulary
    automaton = grammar.automaton
    state = automaton.start
    keys = KeyTracker(grammar.keyTracking)
  }

  /// Takes the next token. False when it is not allowed: then nothing changes.
  package mutating func advance(_ token: Int32) -> Bool {
    if vocabulary.endOfGeneration.contains(token) { return mayEnd }
    let bytes = vocabulary.bytes(of: token)
    return !bytes.isEmpty && advance(bytes: bytes)
  }

  /// Takes bytes of text; false, with nothing changed, when they do not fit.
  mutating func advance(bytes: ArraySlice<UInt8>) -> Bool {
    guard let next = automaton.step(state, bytes) else { return false }
    if !keys.isOff {
      var after = keys
      guard after.take(bytes) else { return false }
      keys = after
    }
    state = next
    if automaton.isFull {
      let fresh = grammar.automaton
      if fresh !== automaton {
        state = automaton.move(state, to: fresh)
        automaton = fresh
      }
    }
    return true
  }

  /// The tokens that may come next; those that end the answer are among them when it may end.
  ///
  /// Empty only when the vocabulary cannot spell what the grammar asks for, or when the grammar is
  /// too ambiguous to follow.
  package func mask() -> TokenMask {
    let mask = automaton.mask(state, vocabulary)
    return keys.isOff ? mask : withoutRepeatedKeys(mask, keys)
  }

  /// The answer may end here.
  package var mayEnd: Bool { automaton.mayEnd(state) }

  /// The answer is complete: nothing can follow.
  package var mustEnd: Bool { automaton.isComplete(state) && mayEnd }

}
