/// Turns the items of a Responses input into messages of a chat: an assistant's text and the calls
/// that follow it are one message there.
struct ResponseItems {
  private var text: String?
  private var calls: [ToolCall] = []

  mutating func take(
    _ item: JSONValue, _ place: String, _ writer: inout JSONWriter
  ) throws(GatewayError) {
    guard item.kind == .object else { throw .wrongType(place, expected: "an object", got: item) }
    switch item["type"]?.string ?? "message" {
    case "message": try takeMessage(item, place, &writer)
    case "function_call":
      calls.append(
        ToolCall(
          id: try Self.text(item, "call_id", place), name: try Self.text(item, "name", place),
          arguments: try Self.text(item, "arguments", place)))
    case "function_call_output":
      flush(&writer)
      let call = try Self.text(item, "call_id", place)
      guard let output = item["output"] else {
        throw .missing("\(place).output", "\(place).output: send what the function gave")
      }
      let text = try Self.content(output, "\(place).output")
      writer.object { writer in
        writer.member("role", "tool")
        writer.member("tool_call_id", call)
        writer.member("content", text)
      }
    case let type:
      throw .unsupported(
        "\(place).type",
        "\(place).type: '\(type.prefix(40))' items are not read here; send message, function_call and function_call_output"
      )
    }
  }

  /// Writes the assistant's message that is under way.
  mutating func flush(_ writer: inout JSONWriter) {
    guard text != nil || !calls.isEmpty else { return }
    ToolCall.writeAssistant(text: text, calls, to: &writer)
    text = nil
    calls = []
  }

  private mutating func takeMessage(
    _ item: JSONValue, _ place: String, _ writer: inout JSONWriter
  ) throws(GatewayError) {
    let role = try Self.text(item, "role", place)
    guard let value = item["content"] else {
      throw .missing("\(place).content", "\(place).content: missing")
    }
    let content = try Self.content(value, "\(place).content")
    guard ["user", "assistant", "system", "developer"].contains(role) else {
      throw .invalid(
        "\(place).role", "\(place).role: send user, assistant, system or developer")
    }
    flush(&writer)
    if role == "assistant" {
      text = content
    } else {
      writer.object { writer in
        writer.member("role", role)
        writer.member("content", content)
      }
    }
  }

  private static func text(
    _ item: JSONValue, _ name: String, _ place: String
  ) throws(GatewayError) -> String {
    guard let value = item[name], !value.isNull else {
      throw .missing("\(place).\(name)", "\(place).\(name): missing")
    }
    guard let text = value.string else {
      throw .wrongType("\(place).\(name)", expected: "a string", got: value)
    }
    return text
  }

  private static func content(_ value: JSONValue, _ place: String) throws(GatewayError) -> String {
    if let text = value.string { return text }
    guard value.kind == .array else {
      throw .wrongType(place, expected: "a string or an array of parts", got: value)
    }
    var texts: [String] = []
    for (index, part) in value.elements.enumerated() {
      let place = "\(place)[\(index)]"
      guard part.kind == .object else { throw .wrongType(place, expected: "an object", got: part) }
      let type = part["type"]?.string ?? ""
      guard ["input_text", "output_text", "text"].contains(type) else {
        throw .unsupported(
          "\(place).type", "\(place).type: the models here read input_text and output_text only")
      }
      texts.append(try text(part, "text", place))
    }
    return texts.joined(separator: "\n")
  }
}
