import Inference
import Tokenizers

/// A conversation with tools, told in words to a model whose template knows none.
enum ToolPrompt {
  /// - Parameter tools: those that the model may call now; none leaves the conversation's earlier
  ///   calls and results to be told.
  static func messages(
    _ messages: [ChatMessage], tools: [ToolDefinition], _ format: ToolCallFormat
  ) -> [ChatMessage] {
    var told = messages.map { tell($0, format) }
    guard !tools.isEmpty else { return told }
    let explanation = format.systemMessage(tools)
    if let first = told.first, first.role == "system", case .text(let text) = first.content {
      told[0].content = .text(text + "\n\n" + explanation)
    } else {
      told.insert(ChatMessage(role: "system", content: explanation), at: 0)
    }
    return told
  }

  private static func tell(_ message: ChatMessage, _ format: ToolCallFormat) -> ChatMessage {
    if message.role == "tool", case .text(let text) = message.content {
      return ChatMessage(role: "user", content: format.resultText(text))
    }
    guard case .array(let calls)? = message.extra["tool_calls"] else { return message }
    var parts: [String] = []
    if case .text(let text) = message.content, !text.isEmpty { parts.append(text) }
    for case .object(let call) in calls {
      guard case .object(let function)? = call["function"],
        case .string(let name)? = function["name"]
      else { continue }
      parts.append(format.callText(name: name, arguments: arguments(function["arguments"])))
    }
    return ChatMessage(role: message.role, content: parts.joined(separator: "\n"))
  }

  private static func arguments(_ value: TemplateValue?) -> String {
    guard let value else { return "{}" }
    var writer = JSONWriter()
    writer.value(value)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension JSONWriter {
  mutating func value(_ value: TemplateValue) {
    switch value {
    case .undefined, .none: null()
    case .bool(let flag): bool(flag)
    case .int(let number): int(number)
    case .double(let number): double(number)
    case .string(let text): string(text)
    case .array(let elements):
      array { writer in
        for element in elements { writer.value(element) }
      }
    case .object(let object):
      self.object { writer in
        for (key, member) in zip(object.keys, object.values) {
          writer.key(key)
          writer.value(member)
        }
      }
    }
  }
}
