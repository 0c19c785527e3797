/// One item of a response's output.
enum ResponseItem: Sendable {
  case message(id: String, text: String)
  case call(id: String, ToolCall)

  var id: String {
    switch self {
    case .message(let id, _), .call(let id, _): id
    }
  }

  var isMessage: Bool {
    if case .message = self { true } else { false }
  }

  /// Adds to the message's text or to the call's arguments.
  mutating func append(_ piece: String) {
    switch self {
    case .message(let id, let text): self = .message(id: id, text: text + piece)
    case .call(let id, var call):
      call.arguments += piece
      self = .call(id: id, call)
    }
  }

  func write(_ writer: inout JSONWriter) { write(&writer, status: "completed", isOpening: false) }

  /// The item as it is announced, without content.
  func writeOpening(_ writer: inout JSONWriter) {
    write(&writer, status: "in_progress", isOpening: true)
  }

  private func write(_ writer: inout JSONWriter, status: String, isOpening: Bool) {
    writer.object { writer in
      writer.member("id", id)
      switch self {
      case .message(_, let text):
        writer.member("type", "message")
        writer.member("status", status)
        writer.member("role", "assistant")
        writer.key("content")
        writer.array { writer in
          if !isOpening { Self.writePart(&writer, text) }
        }
      case .call(_, let call):
        writer.member("type", "function_call")
        writer.member("status", status)
        writer.member("call_id", call.id)
        writer.member("name", call.name)
        writer.member("arguments", isOpening ? "" : call.arguments)
      }
    }
  }

  static func writePart(_ writer: inout JSONWriter, _ text: String) {
    writer.object { writer in
      writer.member("type", "output_text")
      writer.member("text", text)
      writer.key("annotations")
      writer.array { _ in }
      writer.key("logprobs")
      writer.array { _ in }
    }
  }
}
