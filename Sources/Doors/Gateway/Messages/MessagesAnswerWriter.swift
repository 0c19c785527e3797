import Billing
import Ledger

/// Writes answers in the form of Anthropic's Messages API.
/// Source: Anthropic's API reference, "Create a message" and "Streaming messages".
struct MessagesAnswerWriter: AnswerWriter {
  let id: String
  let model: String
  /// The block that is open, and how many came before it.
  private var block: Block?
  private var blocks = 0

  private enum Block: Equatable { case text, call(Int) }

  init(id: String, model: String) {
    self.id = id
    self.model = model
  }

  func whole(_ answers: [Answer], echoes: [String], usage: TokenUsage?) -> [UInt8] {
    let answer = answers.first ?? Answer()
    var writer = JSONWriter(capacity: 512 + answer.text.utf8.count)
    writer.object { writer in
      head(&writer)
      writer.key("content")
      writer.array { writer in
        if !answer.text.isEmpty {
          writer.object { writer in
            writer.member("type", "text")
            writer.member("text", answer.text)
          }
        }
        for call in answer.calls {
          writer.object { writer in
            Self.head(&writer, id: call.id, name: call.name)
            writer.key("input")
            writer.raw(Self.object(call.arguments))
          }
        }
      }
      Self.write(&writer, answer.reason)
      Self.write(&writer, usage)
    }
    return writer.bytes
  }

  /// What an upstream sent may be no object; the form needs one.
  private static func object(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    return (try? JSONDocument(bytes))?.isObject == true ? bytes : Array("{}".utf8)
  }

  mutating func opening(promptTokens: Int, echoes: [String]) -> [UInt8] {
    let start = event("message_start") { writer in
      writer.key("message")
      writer.object { writer in
        head(&writer)
        writer.key("content")
        writer.array { _ in }
        writer.nullMember("stop_reason")
        writer.nullMember("stop_sequence")
        Self.write(&writer, TokenUsage(prompt: promptTokens, cached: 0, output: 0))
      }
    }
    return start + event("ping") { _ in }
  }

  mutating func event(_ event: AnswerEvent, choice: Int) -> [UInt8] {
    switch event {
    case .text(let text, _):
      guard !text.isEmpty else { return [] }
      var bytes: [UInt8] = []
      if block != .text {
        bytes = open(.text) { writer in
          writer.member("type", "text")
          writer.member("text", "")
        }
      }
      return bytes
        + delta("text_delta") { writer in writer.member("text", text) }
    case .callBegan(let index, let id, let name):
      return open(.call(index)) { writer in
        Self.head(&writer, id: id, name: name)
        writer.key("input")
        writer.object { _ in }
      }
    case .callArguments(let index, let text):
      // Blocks come one after the other: what belongs to a closed one cannot be sent.
      guard block == .call(index) else { return [] }
      return delta("input_json_delta") { writer in writer.member("partial_json", text) }
    }
  }

  mutating func closing(_ reasons: [FinishReason], usage: TokenUsage?) -> [UInt8] {
    let last = close()
    let delta = event("message_delta") { writer in
      writer.key("delta")
      writer.object { Self.write(&$0, reasons.first ?? .stop) }
      Self.write(&writer, usage)
    }
    return last + delta + event("message_stop") { _ in }
  }

  func failure(_ error: GatewayError) -> [UInt8] {
    ServerSentEvent.named("error", error.messagesJSON(request: nil))
  }

  private mutating func open(_ next: Block, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    let last = close()
    block = next
    return last
      + event("content_block_start") { writer in
        writer.member("index", blocks)
        writer.key("content_block")
        writer.object(body)
      }
  }

  private mutating func close() -> [UInt8] {
    guard block != nil else { return [] }
    defer {
      block = nil
      blocks += 1
    }
    return event("content_block_stop") { $0.member("index", blocks) }
  }

  private func delta(_ type: StaticString, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    event("content_block_delta") { writer in
      writer.member("index", blocks)
      writer.key("delta")
      writer.object { writer in
        writer.member("type", "\(type)")
        body(&writer)
      }
    }
  }

  private func event(_ name: String, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter(capacity: 192)
    writer.object { writer in
      writer.member("type", name)
      body(&writer)
    }
    return ServerSentEvent.named(name, writer.bytes)
  }

  private func head(_ writer: inout JSONWriter) {
    writer.member("id", id)
    writer.member("type", "message")
    writer.member("role", "assistant")
    writer.member("model", model)
  }

  private static func head(_ writer: inout JSONWriter, id: String, name: String) {
    writer.member("type", "tool_use")
    writer.member("id", id)
    writer.member("name", name)
  }

  private static func write(_ writer: inout JSONWriter, _ reason: FinishReason) {
    var text: String?
    let name: String
    switch reason {
    case .stop: name = "end_turn"
    case .stopText(let found): (name, text) = ("stop_sequence", found)
    case .length: name = "max_tokens"
    case .toolCalls: name = "tool_use"
    case .contentFilter: name = "refusal"
    }
    writer.member("stop_reason", name)
    writer.member("stop_sequence", orNull: text)
  }

  /// Input and cached input are disjoint in this form. Unknown usage shows as zeros, which the form
  /// has instead of leaving it out.
  private static func write(_ writer: inout JSONWriter, _ usage: TokenUsage?) {
    let usage = usage ?? .zero
    writer.key("usage")
    writer.object { writer in
      writer.member("input_tokens", usage.input)
      writer.member("cache_creation_input_tokens", 0)
      writer.member("cache_read_input_tokens", usage.cachedInput)
      writer.member("output_tokens", usage.output)
    }
  }
}
