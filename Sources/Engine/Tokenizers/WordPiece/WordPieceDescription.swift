/// Everything a file says about a WordPiece tokenizer, in one form for GGUF metadata, `tokenizer.json`
/// and `vocab.txt`.
///
/// A description is data: nothing is checked until ``WordPieceTokenizer/init(_:)`` reads it.
package struct WordPieceDescription: Sendable {
  /// The pieces by id, as the file spells them.
  package var tokens: [String]
  /// How the file tells pieces that begin a word from those that go on with it.
  package var spelling = Spelling.continued("##")
  /// Cleans, separates ideographs, strips accents, lowercases: BertNormalizer's options.
  package var cleansText = true
  package var separatesHan = true
  /// Nil: as ``lowercases``.
  package var stripsAccents: Bool?
  package var lowercases = true
  /// A longer word is unknown as a whole, in characters.
  package var maximumWordLength = 100
  package var unknown: Int32?
  /// [CLS] and [SEP].
  package var opening: Int32?
  package var closing: Int32?
  package var padding: Int32?
  /// Tokens that are found in text where control tokens are parsed.
  package var addedTokens: [TokenizerDescription.AddedToken] = []
  /// The most tokens that the file says a text may have, opening and closing included.
  package var maximumTokens: Int?

  package enum Spelling: Sendable, Hashable {
    /// Pieces that go on with a word carry this before them (`##`).
    case continued(String)
    /// Pieces that begin a word carry this before them (`▁`, in GGUF).
    case begun(String)
  }

  package init(tokens: [String]) { self.tokens = tokens }
}
