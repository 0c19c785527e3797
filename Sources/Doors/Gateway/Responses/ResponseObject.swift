import Billing
import Ledger

/// The response object: the request's settings sent back, and what came of it.
struct ResponseObject: Sendable {
  private let id: String
  private let createdSeconds: Int64
  private let model: String
  /// The body as the caller wrote it.
  private let fields: JSONDocument

  enum State {
    case running
    case ended(FinishReason)
    case failed(GatewayError)

    var event: String {
      switch self {
      case .running: "response.in_progress"
      case .ended(.length), .ended(.contentFilter): "response.incomplete"
      case .ended: "response.completed"
      case .failed: "response.failed"
      }
    }
  }

  init(_ running: RunningCompletion) {
    id = running.responseID
    createdSeconds = running.admission.admitted.seconds
    model = running.asked.model
    fields = running.asked.original
  }

  /// Items are named after the request, so that a replay is the same.
  func itemID(_ index: Int) -> String { "item_\(id.dropFirst("resp_".count))_\(index)" }

  func write(
    _ writer: inout JSONWriter, _ state: State, _ output: [ResponseItem], _ usage: TokenUsage?
  ) {
    writer.object { writer in
      writer.member("id", id)
      writer.member("object", "response")
      writer.member("created_at", Int(createdSeconds))
      writer.member("model", model)
      write(&writer, state)
      writer.key("output")
      writer.array { writer in
        for item in output { item.write(&writer) }
      }
      writeSettings(&writer)
      writer.key("usage")
      Self.write(&writer, usage)
    }
  }

  private func write(_ writer: inout JSONWriter, _ state: State) {
    var error: GatewayError?
    var incomplete: String?
    switch state {
    case .running: writer.member("status", "in_progress")
    case .ended(.length): incomplete = "max_output_tokens"
    case .ended(.contentFilter): incomplete = "content_filter"
    case .ended: writer.member("status", "completed")
    case .failed(let why):
      writer.member("status", "failed")
      error = why
    }
    if incomplete != nil { writer.member("status", "incomplete") }
    writer.key("incomplete_details")
    if let incomplete {
      writer.object { $0.member("reason", incomplete) }
    } else {
      writer.null()
    }
    writer.key("error")
    if let error {
      writer.object { writer in
        writer.member("code", error.code ?? "server_error")
        writer.member("message", error.message)
      }
    } else {
      writer.null()
    }
  }

  private func writeSettings(_ writer: inout JSONWriter) {
    writer.member("instructions", orNull: fields["instructions"])
    writer.member("max_output_tokens", orNull: fields["max_output_tokens"])
    writer.member("metadata", fields["metadata"], default: "{}")
    writer.member("parallel_tool_calls", fields["parallel_tool_calls"], default: "true")
    writer.nullMember("previous_response_id")
    writer.member("reasoning", fields["reasoning"], default: #"{"effort":null,"summary":null}"#)
    writer.member("store", false)
    writer.member("temperature", fields["temperature"], default: "1")
    writer.member("text", fields["text"], default: #"{"format":{"type":"text"}}"#)
    writer.member("tool_choice", fields["tool_choice"], default: #""auto""#)
    writer.member("tools", fields["tools"], default: "[]")
    writer.member("top_p", fields["top_p"], default: "1")
    writer.member("truncation", "disabled")
    writer.member("user", orNull: fields["user"])
  }

  private static func write(_ writer: inout JSONWriter, _ usage: TokenUsage?) {
    guard let usage else { return writer.null() }
    writer.object { writer in
      writer.member("input_tokens", usage.prompt)
      writer.key("input_tokens_details")
      writer.object { $0.member("cached_tokens", usage.cachedInput) }
      writer.member("output_tokens", usage.output)
      writer.key("output_tokens_details")
      writer.object { $0.member("reasoning_tokens", 0) }
      writer.member("total_tokens", usage.total)
    }
  }
}

extension JSONWriter {
  /// The value as it came; `text` where it is absent or null.
  fileprivate mutating func member(
    _ name: StaticString, _ value: JSONValue?, default text: StaticString
  ) {
    key(name)
    if let value, !value.isNull { raw(value.raw) } else { raw("\(text)".utf8) }
  }
}
