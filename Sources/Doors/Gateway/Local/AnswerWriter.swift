import Billing
import Inference
import Ledger

/// Writes the own engine's answers in OpenAI's form, whole or as events of a stream.
struct AnswerWriter: Sendable {
  let id: String
  let createdSeconds: Int64
  let model: String
  let fingerprint: String
  let style: CompletionRequest.Style
  let logprobs: Bool

  init(_ running: RunningRequest, _ run: LocalRun) {
    id = running.responseID
    createdSeconds = running.admission.admitted.seconds
    model = running.asked.model
    fingerprint = run.model.fingerprint
    style = running.asked.style
    logprobs = run.plan.logprobs != nil
  }

  func whole(_ answers: [ChoiceAnswer], echoes: [String], usage: TokenUsage) -> [UInt8] {
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
            writer.member("finish_reason", answer.finished.reason.name)
          }
        }
      }
      Self.usage(&writer, usage)
    }
    return writer.bytes
  }

  private func content(_ writer: inout JSONWriter, _ answer: ChoiceAnswer, echo: String) {
    switch style {
    case .chat:
      writer.key("message")
      writer.object { writer in
        writer.member("role", "assistant")
        writer.member("content", answer.text)
        writer.member("refusal", orNull: nil)
      }
    case .text: writer.member("text", echo + answer.text)
    }
    writer.key("logprobs")
    write(&writer, logprobs ? answer.tokens : nil, offset: echo.unicodeScalars.count)
  }

  /// The event that opens a chat's choice.
  func opening(_ index: Int) -> [UInt8] {
    chunk(index, finish: nil) { writer in
      writer.key("delta")
      writer.object { writer in
        writer.member("role", "assistant")
        writer.member("content", "")
      }
    }
  }

  /// - Parameter offset: characters of the choice sent before, for the text route's `text_offset`.
  func piece(_ index: Int, _ text: String, _ tokens: [TokenLogprob]?, offset: Int) -> [UInt8] {
    chunk(index, finish: nil) { writer in
      switch style {
      case .chat:
        writer.key("delta")
        writer.object { $0.member("content", text) }
      case .text: writer.member("text", text)
      }
      writer.key("logprobs")
      write(&writer, logprobs ? tokens ?? [] : nil, offset: offset)
    }
  }

  func closing(_ index: Int, _ reason: Finished.Reason) -> [UInt8] {
    chunk(index, finish: reason.name) { writer in
      switch style {
      case .chat:
        writer.key("delta")
        writer.object { _ in }
      case .text: writer.member("text", "")
      }
      writer.key("logprobs")
      writer.null()
    }
  }

  /// The last event, for `stream_options.include_usage`.
  func usageEvent(_ usage: TokenUsage) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      head(&writer, object: style == .chat ? "chat.completion.chunk" : "text_completion")
      writer.key("choices")
      writer.array { _ in }
      Self.usage(&writer, usage)
    }
    return Self.event(writer.bytes)
  }

  static func event(_ json: some Sequence<UInt8>) -> [UInt8] {
    Array("data: ".utf8) + json + Array("\n\n".utf8)
  }

  static let done = event("[DONE]".utf8)

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
    return Self.event(writer.bytes)
  }

  private func head(_ writer: inout JSONWriter, object: String) {
    writer.member("id", id)
    writer.member("object", object)
    writer.member("created", Int(createdSeconds))
    writer.member("model", model)
    writer.member("system_fingerprint", fingerprint)
  }

  private static func usage(_ writer: inout JSONWriter, _ usage: TokenUsage) {
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
