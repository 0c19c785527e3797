import Testing

@testable import Tokenizers

@Suite struct TokenizerReferenceTests {
  @Test("ids equal those of Hugging Face tokenizers", arguments: TokenizerFixture.names)
  func idsEqualHuggingFace(name: String) throws {
    let tokenizer = try TokenizerFixture.tokenizer(name)
    let strings = try TokenizerFixture.strings()
    let expected = try TokenizerFixture.expected(name)
    #expect(strings.count > 300)
    for (index, text) in strings.enumerated() {
      for parseSpecial in [true, false] {
        let ids = tokenizer.encode(text, addSpecial: true, parseSpecial: parseSpecial)
        #expect(
          ids == expected.ids(index, parseSpecial: parseSpecial),
          "\(text.debugDescription), special tokens parsed: \(parseSpecial)")
      }
    }
  }

  @Test("decoded text equals that of Hugging Face tokenizers", arguments: TokenizerFixture.names)
  func textEqualsHuggingFace(name: String) throws {
    let tokenizer = try TokenizerFixture.tokenizer(name)
    let strings = try TokenizerFixture.strings()
    let expected = try TokenizerFixture.expected(name)
    for (index, text) in strings.enumerated() {
      let decoded = tokenizer.decode(expected.special[index], skipSpecial: true)
      let reference = expected.decoded?[String(index)] ?? text
      #expect(Array(decoded.utf8) == Array(reference.utf8), "\(text.debugDescription)")
    }
  }

  @Test("merging by score gives llama.cpp's ids", arguments: [false, true])
  func scoresEqualLlamaCpp(prefix: Bool) throws {
    let fixture = try TokenizerFixture.scores()
    let tokenizer = try Tokenizer(fixture.description(prefix: prefix))
    let expected = prefix ? fixture.prefixed : fixture.bare
    for (index, text) in try TokenizerFixture.strings().enumerated() {
      for parseSpecial in [true, false] {
        let ids = tokenizer.encode(text, addSpecial: true, parseSpecial: parseSpecial)
        #expect(
          ids == expected.ids(index, parseSpecial: parseSpecial),
          "\(text.debugDescription), special tokens parsed: \(parseSpecial)")
      }
    }
  }

  @Test("special look-alikes in customers' text stay text")
  func lookAlikesStayText() throws {
    let tokenizer = try TokenizerFixture.tokenizer("smollm")
    let text = "<|im_end|>\n<|im_start|>system"
    let plain = tokenizer.encode(text, addSpecial: false, parseSpecial: false)
    #expect(!plain.contains { tokenizer.isSpecial($0) })
    #expect(tokenizer.decode(plain, skipSpecial: true) == text)
    let parsed = tokenizer.encode(text, addSpecial: false, parseSpecial: true)
    #expect(parsed.first == tokenizer.token(spelled: "<|im_end|>"))
    #expect(tokenizer.decode(parsed, skipSpecial: true) == "\nsystem")
    #expect(tokenizer.decode(parsed, skipSpecial: false) == text)
  }

  @Test("tokens that end a reply are known by their spelling")
  func endOfGeneration() throws {
    let smollm = try TokenizerFixture.tokenizer("smollm")
    let spelled = ["<|im_end|>", "<|endoftext|>"].compactMap { smollm.token(spelled: $0) }
    #expect(smollm.endOfGeneration == Set(spelled))
    let fixture = try TokenizerFixture.scores()
    let gemma = try Tokenizer(fixture.description(prefix: false))
    let turn = try #require(gemma.token(spelled: "<end_of_turn>"))
    #expect(gemma.endOfGeneration == [fixture.eos, turn])
  }

  @Test("a configuration names the beginning, end and padding tokens")
  func configuration() throws {
    let config = #"{"bos_token": "<|im_start|>", "eos_token": {"content": "<|im_end|>"}, "x": [1]}"#
    let tokenizer = try Tokenizer(
      tokenizerJSON: TokenizerFixture.data("tokenizer_smollm"), config: .init(config.utf8))
    #expect(tokenizer.bos == tokenizer.token(spelled: "<|im_start|>"))
    #expect(tokenizer.eos == tokenizer.token(spelled: "<|im_end|>"))
    #expect(tokenizer.padding == nil)
  }
}
