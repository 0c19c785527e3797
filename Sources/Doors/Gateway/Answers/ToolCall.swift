/// A function that a model calls, or called before.
struct ToolCall: Sendable, Equatable {
  var id: String
  var name: String
  /// JSON text, as the model wrote it.
  var arguments: String

  /// The member `tool_calls` of a chat's message.
  static func writeMember(_ calls: [ToolCall], to writer: inout JSONWriter) {
    writer.key("tool_calls")
    writer.array { writer in
      for call in calls {
        writer.object { writer in
          writer.member("id", call.id)
          writer.member("type", "function")
          writer.key("function")
          writer.object { writer in
            writer.member("name", call.name)
            writer.member("arguments", call.arguments)
          }
        }
      }
    }
  }

  /// An assistant's message of a chat; `content` is null where there are only calls.
  static func writeAssistant(text: String?, _ calls: [ToolCall], to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("role", "assistant")
      writer.member("content", orNull: text ?? (calls.isEmpty ? "" : nil))
      if !calls.isEmpty { writeMember(calls, to: &writer) }
    }
  }
}
