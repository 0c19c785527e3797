/// Text to token ids and back, for one vocabulary.
///
/// Immutable after `init`, so one instance serves all threads. Encoding is linear in the text (n log n
/// within a word); see `Tokenizer+Encode.swift`. Decoding is a copy of bytes.
package final class Tokenizer: Sendable {
  package let vocabularySize: Int
  package let bos: Int32?
  package let eos: Int32?
  package let padding: Int32?
  /// Tokens after which a reply is complete, ``eos`` among them.
  package let endOfGeneration: Set<Int32>
  /// What ``encode(_:addSpecial:parseSpecial:)`` adds at the start and the end.
  package let addBos: Bool
  package let addEos: Bool

  let rules: Rules
  /// Pieces as the vocabulary spells them.
  let pieces: PieceTable
  /// Pieces as the text they stand for.
  let texts: PieceTable
  let special: [Bool]
  /// The token of each single byte, or -1.
  let byteTokens: [Int32]
  let merges: MergeTable
  let scoreRanks: [UInt32]
  let cuts: PieceCuts?
  let matchers: Matchers

  /// What encoding needs of the description.
  struct Rules: Sendable {
    var model: TokenizerDescription.Model
    var preTokenizer: PreTokenizer
    var normalizesNFC: Bool
    var ignoresMerges: Bool
    var fusesUnknown: Bool
    var unknown: Int32?
    var addSpacePrefix: Bool
    var spacePrefixScheme: TokenizerDescription.SpacePrefixScheme
    var splitsAtSpaces: Bool

    init(_ description: TokenizerDescription) {
      model = description.model
      preTokenizer = description.preTokenizer
      normalizesNFC = description.normalizesNFC
      ignoresMerges = description.ignoresMerges
      fusesUnknown = description.fusesUnknown
      unknown = description.unknown
      addSpacePrefix = description.addSpacePrefix
      spacePrefixScheme = description.spacePrefixScheme
      splitsAtSpaces = description.splitsAtSpaces
    }
  }

  /// - Throws: `TokenizerError` naming the field that is malformed or contradicts another.
  package init(_ description: TokenizerDescription) throws(TokenizerError) {
    try description.validate()
    rules = Rules(description)
    vocabularySize = description.tokens.count
    bos = description.bos
    eos = description.eos
    padding = description.padding
    addBos = description.addBos
    addEos = description.addEos
    endOfGeneration = description.endOfGeneration.union(description.eos.map { [$0] } ?? [])
    let added = description.addedTokens ?? description.addedTokensByType()
    var special = [Bool](repeating: false, count: vocabularySize)
    for token in added where token.special { special[Int(token.id)] = true }
    self.special = special
    pieces = try description.pieceTable()
    texts = description.textTable(added: added)
    byteTokens = description.byteTokens(pieces)
    switch description.model {
    case .byteLevelBPE:
      merges = try MergeTable(description.merges, pieces: pieces)
      cuts = nil
      scoreRanks = []
    case .mergesSentencePiece:
      merges = try MergeTable(description.merges, pieces: pieces)
      cuts = PieceCuts(pieces)
      scoreRanks = []
    case .sentencePieceBPE:
      merges = MergeTable(capacity: 0)
      cuts = PieceCuts(pieces)
      scoreRanks = description.scoreRanks()
    }
    matchers = Matchers(added, pieces: pieces, rules: rules)
  }

  /// The vocabulary's own spelling of a token; empty for an id outside the vocabulary.
  package func text(of token: Int32) -> String {
    String(decoding: pieces.piece(token), as: UTF8.self)
  }

  /// The token with exactly this spelling.
  package func token(spelled piece: String) -> Int32? { pieces.find(piece) }

  /// True for tokens that mark structure rather than stand for text.
  package func isSpecial(_ token: Int32) -> Bool {
    token >= 0 && token < special.count && special[Int(token)]
  }
}

extension Tokenizer {
  /// The added tokens, by when they are looked for and by whether special ones count.
  struct Matchers: Sendable {
    private let given: (all: AddedTokenMatcher, plain: AddedTokenMatcher)
    private let normalized: (all: AddedTokenMatcher, plain: AddedTokenMatcher)

    init(_ added: [TokenizerDescription.AddedToken], pieces: PieceTable, rules: Rules) {
      func matcher(normalized: Bool, special: Bool) -> AddedTokenMatcher {
        AddedTokenMatcher(
          added.filter { $0.normalized == normalized && (special || !$0.special) }.map { token in
            let piece = pieces.piece(token.id)
            return (token, normalized ? Self.normalize(piece, rules)[...] : piece)
          })
      }
      given = (
        matcher(normalized: false, special: true), matcher(normalized: false, special: false)
      )
      normalized = (
        matcher(normalized: true, special: true), matcher(normalized: true, special: false)
      )
    }

    func given(special: Bool) -> AddedTokenMatcher { special ? given.all : given.plain }
    func normalized(special: Bool) -> AddedTokenMatcher {
      special ? normalized.all : normalized.plain
    }

    private static func normalize(_ piece: ArraySlice<UInt8>, _ rules: Rules) -> [UInt8] {
      piece.withUnsafeBufferPointer { Tokenizer.normalize($0, rules) ?? Array($0) }
    }
  }
}
