import Foundation
import Testing
import Tokenizers

@testable import Inference

/// Token 0 ends an answer, 1 to 256 are single bytes, the rest texts that cut across JSON's parts.
struct ByteTexts: TokenTexts {
  static let pieces = [
    "\":", "\": ", "\",", "\", \"", "{\"", "}", "}}", "]}", "},{", "true", "fals", "null", "ab",
    "abc", " a", "é", "日本", "☃☃", "\\n", "\\\"", "12", "-1", "0.", "e1", "  ", "\n  ", "[[", "[\"",
    "\"]", "name", "na", "a\"", "\"a\":", "a long piece of text", ", ", "],", "{}",
  ]
  let endOfGeneration: Set<Int32> = [0]
  static let size = 257 + pieces.count

  func outputBytes(of token: Int32) -> [UInt8] {
    switch token {
    case 1...256: [UInt8(token - 1)]
    case 257..<Int32(Self.size): Array(Self.pieces[Int(token) - 257].utf8)
    default: []
    }
  }
}

enum GrammarToys {
  static let bytes = GrammarVocabulary(ByteTexts(), size: ByteTexts.size)

  /// A byte-level BPE of a few hundred tokens.
  static func pairs() throws -> GrammarVocabulary {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "TokenizersTests/Fixtures/tokenizer_smollm.json")
    let tokenizer = try Tokenizer(tokenizerJSON: Data(contentsOf: file))
    let texts = TokenizerTexts(tokenizer: tokenizer, endOfGeneration: tokenizer.endOfGeneration)
    return GrammarVocabulary(texts, size: tokenizer.vocabularySize)
  }
}

extension GrammarMatcher {
  init(_ grammar: CompiledGrammar) { self.init(grammar, vocabulary: GrammarToys.bytes) }

  /// Whether a whole text fits.
  func accepts(_ text: String) -> Bool {
    var copy = self
    return copy.advance(bytes: Array(text.utf8)[...]) && copy.mayEnd
  }
}

extension CompiledGrammar {
  func accepts(_ text: String) -> Bool { GrammarMatcher(self).accepts(text) }
}

/// Draws tokens that a grammar allows until the answer ends.
struct RandomAnswer {
  var text: [UInt8] = []
  var hasEnded = false

  /// - Parameter patience: tokens after which those that close something are preferred.
  init(
    _ grammar: CompiledGrammar, _ vocabulary: GrammarVocabulary, patience: Int = 60,
    limit: Int = 600, random: inout SplitMix
  ) {
    var matcher = GrammarMatcher(grammar, vocabulary: vocabulary)
    for index in 0..<limit {
      let mask = matcher.mask()
      let closes = index > patience || Int.random(in: 0..<6, using: &random) == 0
      guard let token = Self.token(mask, vocabulary, closes: closes, &random) else {
        Issue.record("no token fits after \(String(decoding: text, as: UTF8.self))")
        return
      }
      guard matcher.advance(token) else {
        Issue.record("token \(token) is in the mask but refused")
        return
      }
      if vocabulary.endOfGeneration.contains(token) || matcher.mustEnd {
        text += vocabulary.bytes(of: token)
        hasEnded = true
        return
      }
      text += vocabulary.bytes(of: token)
    }
  }

  private static func token(
    _ mask: TokenMask, _ vocabulary: GrammarVocabulary, closes: Bool, _ random: inout SplitMix
  ) -> Int32? {
    let allowed = (0..<Int32(mask.count)).filter { mask.contains($0) }
    guard closes else { return allowed.randomElement(using: &random) }
    if let end = allowed.first(where: { vocabulary.endOfGeneration.contains($0) }) { return end }
    let closing = allowed.filter { token in
      guard let last = vocabulary.bytes(of: token).last else { return false }
      return last == 0x22 || last == 0x5D || last == 0x7D
    }
    return (closing.isEmpty ? allowed : closing).randomElement(using: &random)
  }
}
