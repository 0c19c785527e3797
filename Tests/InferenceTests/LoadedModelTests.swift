import Foundation
import Testing
import Tokenizers

@testable import Inference

/// A folder as Hugging Face saves it: tiny random weights and a tokenizer of single characters.
struct LoadedModelTests {
  private final class Folder {
    let path: String

    init(template: String? = defaultTemplate, ends: String = "[1, 5]") throws {
      let fixture = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "TransformerTests/Fixtures/llama")
      let folder = FileManager.default.temporaryDirectory.appending(path: "toy-\(UUID())")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      path = folder.path
      for name in ["config.json", "model.safetensors"] {
        try FileManager.default.copyItem(
          at: fixture.appending(path: name), to: folder.appending(path: name))
      }
      try write("tokenizer.json", Self.tokenizer)
      let quoted = template.map { #""chat_template": "\#($0)","# } ?? ""
      try write("tokenizer_config.json", #"{\#(quoted) "bos_token": "<s>", "eos_token": "</s>"}"#)
      try write("generation_config.json", #"{"eos_token_id": \#(ends)}"#)
    }

    /// The mapped weights outlive the folder.
    func load() throws -> LoadedModel {
      try withExtendedLifetime(self) { try LoadedModel.load(path: path) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws {
      try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }

    static let defaultTemplate =
      "{{ bos_token }}{% for m in messages %}{{ m.role }}:{{ m.content }}</s>{% endfor %}a:"

    static let tokenizer: String = {
      let characters = (["<s>", "</s>"] + "abcdefghijklmnopqrstuvwxyz:.".map(String.init)) + ["Ġ"]
      let vocabulary = characters.enumerated().map { #""\#($1)": \#($0)"# }
      let added = [(0, "<s>"), (1, "</s>")].map { id, text in
        #"{"id": \#(id), "content": "\#(text)", "single_word": false, "lstrip": false, "#
          + #""rstrip": false, "normalized": false, "special": true}"#
      }
      return #"{"added_tokens": [\#(added.joined(separator: ","))], "normalizer": null, "#
        + #""pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}, "#
        + #""post_processor": null, "decoder": {"type": "ByteLevel"}, "model": {"type": "BPE", "#
        + #""vocab": {\#(vocabulary.joined(separator: ","))}, "merges": []}}"#
    }()
  }

  private let now = { TemplateDate(unixSeconds: 0) }

  @Test(arguments: ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja"])
  func `a text beside the weights that is enormous is refused before it is read`(
    name: String
  ) throws {
    let folder = try Folder()
    try folder.write(name, "")
    // Zeros that take no room on the disk.
    let handle = try #require(FileHandle(forWritingAtPath: folder.path + "/" + name))
    try handle.truncate(atOffset: 1 << 40)
    let error = #expect(throws: (any Error).self) { try folder.load() }
    let message = error.map { "\($0)" } ?? ""
    #expect(message.contains(name) && message.contains("over the limit"), "\(message)")
  }

  @Test func `a folder gives a model that answers`() async throws {
    let folder = try Folder()
    let model = try folder.load()
    #expect(model.name.hasPrefix("toy-"))
    #expect(model.vocabulary == 96)
    #expect(model.texts.endOfGeneration == [1, 5])
    let engine = try Engine(model: model, options: .toy(), seeds: { 42 })
    let finished = try await engine.submit(
      GenerationRequest(
        id: "x", prompt: model.promptTokens("abc"), maxTokens: 5, sampling: .greedy)
    ).finished()
    #expect(finished.promptTokens == 3)
    #expect(finished.reason == .length || finished.reason == .stop)
  }

  @Test func `a conversation is rendered and its control tokens are parsed`() throws {
    let model = try Folder().load()
    let tokens = try model.chatTokens(
      messages: [ChatMessage(role: "u", content: "hi").templateValue], now: now)
    // <s> u : h i </s> a :
    #expect(tokens == [0, 22, 28, 9, 10, 1, 2, 28])
    #expect(try model.chatText(messages: [], now: now) == "<s>a:")
  }

  @Test func `a model without a template says so`() throws {
    let model = try Folder(template: nil).load()
    #expect {
      try model.chatTokens(messages: [], now: now)
    } throws: {
      ($0 as? InferenceError)?.code == .noChatTemplate
    }
  }

  @Test func `the fingerprint tells weights apart, wherever they lie`() throws {
    let (first, second) = (try Folder(), try Folder())
    let fingerprint = try first.load().fingerprint
    #expect(fingerprint.count == 32)
    #expect(try second.load().fingerprint == fingerprint)
    let weights = second.path + "/model.safetensors"
    var data = try #require(FileManager.default.contents(atPath: weights))
    data[data.count - 3] ^= 1
    try data.write(to: URL(filePath: weights))
    #expect(try second.load().fingerprint != fingerprint)
  }

  @Test func `logits have a row for each token, whatever the chunks`() throws {
    let model = try Folder().load()
    let tokens = (0..<60).map { Int32($0 * 13 % 96) }
    let rows = try model.logits(tokens: tokens)
    #expect(rows.count == 60 && rows.allSatisfy { $0.count == 96 })
    #expect(try model.logits(tokens: Array(tokens[..<37])) == Array(rows[..<37]))
    #expect(throws: InferenceError.self) {
      try model.logits(tokens: Array(repeating: 1, count: model.contextLength + 1))
    }
    #expect(throws: InferenceError.self) { try model.logits(tokens: [96]) }
  }

  @Test func `what cannot be loaded is named`() throws {
    #expect { try LoadedModel.load(path: "/nowhere/x.gguf") } throws: {
      ($0 as? InferenceError)?.field == "/nowhere/x.gguf"
    }
    let folder = try Folder()
    try FileManager.default.removeItem(atPath: folder.path + "/tokenizer.json")
    #expect { try folder.load() } throws: {
      "\($0)".contains("tokenizer.json")
    }
  }

  @Test func `a measured model has rates, and they agree with its cost`() async throws {
    let model = try Folder().load()
    let probe = ThroughputProbe(
      promptTokens: 20, completionTokens: 4, concurrency: 3, secondsEach: 0.01)
    let measured = try await probe.measure(model)
    #expect(measured.prefillTokensPerSecond > 0 && measured.decodeTokensPerSecond > 0)
    #expect(measured.concurrency == 3)
    let rate = 1e9 / measured.completionTokenNanoseconds
    #expect(abs(rate / measured.concurrentTokensPerSecond - 1) < 1e-6)
  }
}
