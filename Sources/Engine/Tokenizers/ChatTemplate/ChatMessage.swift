/// One message of a conversation, in the shape that chat templates read.
package struct ChatMessage: Sendable, Equatable {
  package enum Content: Sendable, Equatable {
    case text(String)
    /// `[{"type": "text", "text": …}, …]`: templates of models that also see images want parts.
    case parts([Part])
    /// An assistant's message that is only tool calls: `content` is null.
    case absent
  }

  package enum Part: Sendable, Equatable {
    case text(String)
    /// Any other part (`{"type": "image"}`), passed to the template as it is.
    case other(OrderedObject)
  }

  package var role: String
  package var content: Content
  /// Further keys in their order: `tool_calls`, `tool_call_id`, `name`, `reasoning_content`.
  package var extra: OrderedObject

  package init(role: String, content: Content, extra: OrderedObject = [:]) {
    self.role = role
    self.content = content
    self.extra = extra
  }

  package init(role: String, content: String) { self.init(role: role, content: .text(content)) }

  /// `{"role": …, "content": …, …}`. A key of `extra` never replaces `role` or `content`.
  package var templateValue: TemplateValue {
    var object: OrderedObject = ["role": .string(role), "content": content.templateValue]
    for (key, value) in zip(extra.keys, extra.values) where object[key] == nil {
      object[key] = value
    }
    return .object(object)
  }
}

extension ChatMessage.Content {
  var templateValue: TemplateValue {
    switch self {
    case .text(let text): .string(text)
    case .parts(let parts): .array(parts.map(\.templateValue))
    case .absent: .none
    }
  }
}

extension ChatMessage.Part {
  var templateValue: TemplateValue {
    switch self {
    case .text(let text): ["type": "text", "text": .string(text)]
    case .other(let object): .object(object)
    }
  }
}
