import Billing
import Inference
import Ledger

/// Writes answers in OpenAI's form for either completion route.
/// Source: OpenAI's API reference, "Chat completions" and "Completions (legacy)".
struct CompletionAnswerWriter: AnswerWriter {
  let id: String
  let createdSeconds: Int64
  let model: String
  let fingerprint: String
  let style: CompletionRequest.Style
  let logprobs: Bool
  private let includeUsage: Bool
  /// Characters of each choice sent so far, for the text route's `text_offset`.
  private var offsets: [Int]

  init(_ running: RunningCompletion, fingerprint: String) {
    id = running.responseID
    createdSeconds = running.admission.admitted.seconds
    model = running.asked.model
    self.fingerprint = fingerprint
    style = running.asked.style
    logprobs = running.asked.wantsLogprobs
    includeUsage = running.asked.includeUsage
    offsets = [Int](repeating: 0, count: running.asked.choices)
  }

  func whole(_ answers: [Answer], echoes: [String], usage: TokenUsage?) -> [UInt8] {
    var writer = JSONWriter(capacity: 1024)
    writer.object { writer in
      head(&writer, object: style == .chat ? "chat.completion" : "text_completion")
      writer.key("choices")
      writer.array { writer in
        for (index, answer) in answers.enumerated() {
          writer.object { writer in
            writer.member("index", index)
            let echo = echoes.isEmpty ? "" : echoes[index / (answers.count / echoes.count)]
            content(&writer, answer, echo: echo)
            writer.member("finish_reason", answer.reason.name)
          }
        }
      }
      if let usage { Self.write(&writer, usage) }
    }
    return writer.bytes
  }

  private func content(_ writer: inout JSONWriter, _ answer: Answer, echo: String) {
    switch style {
    case .chat:
      writer.key("message")
      writer.object { writer in
        writer.member("role", "assistant")
        let onlyCalls = answer.text.isEmpty && !answer.calls.isEmpty
        writer.member("content", orNull: onlyCalls ? nil : answer.text)
        writer.nullMember("refusal")
        if !answer.calls.isEmpty { ToolCall.writeMember(answer.calls, to: &writer) }
      }
    case .text: writer.member("text", echo + answer.text)
    }
    writer.key("logprobs")
    write(&writer, logprobs ? answer.tokens : nil, offset: echo.unicodeScalars.count)
  }

  /// A chat's choices open with their role; a text's with what is echoed.
  mutating func opening(promptTokens: Int, echoes: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for choice in offsets.indices {
      if style == .chat {
        bytes += delta(choice) { writer in
          writer.member("role", "assistant")
          writer.member("content", "")
        }
      } else if !echoes.isEmpty {
        let echo = echoes[choice / (offsets.count / echoes.count)]
        bytes += piece(choice, echo, nil)
      }
    }
    return bytes
  }

  mutating func event(_ event: AnswerEvent, choice: Int) -> [UInt8] {
    switch event {
    case .text(let text, let tokens): piece(choice, text, tokens)
    case .callBegan(let index, let id, let name):
      call(choice, index) { writer in
        writer.member("id", id)
        writer.member("type", "function")
        writer.key("function")
        writer.object { writer in
          writer.member("name", name)
          writer.member("arguments", "")
        }
      }
    case .callArguments(let index, let text):
      call(choice, index) { writer in
        writer.key("function")
        writer.object { $0.member("arguments", text) }
      }
    }
  }

  mutating func closing(_ reasons: [FinishReason], usage: TokenUsage?) -> [UInt8] {
    var bytes: [UInt8] = []
    for (choice, reason) in reasons.enumerated() { bytes += closing(choice, reason) }
    if includeUsage, let usage { bytes += usageEvent(usage) }
    return bytes + ServerSentEvent.done
  }

  func failure(_ error: GatewayError) -> [UInt8] { ServerSentEvent.data(error.json) }

  private mutating func piece(
    _ choice: Int, _ text: String, _ tokens: [TokenLogprob]?
  ) -> [UInt8] {
    defer { offsets[choice] += text.unicodeScalars.count }
    return chunk(choice, finish: nil) { writer in
      switch style {
      case .chat:
        writer.key("delta")
        writer.object { $0.member("content", text) }
      case .text: writer.member("text", text)
      }
      writer.key("logprobs")
      write(&writer, logprobs ? tokens ?? [] : nil, offset: offsets[choice])
    }
  }

  private func delta(_ choice: Int, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    chunk(choice, finish: nil) { writer in
      writer.key("delta")
      writer.object(body)
    }
  }

  private func call(
    _ choice: Int, _ index: Int, _ body: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    delta(choice) { writer in
      writer.key("tool_calls")
      writer.array { writer in
        writer.object { writer in
          writer.member("index", index)
          body(&writer)
        }
      }
    }
  }

  private func closing(_ choice: Int, _ reason: FinishReason) -> [UInt8] {
    chunk(choice, finish: reason.name) { writer in
      switch style {
      case .chat:
        writer.key("delta")
        writer.object { _ in }
      case .text: writer.member("text", "")
      }
      writer.nullMember("logprobs")
    }
  }

  /// The last event, for `stream_options.include_usage`.
  private func usageEvent(_ usage: TokenUsage) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      head(&writer, object: style == .chat ? "chat.completion.chunk" : "text_completion")
      writer.key("choices")
      writer.array { _ in }
      Self.write(&writer, usage)
    }
    return ServerSentEvent.data(writer.bytes)
  }

  private func chunk(_ index: Int, finish: String?, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      head(&writer, object: style == .chat ? "chat.completion.chunk" : "text_completion")
      writer.key("choices")
      writer.array { writer in
        writer.object { writer in
          writer.member("index", index)
          body(&writer)
          writer.member("finish_reason", orNull: finish)
        }
      }
    }
    return ServerSentEvent.data(writer.bytes)
  }

  private func head(_ writer: inout JSONWriter, object: String) {
    writer.member("id", id)
    writer.member("object", object)
    writer.member("created", Int(createdSeconds))
    writer.member("model", model)
    writer.member("system_fingerprint", fingerprint)
  }

  private static func write(_ writer: inout JSONWriter, _ usage: TokenUsage) {
    writer.key("usage")
    writer.object { writer in
      writer.member("prompt_tokens", usage.prompt)
      writer.member("completion_tokens", usage.output)
      writer.member("total_tokens", usage.total)
      writer.key("prompt_tokens_details")
      writer.object { $0.member("cached_tokens", usage.cachedInput) }
    }
  }
}
