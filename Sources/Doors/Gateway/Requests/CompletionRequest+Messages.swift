import Tokenizers

extension CompletionRequest {
  /// The conversation for a model of the own engine, which reads text only.
  func messages() throws(GatewayError) -> [ChatMessage] {
    guard let array = try fields.array("messages") else { return [] }
    var messages: [ChatMessage] = []
    for (index, value) in array.elements.enumerated() {
      messages.append(try Self.message(value, "messages[\(index)]"))
    }
    return messages
  }

  private static let roles: Set<String> = [
    "system", "developer", "user", "assistant", "tool", "function",
  ]

  private static func message(
    _ value: JSONValue, _ place: String
  ) throws(GatewayError) -> ChatMessage {
    guard value.kind == .object else { throw .wrongType(place, expected: "an object", got: value) }
    var role: String?
    var content: ChatMessage.Content?
    var extra = OrderedObject()
    for (key, member) in value.members {
      switch key {
      case "role":
        guard let text = member.string else {
          throw .wrongType("\(place).role", expected: "a string", got: member)
        }
        role = text
      case "content": content = try self.content(member, "\(place).content")
      case "tool_calls":
        if !member.isNull { extra[key] = try toolCalls(member, "\(place).tool_calls") }
      case "name", "tool_call_id", "reasoning_content":
        if !member.isNull { extra[key] = TemplateValue(member) }
      default: break
      }
    }
    guard let role else {
      throw .invalid("\(place).role", "\(place).role: missing", code: "missing_required_parameter")
    }
    guard roles.contains(role) else {
      throw .invalid(
        "\(place).role",
        "\(place).role: '\(role.prefix(40))' is not one of system, developer, user, assistant, tool"
      )
    }
    guard let content = content ?? (extra["tool_calls"] != nil ? .absent : nil) else {
      throw .invalid(
        "\(place).content", "\(place).content: missing", code: "missing_required_parameter")
    }
    if role == "tool", extra["tool_call_id"] == nil {
      throw .missing(
        "\(place).tool_call_id", "\(place).tool_call_id: say which call this answers")
    }
    // Templates know the older name of a developer's message.
    return ChatMessage(role: role == "developer" ? "system" : role, content: content, extra: extra)
  }

  /// Calls of an earlier answer, as templates want them: with the arguments as an object where their
  /// text is one.
  private static func toolCalls(
    _ value: JSONValue, _ place: String
  ) throws(GatewayError) -> TemplateValue {
    guard value.kind == .array else { throw .wrongType(place, expected: "an array", got: value) }
    var calls: [TemplateValue] = []
    for (index, call) in value.elements.enumerated() {
      let place = "\(place)[\(index)]"
      guard let function = call["function"], let name = function["name"]?.string else {
        throw .missing("\(place).function.name", "\(place).function.name: expected a string")
      }
      guard let text = function["arguments"]?.string else {
        throw .missing(
          "\(place).function.arguments",
          "\(place).function.arguments: expected a string that holds JSON")
      }
      let arguments = (try? JSONDocument(Array(text.utf8))).map { TemplateValue($0.root) }
      let inner: OrderedObject = ["name": .string(name), "arguments": arguments ?? .string(text)]
      var outer: OrderedObject = ["type": .string("function"), "function": .object(inner)]
      if let id = call["id"]?.string { outer["id"] = .string(id) }
      calls.append(.object(outer))
    }
    return .array(calls)
  }

  private static func content(
    _ value: JSONValue, _ place: String
  ) throws(GatewayError) -> ChatMessage.Content? {
    switch value.kind {
    case .null: return nil
    case .string: return .text(value.string ?? "")
    case .array:
      var texts: [String] = []
      for (index, part) in value.elements.enumerated() {
        guard part.kind == .object else {
          throw .wrongType("\(place)[\(index)]", expected: "an object", got: part)
        }
        guard part["type"]?.string == "text" else {
          throw .unsupported(
            "\(place)[\(index)].type",
            "\(place)[\(index)]: this model reads parts of type 'text' only")
        }
        guard let text = part["text"], let string = text.string else {
          throw .invalid(
            "\(place)[\(index)].text", "\(place)[\(index)].text: expected a string",
            code: "invalid_type")
        }
        texts.append(string)
      }
      return .text(texts.joined(separator: "\n"))
    default: throw .wrongType(place, expected: "a string or an array of parts", got: value)
    }
  }

  /// What the own engine does not do is refused, never quietly left out.
  func checkSupportedLocally() throws(GatewayError) {
    if style == .text, try fields.value("tools") != nil {
      throw .unsupported(
        "tools", "tools: only on /v1/chat/completions, /v1/messages and /v1/responses")
    }
    if let effort = try fields.value("reasoning_effort"), effort.string != "none" {
      throw .unsupported(
        "reasoning_effort", "reasoning_effort: this model does not think apart; leave it out")
    }
    for (name, message) in [
      ("functions", "send tools instead"), ("function_call", "send tool_choice instead"),
      ("audio", "this model answers in text only"),
      ("suffix", "this model cannot fill in before a suffix"),
    ] as [(StaticString, String)] {
      if try fields.value(name) != nil { throw .unsupported("\(name)", "\(name): \(message)") }
    }
    if let kinds = try fields.array("modalities"),
      kinds.elements.contains(where: { $0.string != "text" })
    {
      throw .unsupported("modalities", "modalities: this model answers in text only")
    }
    if let best = try fields.int("best_of", 1...128), best != answers {
      throw .unsupported("best_of", "best_of: not supported; leave it out")
    }
  }
}

extension TemplateValue {
  /// Nesting is bounded by the scanner's.
  init(_ value: JSONValue) {
    switch value.kind {
    case .null: self = .none
    case .bool: self = .bool(value.bool ?? false)
    case .string: self = .string(value.string ?? "")
    case .number: self = value.int.map(TemplateValue.int) ?? .double(value.double ?? 0)
    case .array: self = .array(value.elements.map(TemplateValue.init))
    case .object:
      self = .object(OrderedObject(value.members.map { ($0.key, TemplateValue($0.value)) }))
    }
  }
}
