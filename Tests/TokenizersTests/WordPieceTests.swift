import Foundation
import Testing

@testable import Tokenizers

/// The references are written by `scripts/fixtures/encoder_tiny.py`.
@Suite struct WordPieceTests {
  private struct Reference: Decodable {
    struct Other: Decodable {
      let clean_text: Bool
      let handle_chinese_chars: Bool
      let strip_accents: Bool?
      let lowercase: Bool
      let ids: [String: [Int32]]
    }
    let strings: [String]
    let ids: [[Int32]]
    /// Where ids differ when special tokens are parsed.
    let special: [String: [Int32]]
    let others: [Other]

    init() throws {
      self = try JSONDecoder().decode(Self.self, from: TokenizerFixture.data("wordpiece_ids"))
    }
  }

  private func description() throws -> WordPieceDescription {
    try WordPieceDescription(tokenizerJSON: TokenizerFixture.data("wordpiece"))
  }

  @Test func `ids equal those of Hugging Face tokenizers`() throws {
    let reference = try Reference()
    let tokenizer = try WordPieceTokenizer(description())
    #expect(reference.strings.count > 250 && !reference.special.isEmpty)
    for (index, text) in reference.strings.enumerated() {
      let plain = tokenizer.encode(text)
      #expect(plain == reference.ids[index], "\(text.debugDescription)")
      let parsed = tokenizer.encode(text, parseSpecial: true)
      #expect(
        parsed == reference.special["\(index)"] ?? reference.ids[index], "\(text.debugDescription)")
    }
  }

  @Test(arguments: 0..<3)
  func `ids equal theirs with other options of the normaliser`(number: Int) throws {
    let reference = try Reference()
    let options = reference.others[number]
    var description = try description()
    description.cleansText = options.clean_text
    description.separatesHan = options.handle_chinese_chars
    description.stripsAccents = options.strip_accents
    description.lowercases = options.lowercase
    let tokenizer = try WordPieceTokenizer(description)
    #expect(options.ids.count > 50, "the options change something, or this proves nothing")
    for (index, text) in reference.strings.enumerated() {
      let expected = options.ids["\(index)"] ?? reference.ids[index]
      #expect(tokenizer.encode(text) == expected, "\(text.debugDescription)")
    }
  }

  @Test func `every scalar is what it is to the reference`() throws {
    let ranges = try JSONDecoder().decode(
      [String: [[UInt32]]].self, from: TokenizerFixture.data("wordpiece_scalars"))
    func expected(_ name: String) throws -> Set<UInt32> {
      Set(try #require(ranges[name]).flatMap { Array($0[0]...$0[1]) })
    }
    typealias Options = BertCharacters.Options
    let cleaning = BertCharacterTable(
      Options(cleansText: true, separatesHan: false, stripsAccents: false, lowercases: false))
    let plain = BertCharacterTable(
      Options(cleansText: false, separatesHan: false, stripsAccents: false, lowercases: false))
    let stripping = BertCharacterTable(
      Options(cleansText: false, separatesHan: false, stripsAccents: true, lowercases: false))
    var found: [String: Set<UInt32>] = [:]
    for value in (0...0x10FFFF as ClosedRange<UInt32>) where Unicode.Scalar(value) != nil {
      cleaning.forEach(of: value) { _, kind in
        if kind == .dropped { found["dropped", default: []].insert(value) }
        if kind == .space { found["space", default: []].insert(value) }
      }
      plain.forEach(of: value) { _, kind in
        if kind == .alone { found["alone", default: []].insert(value) }
      }
      var outputs = 0
      stripping.forEach(of: value) { _, _ in outputs += 1 }
      if outputs == 0 { found["accent", default: []].insert(value) }
      if BertCharacters.isHan(value) { found["han", default: []].insert(value) }
    }
    for name in ["dropped", "space", "alone", "accent", "han"] {
      let expected = try expected(name)
      let differing = found[name, default: []].symmetricDifference(expected).sorted()
      #expect(differing.isEmpty, "\(name): \(differing.prefix(20).map { String($0, radix: 16) })")
    }
  }

  @Test func `GGUF's spelling and a vocab txt give the same ids`() throws {
    let original = try description()
    let reference = try WordPieceTokenizer(original)
    let specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    let marked = original.tokens.map { token in
      if specials.contains(token) { return token }
      // By bytes: a mark after ## would join its last character.
      return token.utf8.starts(with: "##".utf8)
        ? String(decoding: token.utf8.dropFirst(2), as: UTF8.self) : "\u{2581}" + token
    }
    let types = original.tokens.map { specials.contains($0) ? Int32(3) : 1 }
    var gguf = try WordPieceDescription(
      ggufTokens: marked, types: types, opening: nil, closing: nil, unknown: nil, padding: nil)
    gguf.maximumWordLength = original.maximumWordLength
    let text = original.tokens.joined(separator: "\n") + "\n"
    let config = Data(#"{"do_lower_case": true, "model_max_length": 77}"#.utf8)
    var lines = try WordPieceDescription(vocabulary: Data(text.utf8), config: config)
    lines.maximumWordLength = original.maximumWordLength
    #expect(lines.maximumTokens == 77)
    let others = [try WordPieceTokenizer(gguf), try WordPieceTokenizer(lines)]
    for text in try Reference().strings {
      for other in others {
        #expect(
          other.encode(text, parseSpecial: true) == reference.encode(text, parseSpecial: true))
      }
    }
  }

  @Test func `a text is cut off at the limit, with its closing token`() throws {
    let tokenizer = try WordPieceTokenizer(description())
    let text = String(repeating: "the people of the water. ", count: 40)
    let whole = tokenizer.encode(text)
    for limit in [2, 3, 17, whole.count - 1, whole.count, whole.count + 5] {
      let cut = tokenizer.encode(text, limit: limit)
      #expect(cut.count == min(limit, whole.count))
      #expect(cut.dropLast() == whole.dropLast().prefix(limit - 1))
      #expect(cut.last == tokenizer.closing)
    }
  }

  @Test func `a folder without what the tokenizer needs is refused by name`() throws {
    func error(_ edit: (inout WordPieceDescription) -> Void) throws -> TokenizerError? {
      var description = try description()
      edit(&description)
      return #expect(throws: TokenizerError.self) { _ = try WordPieceTokenizer(description) }
    }
    #expect(try error { $0.opening = nil }?.field == "the opening token ([CLS])")
    #expect(try error { $0.closing = 100_000 }?.field == "the closing token ([SEP])")
    #expect(try error { $0.unknown = -1 }?.field == "the unknown token ([UNK])")
    #expect(try error { $0.maximumWordLength = 0 }?.field == "model.max_input_chars_per_word")
    let bpe = try TokenizerFixture.data("tokenizer_gpt2")
    #expect(try !WordPieceDescription.isWordPiece(tokenizerJSON: bpe))
    #expect(throws: TokenizerError.self) { _ = try WordPieceDescription(tokenizerJSON: bpe) }
    #expect(throws: TokenizerError.self) {
      _ = try WordPieceDescription(vocabulary: Data("a\nb\n".utf8))
    }
  }
}
