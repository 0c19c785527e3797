import Inference

/// Reads a request of Anthropic's Messages API into the chat request that it means.
/// Source: Anthropic's API reference, "Create a message", version 2023-06-01.
struct MessagesReader {
  private let fields: Fields

  /// - Throws: 400 naming the field in Anthropic's words.
  static func chat(_ document: JSONDocument, counting: Bool) throws(GatewayError) -> JSONDocument {
    let reader = MessagesReader(fields: Fields(document: document))
    try reader.refuseUnsupported()
    var writer = JSONWriter(capacity: document.bytes.count + 256)
    try writer.object { (writer) throws(GatewayError) in
      try reader.writeLimits(&writer, counting: counting)
      try reader.writeTools(&writer)
      try reader.writeFormat(&writer)
      writer.key("messages")
      try writer.array { (writer) throws(GatewayError) in try reader.writeMessages(&writer) }
    }
    return try .rewritten(writer.bytes)
  }

  private func refuseUnsupported() throws(GatewayError) {
    if let thinking = try fields.object("thinking"), thinking["type"]?.string != "disabled" {
      throw .unsupported(
        "thinking", "thinking: the models here do not think apart; leave it out, or disable it")
    }
    for (name, remedy) in [
      ("container", "nothing is run here; leave it out"),
      ("mcp_servers", "call them yourself and offer what they do as tools"),
      ("context_management", "shorten the conversation yourself"),
    ] as [(StaticString, String)] {
      if try fields.value(name) != nil { throw .unsupported("\(name)", "\(name): \(remedy)") }
    }
  }

  private func writeLimits(_ writer: inout JSONWriter, counting: Bool) throws(GatewayError) {
    if let model = try fields.value("model") { writer.member("model", raw: model) }
    if let limit = try fields.int("max_tokens", 1...(1 << 31)) {
      writer.member("max_tokens", limit)
    } else if !counting {
      throw .missing("max_tokens", "max_tokens: say how long the answer may be at most")
    }
    for (name, chat) in [
      ("temperature", "temperature"), ("top_p", "top_p"), ("top_k", "top_k"), ("stream", "stream"),
      ("stop_sequences", "stop"),
    ] as [(StaticString, StaticString)] {
      if let value = try fields.value(name) { writer.member(chat, raw: value) }
    }
    if let metadata = try fields.object("metadata"), let user = metadata["user_id"], !user.isNull {
      guard user.kind == .string else {
        throw .wrongType("metadata.user_id", expected: "a string", got: user)
      }
      writer.member("user", raw: user)
    }
  }

  private func writeMessages(_ writer: inout JSONWriter) throws(GatewayError) {
    if let system = try fields.value("system") {
      let text = try MessageBlocks.text(of: system, "system")
      writer.object { writer in
        writer.member("role", "system")
        writer.member("content", text)
      }
    }
    guard let messages = try fields.array("messages") else {
      throw .missing("messages", "messages: send the conversation")
    }
    let elements = messages.elements
    guard let last = elements.last else {
      throw .invalid("messages", "messages: at least one message is needed")
    }
    for (index, message) in elements.enumerated() {
      try MessageBlocks(message, "messages[\(index)]").write(to: &writer)
    }
    if last["role"]?.string == "assistant" {
      throw .unsupported(
        "messages[\(elements.count - 1)].role",
        "messages[\(elements.count - 1)].role: an answer that you began is not continued; end with a message of the user's"
      )
    }
  }

  private func writeTools(_ writer: inout JSONWriter) throws(GatewayError) {
    guard let tools = try fields.array("tools"), !tools.elements.isEmpty else {
      if try fields.value("tool_choice") != nil {
        throw .invalid("tool_choice", "tool_choice: only allowed together with tools")
      }
      return
    }
    writer.key("tools")
    try writer.array { (writer) throws(GatewayError) in
      for (index, tool) in tools.elements.enumerated() {
        try Self.write(tool, "tools[\(index)]", &writer)
      }
    }
    guard let choice = try fields.object("tool_choice") else { return }
    writer.key("tool_choice")
    switch choice["type"]?.string {
    case "auto": writer.string("auto")
    case "any": writer.string("required")
    case "none": writer.string("none")
    case "tool":
      guard let name = choice["name"], name.kind == .string else {
        throw .missing("tool_choice.name", "tool_choice.name: name the tool to use")
      }
      writer.object { writer in
        writer.member("type", "function")
        writer.key("function")
        writer.object { $0.member("name", raw: name) }
      }
    default:
      throw .invalid("tool_choice.type", "tool_choice.type: send auto, any, tool or none")
    }
    if let single = choice["disable_parallel_tool_use"], !single.isNull {
      guard let single = single.bool else {
        throw .wrongType(
          "tool_choice.disable_parallel_tool_use", expected: "true or false", got: single)
      }
      writer.member("parallel_tool_calls", !single)
    }
  }

  private static func write(
    _ tool: JSONValue, _ place: String, _ writer: inout JSONWriter
  ) throws(GatewayError) {
    guard tool.kind == .object else { throw .wrongType(place, expected: "an object", got: tool) }
    if let type = tool["type"], !type.isNull, type.string != "custom" {
      throw .unsupported(
        "\(place).type",
        "\(place).type: tools are not run here; offer your own with name and input_schema")
    }
    guard let schema = tool["input_schema"], !schema.isNull else {
      throw .missing("\(place).input_schema", "\(place).input_schema: say what the tool takes")
    }
    writer.object { writer in
      writer.member("type", "function")
      writer.key("function")
      writer.object { writer in
        if let name = tool["name"] { writer.member("name", raw: name) }
        if let text = tool["description"] { writer.member("description", raw: text) }
        if let strict = tool["strict"] { writer.member("strict", raw: strict) }
        writer.member("parameters", raw: schema)
      }
    }
  }

  /// `output_config.format`, the form that an answer must have.
  private func writeFormat(_ writer: inout JSONWriter) throws(GatewayError) {
    guard let output = try fields.object("output_config") else { return }
    if let effort = output["effort"], !effort.isNull {
      throw .unsupported(
        "output_config.effort", "output_config.effort: the models here have no such setting")
    }
    guard let format = output["format"], !format.isNull else { return }
    guard format["type"]?.string == "json_schema" else {
      throw .invalid("output_config.format.type", "output_config.format.type: send json_schema")
    }
    guard let schema = format["schema"], !schema.isNull else {
      throw .missing("output_config.format.schema", "output_config.format.schema: send the schema")
    }
    writer.key("response_format")
    writer.object { writer in
      writer.member("type", "json_schema")
      writer.key("json_schema")
      writer.object { writer in
        writer.member("name", "output")
        writer.member("schema", raw: schema)
      }
    }
  }
}
