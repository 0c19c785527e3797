import Testing

@testable import Tokenizers

@Suite struct TokenizerRoundTripTests {
  @Test(
    "decoding what was encoded gives the text back, byte for byte",
    arguments: TokenizerFixture.byteLevel.filter { $0 != "qwen2" && $0 != "gpt2" })
  func byteLevelRoundTrip(name: String) throws {
    let tokenizer = try TokenizerFixture.tokenizer(name)
    var generator = SeededGenerator(state: 1)
    for _ in 0..<400 {
      let text = generator.string(maximumLength: 80)
      let ids = tokenizer.encode(text, addSpecial: false, parseSpecial: false)
      let decoded = tokenizer.decode(ids, skipSpecial: false)
      #expect(Array(decoded.utf8) == Array(text.utf8), "\(text.debugDescription)")
    }
  }

  @Test(
    "with byte fallback too, except that a space mark becomes a space", arguments: [false, true])
  func byteFallbackRoundTrip(prefix: Bool) throws {
    let description = try TokenizerFixture.scores().description(prefix: prefix)
    let tokenizer = try Tokenizer(description)
    var generator = SeededGenerator(state: 2)
    for _ in 0..<400 {
      let text = generator.string(maximumLength: 80)
      let ids = tokenizer.encode(text, addSpecial: false, parseSpecial: false)
      // Each stretch after an added token gets a space that decoding cannot tell from the text's.
      if prefix, ids.contains(where: { description.types[Int($0)] == .userDefined }) { continue }
      let decoded = tokenizer.decode(ids, skipSpecial: false)
      let expected = String(
        String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\u{2581}" ? " " : $0 }))
      #expect(Array(decoded.utf8) == Array(expected.utf8), "\(text.debugDescription)")
    }
  }

  @Test("the words of a pre-tokenizer cover the text", arguments: PreTokenizer.allCases)
  func wordsCoverText(kind: PreTokenizer) {
    var generator = SeededGenerator(state: 3)
    for _ in 0..<300 {
      var text = generator.string(maximumLength: 60)
      text.withUTF8 { bytes in
        var scanner = PreTokenizerScanner(kind, bytes)
        var end = 0
        while let word = scanner.next() {
          #expect(word.lowerBound == end)
          #expect(!word.isEmpty)
          guard !word.isEmpty else { return }
          end = word.upperBound
        }
        #expect(end == bytes.count)
      }
    }
  }

  @Test("streamed text equals decoded text and never holds half a character")
  func streaming() throws {
    for name in TokenizerFixture.names {
      let tokenizer = try TokenizerFixture.tokenizer(name)
      var generator = SeededGenerator(state: 4)
      for round in 0..<120 {
        // Ids of text, and ids at random, whose bytes are often no UTF-8.
        let ids =
          round % 2 == 0
          ? tokenizer.encode(
            generator.string(maximumLength: 40), addSpecial: true, parseSpecial: true)
          : (0..<30).map { _ in Int32.random(in: -2...700, using: &generator) }
        for skipSpecial in [true, false] {
          var stream = StreamingDetokenizer(tokenizer, skipSpecial: skipSpecial)
          var bytes: [UInt8] = []
          for id in ids { bytes += Array(stream.append(id).utf8) }
          bytes += Array(stream.finish().utf8)
          #expect(bytes == Array(tokenizer.decode(ids, skipSpecial: skipSpecial).utf8))
        }
      }
    }
  }

  @Test("a character spread over tokens comes out with its last byte")
  func streamingWaits() throws {
    let tokenizer = try TokenizerFixture.tokenizer("smollm")
    let ids = Array("🫠".utf8).compactMap { tokenizer.token(spelled: ByteSpelling.piece($0)) }
    #expect(ids.count == 4)
    var stream = StreamingDetokenizer(tokenizer, skipSpecial: true)
    #expect(ids.map { stream.append($0) } == ["", "", "", "🫠"])
    #expect(stream.finish() == "")
    #expect(stream.append(ids[0]) == "")
    #expect(stream.finish() == "\u{FFFD}")
    #expect(stream.append(ids[0]) + stream.append(ids[0]) == "\u{FFFD}")
  }

  @Test("a stream that continues a text keeps its leading space")
  func streamingContinues() throws {
    let tokenizer = try TokenizerFixture.tokenizer("llama2")
    let ids = tokenizer.encode("time", addSpecial: false, parseSpecial: false)
    var fresh = StreamingDetokenizer(tokenizer, skipSpecial: true)
    var continuing = StreamingDetokenizer(tokenizer, skipSpecial: true, continuing: true)
    #expect(ids.map { fresh.append($0) }.joined() == "time")
    #expect(ids.map { continuing.append($0) }.joined() == " time")
  }

  @Test("ids outside the vocabulary are no text, never a trap")
  func foreignIDs() throws {
    let tokenizer = try TokenizerFixture.tokenizer("gemma")
    for id: Int32 in [-1, .min, .max, Int32(tokenizer.vocabularySize)] {
      #expect(tokenizer.bytes(of: id).isEmpty)
      #expect(tokenizer.text(of: id).isEmpty)
      #expect(!tokenizer.isSpecial(id))
      #expect(tokenizer.decode([id], skipSpecial: false).isEmpty)
    }
  }
}
