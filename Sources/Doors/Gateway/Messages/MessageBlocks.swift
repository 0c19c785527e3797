/// One message of Anthropic's form, whose blocks become one or more messages of a chat.
struct MessageBlocks {
  private let place: String
  private let isAssistant: Bool
  private let content: JSONValue

  init(_ message: JSONValue, _ place: String) throws(GatewayError) {
    guard message.kind == .object else {
      throw .wrongType(place, expected: "an object", got: message)
    }
    switch message["role"]?.string {
    case "user": isAssistant = false
    case "assistant": isAssistant = true
    default:
      throw .invalid(
        "\(place).role",
        "\(place).role: send user or assistant; instructions go into the field system")
    }
    guard let content = message["content"], !content.isNull else {
      throw .missing("\(place).content", "\(place).content: missing")
    }
    self.place = place
    self.content = content
  }

  /// The texts of a string or of text blocks, on lines of their own.
  static func text(of value: JSONValue, _ place: String) throws(GatewayError) -> String {
    if let text = value.string { return text }
    guard value.kind == .array else {
      throw .wrongType(place, expected: "a string or an array of blocks", got: value)
    }
    var texts: [String] = []
    for (index, block) in value.elements.enumerated() {
      texts.append(try text(block: block, "\(place)[\(index)]"))
    }
    return texts.joined(separator: "\n")
  }

  private static func text(block: JSONValue, _ place: String) throws(GatewayError) -> String {
    guard block.kind == .object else { throw .wrongType(place, expected: "an object", got: block) }
    guard let type = block["type"]?.string else {
      throw .missing("\(place).type", "\(place).type: say what the block is")
    }
    guard type == "text" else {
      let what =
        type == "image" || type == "document" ? "the models here read text only" : "unknown"
      throw .unsupported("\(place).type", "\(place).type: '\(type.prefix(40))': \(what)")
    }
    guard let value = block["text"], let text = value.string else {
      throw .missing("\(place).text", "\(place).text: expected a string")
    }
    return text
  }

  func write(to writer: inout JSONWriter) throws(GatewayError) {
    if isAssistant { try writeAssistant(&writer) } else { try writeUser(&writer) }
  }

  private var blocks: [JSONValue]? { content.kind == .array ? content.elements : nil }

  private func writeUser(_ writer: inout JSONWriter) throws(GatewayError) {
    var texts: [String] = []
    func flush(_ writer: inout JSONWriter) {
      guard !texts.isEmpty else { return }
      writer.object { writer in
        writer.member("role", "user")
        writer.member("content", texts.joined(separator: "\n"))
      }
      texts = []
    }
    guard let blocks else {
      texts = [try Self.text(of: content, "\(place).content")]
      return flush(&writer)
    }
    for (index, block) in blocks.enumerated() {
      let place = "\(place).content[\(index)]"
      guard block["type"]?.string == "tool_result" else {
        texts.append(try Self.text(block: block, place))
        continue
      }
      flush(&writer)
      try Self.writeResult(block, place, &writer)
    }
    flush(&writer)
  }

  private static func writeResult(
    _ block: JSONValue, _ place: String, _ writer: inout JSONWriter
  ) throws(GatewayError) {
    guard let call = block["tool_use_id"], call.kind == .string else {
      throw .missing("\(place).tool_use_id", "\(place).tool_use_id: say which call this answers")
    }
    var text = ""
    if let content = block["content"], !content.isNull {
      text = try Self.text(of: content, "\(place).content")
    }
    // A chat has no flag for it; the model must read it.
    if block["is_error"]?.bool == true { text = "Error: " + text }
    writer.object { writer in
      writer.member("role", "tool")
      writer.member("tool_call_id", raw: call)
      writer.member("content", text)
    }
  }

  private func writeAssistant(_ writer: inout JSONWriter) throws(GatewayError) {
    var texts: [String] = []
    var calls: [ToolCall] = []
    if let blocks {
      for (index, block) in blocks.enumerated() {
        let place = "\(place).content[\(index)]"
        if block["type"]?.string == "tool_use" {
          calls.append(try Self.call(block, place))
        } else {
          texts.append(try Self.text(block: block, place))
        }
      }
    } else {
      texts = [try Self.text(of: content, "\(place).content")]
    }
    ToolCall.writeAssistant(
      text: texts.isEmpty ? nil : texts.joined(separator: "\n"), calls, to: &writer)
  }

  private static func call(_ block: JSONValue, _ place: String) throws(GatewayError) -> ToolCall {
    guard let id = block["id"]?.string else {
      throw .missing("\(place).id", "\(place).id: expected a string")
    }
    guard let name = block["name"]?.string else {
      throw .missing("\(place).name", "\(place).name: expected a string")
    }
    guard let input = block["input"], input.kind == .object else {
      throw .missing("\(place).input", "\(place).input: expected an object")
    }
    return ToolCall(id: id, name: name, arguments: String(decoding: input.raw, as: UTF8.self))
  }
}
