/// Text to token ids by WordPiece: BERT's normaliser and word splitter, then the longest pieces first
/// within each word (Wu et al. 2016; Devlin et al. 2018), with the ids of Hugging Face's `tokenizers`.
///
/// Immutable after `init`, so one instance serves all threads. Encoding is linear in the text.
package final class WordPieceTokenizer: Sendable {
  package let vocabularySize: Int
  package let opening: Int32
  package let closing: Int32
  package let unknown: Int32
  package let padding: Int32?
  /// The most tokens that the files say a text may have, opening and closing included.
  package let maximumTokens: Int?

  let characters: BertCharacterTable
  /// Pieces that begin a word, without marks; ids of the table are those of `beginIds`.
  let begin: PieceTable
  let beginIds: [Int32]
  /// Pieces that go on with a word, without marks.
  let inside: PieceTable
  let insideIds: [Int32]
  /// Bytes of the longest piece.
  let longestPiece: Int
  let maximumWordLength: Int
  let spellings: [String]
  let matcher: AddedTokenMatcher

  /// - Throws: `TokenizerError` naming the field that is malformed or contradicts another.
  package init(_ description: WordPieceDescription) throws(TokenizerError) {
    let count = description.tokens.count
    guard count > 0, count <= TokenizerDescription.maximumTokens else {
      throw TokenizerError(.tooLarge, field: "vocabulary", "has \(count) pieces; use a model's own")
    }
    func known(_ id: Int32?, _ field: String) throws(TokenizerError) -> Int32 {
      guard let id, id >= 0, id < count else {
        throw TokenizerError(
          .inconsistent, field: field, "is missing or outside the vocabulary of \(count) pieces")
      }
      return id
    }
    opening = try known(description.opening, "the opening token ([CLS])")
    closing = try known(description.closing, "the closing token ([SEP])")
    unknown = try known(description.unknown, "the unknown token ([UNK])")
    guard description.maximumWordLength > 0 else {
      throw TokenizerError(
        .malformed, field: "model.max_input_chars_per_word", "is not over 0; 100 is usual")
    }
    vocabularySize = count
    padding = description.padding
    maximumTokens = description.maximumTokens
    // No piece is longer than a word may be, so the bound holds for hostile vocabularies too.
    maximumWordLength = min(description.maximumWordLength, 1024)
    characters = BertCharacterTable(
      .init(
        cleansText: description.cleansText, separatesHan: description.separatesHan,
        stripsAccents: description.stripsAccents ?? description.lowercases,
        lowercases: description.lowercases))
    let pieces = Pieces(description)
    begin = pieces.begin
    beginIds = pieces.beginIds
    inside = pieces.inside
    insideIds = pieces.insideIds
    longestPiece = pieces.longest
    spellings = description.tokens
    let added = description.addedTokens.filter { $0.id >= 0 && $0.id < count }
    matcher = AddedTokenMatcher(
      added.map { ($0, ArraySlice(description.tokens[Int($0.id)].utf8)) })
  }

  /// The vocabulary's own spelling of a token; empty for an id outside the vocabulary.
  package func text(of token: Int32) -> String {
    token >= 0 && token < vocabularySize ? spellings[Int(token)] : ""
  }
}

extension WordPieceTokenizer {
  /// The vocabulary in two tables.
  private struct Pieces {
    var begin: PieceTable
    var beginIds: [Int32] = []
    var inside: PieceTable
    var insideIds: [Int32] = []
    var longest = 1

    init(_ description: WordPieceDescription) {
      begin = PieceTable(capacity: description.tokens.count)
      inside = PieceTable(capacity: description.tokens.count)
      for (id, token) in description.tokens.enumerated() {
        let bytes = Array(token.utf8)
        switch description.spelling {
        case .continued(let mark) where bytes.starts(with: mark.utf8):
          addInside(bytes[mark.utf8.count...], id)
        case .continued: addBegin(bytes[...], id)
        case .begun(let mark) where bytes.starts(with: mark.utf8):
          addBegin(bytes[mark.utf8.count...], id)
        case .begun: addInside(bytes[...], id)
        }
      }
    }

    private mutating func addBegin(_ bytes: ArraySlice<UInt8>, _ id: Int) {
      longest = max(longest, bytes.count)
      _ = bytes.withUnsafeBufferPointer { begin.append($0) }
      beginIds.append(Int32(id))
    }

    private mutating func addInside(_ bytes: ArraySlice<UInt8>, _ id: Int) {
      longest = max(longest, bytes.count)
      _ = bytes.withUnsafeBufferPointer { inside.append($0) }
      insideIds.append(Int32(id))
    }
  }
}
