import Foundation
import Testing

@testable import Tokenizers

@Suite struct TokenizerErrorTests {
  private func fault(_ body: () throws -> Void) -> TokenizerError? {
    do { try body() } catch { return error as? TokenizerError }
    return nil
  }

  private func base() -> TokenizerDescription {
    var description = TokenizerDescription(model: .byteLevelBPE, tokens: ["a", "b", "ab", "<s>"])
    description.merges = ["a b"]
    return description
  }

  @Test("a description that contradicts itself is refused by field")
  func descriptions() throws {
    let faults: [(field: String, change: (inout TokenizerDescription) -> Void)] = [
      ("tokens", { $0.tokens = [] }),
      ("tokens", { $0.tokens.append("ab") }),
      ("types", { $0.types = [.normal] }),
      ("merges", { $0.merges.append("a c") }),
      ("merges", { $0.merges.append("b a") }),
      ("merges", { $0.merges.append("ab") }),
      ("merges", { $0.merges.append("") }),
      ("merges", { $0.merges.append(" ") }),
      ("bos", { $0.bos = 4 }),
      ("eos", { $0.eos = -1 }),
      ("unknown", { $0.unknown = .max }),
      ("padding", { $0.padding = .min }),
      ("endOfGeneration", { $0.endOfGeneration = [9] }),
      ("addedTokens", { $0.addedTokens = [.init(id: 5, special: true)] }),
      ("bos", { $0.addBos = true }),
      ("eos", { $0.addEos = true }),
      ("scores", { $0.model = .sentencePieceBPE }),
      ("scores", { ($0.model, $0.scores) = (.sentencePieceBPE, [0, 0, .nan, 0]) }),
    ]
    #expect(fault { _ = try Tokenizer(base()) } == nil)
    for (field, change) in faults {
      var description = base()
      change(&description)
      let error = fault { _ = try Tokenizer(description) }
      #expect(error?.field == field, "\(field): \(String(describing: error))")
    }
  }

  @Test("GGUF values are refused by key")
  func gguf() throws {
    func describe(
      model: String = "gpt2", pre: String? = "smollm", scores: [Float]? = nil,
      types: [Int32]? = nil, merges: [String]? = []
    ) throws {
      _ = try TokenizerDescription(
        ggufModel: model, pre: pre, tokens: ["a"], scores: scores, types: types, merges: merges)
    }
    #expect(fault { try describe() } == nil)
    #expect(fault { try describe(model: "bert") }?.field == "tokenizer.ggml.model")
    #expect(fault { try describe(pre: nil) }?.field == "tokenizer.ggml.pre")
    #expect(fault { try describe(merges: nil) }?.field == "tokenizer.ggml.merges")
    #expect(fault { try describe(types: [7]) }?.field == "tokenizer.ggml.token_type")
    #expect(fault { try describe(model: "llama") }?.field == "tokenizer.ggml.scores")
    let unknown = try #require(fault { try describe(pre: "tekken") })
    #expect(unknown.code == .unsupported)
    #expect(unknown.message.contains("smollm") && unknown.message.contains("qwen2"))
  }

  private static let minimal = """
    {"added_tokens": [ADDED], "normalizer": null,
     "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
     "post_processor": null,
     "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}
    """

  @Test(
    "a tokenizer.json is refused by field",
    arguments: [
      ("\"a\": 0", "\"a\": -1", "model.vocab"), ("\"a\": 0", "\"a\": 1", "model.vocab"),
      ("\"a\": 0", "\"a\": 99999999", "model.vocab"), ("\"a\": 0", "\"a\": 1e3", "model.vocab"),
      ("\"a\": 0", "\"a\": 99999999999999999999", "model.vocab"),
      ("\"a\": 0", "\"ab\": 0", "tokens"), ("\"a b\"", "\"b a\"", "merges"),
      ("\"a b\"", "[\"a\"]", "model.merges"), ("\"a b\"", "7", "model.merges"),
      ("\"BPE\"", "\"Unigram\"", "model.type"),
      ("{\"a\": 0, \"b\": 1, \"ab\": 2}", "[]", "model.type"),
      ("\"ByteLevel\"", "\"Whitespace\"", "pre_tokenizer"),
      ("\"use_regex\": true", "\"use_regex\": false", "pre_tokenizer"),
      ("\"normalizer\": null", "\"normalizer\": {\"type\": \"NFKC\"}", "normalizer"),
      ("\"post_processor\": null", "\"post_processor\": {\"type\": \"Bert\"}", "post_processor"),
      ("ADDED", "{\"id\": 7}", "added_tokens"), ("ADDED", "{\"content\": \"x\"}", "added_tokens"),
      ("ADDED", "{\"content\": \"x\", \"id\": -3}", "added_tokens"),
      ("ADDED", "{\"content\": \"x\", \"id\": 2}", "model.vocab"),
      ("\"type\": \"BPE\"", "\"unk_token\": \"zz\"", "model.unk_token"),
      ("\"type\": \"BPE\"", "\"end_of_word_suffix\": \"</w>\"", "model.end_of_word_suffix"),
      ("]}}", "]}} x", "tokenizer.json"), ("]}}", "]}", "tokenizer.json"),
      ("\"a b\"", "\"\\ud800\"", "model.merges"), ("\"a b\"", "\"\\q\"", "model.merges"),
      ("\"a b\"", "\"a b", "model.merges"),
    ])
  func json(old: String, new: String, field: String) {
    let text = Self.minimal.replacingOccurrences(of: old, with: new)
      .replacingOccurrences(of: "ADDED", with: "")
    #expect(text != Self.minimal.replacingOccurrences(of: "ADDED", with: ""))
    let error = fault { _ = try Tokenizer(tokenizerJSON: Data(text.utf8)) }
    #expect(error?.field == field, "\(String(describing: error))")
  }

  @Test("a file cut anywhere, or with any byte changed, gives an error or a tokenizer")
  func damaged() throws {
    let whole = Self.minimal.replacingOccurrences(
      of: "ADDED", with: #"{"id": 3, "content": "<\u00e9\ud83d\ude00>", "special": true}"#)
    let bytes = Array(whole.utf8)
    let tokenizer = try Tokenizer(tokenizerJSON: Data(bytes))
    #expect(tokenizer.text(of: 3) == "<é😀>")
    for end in bytes.indices {
      #expect(throws: TokenizerError.self) { try Tokenizer(tokenizerJSON: Data(bytes[..<end])) }
    }
    var generator = SeededGenerator(state: 5)
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] = UInt8.random(in: 0...255, using: &generator)
      if let tokenizer = try? Tokenizer(tokenizerJSON: Data(damaged)) {
        _ = tokenizer.encode("ab <é😀> c", addSpecial: true, parseSpecial: true)
      }
    }
    let deep = String(repeating: "[", count: 100_000)
    #expect(fault { _ = try Tokenizer(tokenizerJSON: Data("{\"x\": \(deep)".utf8)) }?.field == "x")
  }
}
