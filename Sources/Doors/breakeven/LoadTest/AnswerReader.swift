import Bench
import Gateway

/// Reads a streamed answer into its request's record: when content came, and what usage says.
struct AnswerReader {
  private(set) var record: RequestRecord
  private var splitter = EventSplitter()

  init(sent: Int64) { record = RequestRecord(sent: sent, end: sent) }

  /// - Throws: when an event is longer than a stream's may be.
  mutating func append(_ bytes: some Sequence<UInt8>, now: Int64) throws {
    record.end = now
    for event in try splitter.append(bytes) { read(event, now: now) }
  }

  mutating func finish(now: Int64) {
    record.end = now
    if let rest = splitter.finish() { read(rest, now: now) }
    if record.pieces.isEmpty { fail("empty", "the answer had no content") }
  }

  /// The first failure stays.
  mutating func fail(_ kind: String, _ message: String?) {
    guard record.failure == nil else { return }
    record.failure = kind
    record.failureMessage = message.map { String($0.prefix(300)) }
  }

  mutating func end(now: Int64) { record.end = now }

  private mutating func read(_ event: [UInt8], now: Int64) {
    // `[DONE]` is an array of a bare word: no JSON.
    guard let document = try? JSONDocument(event), document.isObject else { return }
    if let error = document["error"], !error.isNull {
      fail("error event", error["message"]?.string ?? String(decoding: error.raw, as: UTF8.self))
    }
    if let choice = document["choices"]?.elements.first, Self.hasContent(choice) {
      record.pieces.append(now)
    }
    guard let usage = document["usage"], !usage.isNull else { return }
    record.promptTokens = usage["prompt_tokens"]?.int ?? record.promptTokens
    record.reportedCompletionTokens =
      usage["completion_tokens"]?.int ?? record.reportedCompletionTokens
    record.cachedTokens =
      usage["prompt_tokens_details"]?["cached_tokens"]?.int ?? record.cachedTokens
  }

  /// Text, reasoning and tool calls are what a model generates; a role or an end is not.
  private static func hasContent(_ choice: JSONValue) -> Bool {
    func isText(_ value: JSONValue?) -> Bool { value?.kind == .string && value?.byteCount ?? 0 > 2 }
    if isText(choice["text"]) { return true }
    guard let delta = choice["delta"] else { return false }
    return isText(delta["content"]) || isText(delta["reasoning_content"])
      || delta["tool_calls"]?.elements.isEmpty == false
  }
}
