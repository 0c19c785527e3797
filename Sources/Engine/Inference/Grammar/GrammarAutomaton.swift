import Synchronization

/// A grammar's states and masks, shared by all who match it. Grows as texts are matched; when it is
/// large, a new one takes over and this one goes with its last user.
final class GrammarAutomaton: Sendable {
  private struct MaskKey: Hashable {
    let vocabulary: ObjectIdentifier
    let state: Int32
  }

  private struct MaskEntry {
    /// Keeps the vocabulary alive, so that its identity stays its own.
    let vocabulary: GrammarVocabulary
    let mask: TokenMask
    var lastUse: Int
  }

  private struct Content: ~Copyable {
    var tables: GrammarTables
    var masks: [MaskKey: MaskEntry] = [:]
    var maskBytes = 0
    var uses = 0
  }

  private let content: Mutex<Content>
  let start: Int32
  /// The grammar is so ambiguous that not even its beginning can be told in reasonable time.
  let isHopeless: Bool

  init(_ network: GrammarNetwork) {
    let tables = GrammarTables(network)
    start = tables.start
    isHopeless = tables.isExhausted
    content = Mutex(Content(tables: tables))
  }

  var isFull: Bool { content.withLock { $0.tables.isFull } }

  /// The state after bytes; nil when they do not fit.
  func step(_ state: Int32, _ bytes: ArraySlice<UInt8>) -> Int32? {
    content.withLock { content in
      content.tables.beginWork()
      var place = state
      for byte in bytes {
        place = content.tables.step(place, byte)
        if place == GrammarTables.dead { return nil }
      }
      return place
    }
  }

  func mayEnd(_ state: Int32) -> Bool {
    content.withLock { $0.tables.states[Int(state)].mayEnd }
  }

  /// No byte can follow.
  func isComplete(_ state: Int32) -> Bool {
    content.withLock { $0.tables.states[Int(state)].configurations.isEmpty }
  }

  /// The tokens that may follow. A hit takes about a microsecond.
  func mask(_ state: Int32, _ vocabulary: GrammarVocabulary) -> TokenMask {
    content.withLock { content in
      content.uses += 1
      let key = MaskKey(vocabulary: ObjectIdentifier(vocabulary), state: state)
      if let place = content.masks.index(forKey: key) {
        content.masks.values[place].lastUse = content.uses
        return content.masks.values[place].mask
      }
      content.tables.beginWork()
      var mask = content.tables.mask(state, vocabulary)
      if content.tables.states[Int(state)].mayEnd {
        for token in vocabulary.endOfGeneration { mask.insertIfPresent(token) }
      }
      Self.makeRoom(&content, for: mask)
      content.masks[key] = MaskEntry(vocabulary: vocabulary, mask: mask, lastUse: content.uses)
      return mask
    }
  }

  /// Drops the half of the masks that was used longest ago, when they are too many.
  private static func makeRoom(_ content: inout Content, for mask: TokenMask) {
    content.maskBytes += mask.words.count * 8
    guard content.maskBytes > GrammarLimits.maskBytes else { return }
    let uses = content.masks.values.map(\.lastUse).sorted()
    let middle = uses.isEmpty ? 0 : uses[uses.count / 2]
    content.masks = content.masks.filter { $0.value.lastUse > middle }
    content.maskBytes = content.masks.values.reduce(mask.words.count * 8) {
      $0 + $1.mask.words.count * 8
    }
  }

  /// The same state in another automaton of the same network.
  func move(_ state: Int32, to other: GrammarAutomaton) -> Int32 {
    let (sets, parts) = content.withLock { content in
      (content.tables.stacks.sets, content.tables.states[Int(state)])
    }
    return other.content.withLock { $0.tables.adopt(parts, sets: sets) }
  }
}

extension TokenMask {
  /// Tokens outside the vocabulary's rows are ignored.
  mutating func insertIfPresent(_ token: Int32) {
    if token >= 0, Int(token) < count { insert(token) }
  }
}
