import Bench
import Forecast
import Foundation
import Gateway

/// The bodies of a load's requests: a function of the seed, the round's number and the address's own
/// way of counting tokens.
struct LoadRequests {
  let prompts: TokenLengths
  let answers: TokenLengths
  let sharedPrefix: Int
  let temperature: Double
  let isChat: Bool
  /// Members of the extra body, as JSON.
  let extra: [(key: String, value: JSONValue)]
  let dataset: [JSONDocument]
  let seed: UInt64

  /// The most bytes of a data set's file.
  private static let maximumDatasetBytes = 1 << 30

  init(_ command: BenchCommand) throws {
    let options = command.address
    prompts = try command.common.prompts(default: 256)
    answers = try command.common.answers()
    sharedPrefix = options.sharedPrefix
    temperature = options.temperature
    isChat = options.api == .chat
    seed = command.common.seed
    guard (0...Bench.maximumTokens).contains(sharedPrefix) else {
      throw CommandError("--shared-prefix: 0 to \(Bench.maximumTokens) tokens")
    }
    guard temperature >= 0, temperature <= 100 else {
      throw CommandError("--temperature: 0 to 100")
    }
    extra = try options.extraBody.map(Self.members) ?? []
    dataset = try options.dataset.map { try Self.read($0, isChat: options.api == .chat) } ?? []
  }

  /// - Parameters:
  ///   - count: how many; a data set is begun again where it ends.
  ///   - serial: the round's number among all rounds of all levels: none finds its prompts cached.
  func bodies(_ count: Int, serial: Int, model: String, rate: WordRate) -> [[UInt8]] {
    var generator = RandomStream(.init(seed: seed, name: "bench"), path: serial, index: 0)
    let prefix =
      sharedPrefix > 0
      ? PromptText.make(words: rate.words(forText: sharedPrefix), using: &generator) : nil
    return (0..<count).map { index in
      let answer = answers.draw(using: &generator)
      if !dataset.isEmpty {
        let row = dataset[(index + serial * count) % dataset.count]
        return body(model: model, answer: answer, row: row)
      }
      let words = rate.words(forPrompt: prompts.draw(using: &generator))
      return body(
        model: model, answer: answer, prefix: prefix,
        prompt: PromptText.make(words: words, using: &generator))
    }
  }

  /// A prompt of `words` words for one token of answer, to learn how the address counts.
  func probe(words: Int, model: String) -> [UInt8] {
    var generator = RandomStream(.init(seed: seed, name: "probe"), path: words, index: 0)
    return body(
      model: model, answer: 1, prefix: nil,
      prompt: PromptText.make(words: words, using: &generator))
  }

  private func body(model: String, answer: Int, prefix: String?, prompt: String) -> [UInt8] {
    write(model: model, answer: answer) { json in
      if isChat {
        json.key("messages")
        json.array { json in
          if let prefix { Self.message("system", prefix, &json) }
          Self.message("user", prompt, &json)
        }
      } else {
        json.key("prompt")
        json.string(prefix.map { $0 + " " + prompt } ?? prompt)
      }
    }
  }

  private func body(model: String, answer: Int, row: JSONDocument) -> [UInt8] {
    write(model: model, answer: row["max_tokens"]?.int ?? answer) { json in
      let name = isChat ? "messages" : "prompt"
      json.key(name)
      json.raw(row.root[name]?.raw ?? [])
    }
  }

  private func write(
    model: String, answer: Int, _ prompt: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.key("model")
      json.string(model)
      prompt(&json)
      json.key("max_tokens")
      json.int(answer)
      json.key("temperature")
      json.double(temperature)
      json.key("stream")
      json.bool(true)
      json.key("stream_options")
      json.object { json in
        json.key("include_usage")
        json.bool(true)
      }
      for (key, value) in extra {
        json.key(key)
        json.raw(value.raw)
      }
    }
    return json.bytes
  }

  private static func message(_ role: String, _ text: String, _ json: inout JSONWriter) {
    json.object { json in
      json.key("role")
      json.string(role)
      json.key("content")
      json.string(text)
    }
  }

  private static func members(_ text: String) throws -> [(key: String, value: JSONValue)] {
    guard let document = try? JSONDocument(Array(text.utf8)), document.isObject else {
      throw CommandError("--extra-body: '\(text.prefix(40))' is not a JSON object")
    }
    return document.root.members
  }

  private static func read(_ path: String, isChat: Bool) throws -> [JSONDocument] {
    let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
    guard let size, size <= maximumDatasetBytes,
      let data = FileManager.default.contents(atPath: path)
    else { throw CommandError("--dataset: '\(path)' cannot be read, or is larger than 1 GB") }
    let name = isChat ? "messages" : "prompt"
    let lines = data.split(separator: UInt8(ascii: "\n"))
    let rows = try lines.enumerated().map { index, line in
      guard let row = try? JSONDocument(Array(line)), row.isObject, row.root[name] != nil else {
        throw CommandError(
          "--dataset: line \(index + 1) of '\(path)' is not a JSON object with '\(name)'")
      }
      return row
    }
    guard !rows.isEmpty else { throw CommandError("--dataset: '\(path)' has no requests") }
    return rows
  }
}
