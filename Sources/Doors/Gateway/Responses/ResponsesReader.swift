/// Reads a request of OpenAI's Responses API, its stateless part, into the chat request that it
/// means. Source: OpenAI's API reference, "Create a model response".
struct ResponsesReader {
  private let fields: Fields

  /// - Throws: 400 naming the field in the words of the Responses API.
  static func chat(_ document: JSONDocument) throws(GatewayError) -> JSONDocument {
    let reader = ResponsesReader(fields: Fields(document: document))
    try reader.refuseState()
    try reader.refuseUnsupported()
    var writer = JSONWriter(capacity: document.bytes.count + 256)
    try writer.object { (writer) throws(GatewayError) in
      try reader.writeSettings(&writer)
      try reader.writeFormat(&writer)
      try reader.writeTools(&writer)
      writer.key("messages")
      try writer.array { (writer) throws(GatewayError) in try reader.writeInput(&writer) }
    }
    return try .rewritten(writer.bytes)
  }

  /// Nothing is kept between requests.
  private func refuseState() throws(GatewayError) {
    if try fields.bool("store") == true {
      throw .unsupported("store", "store: answers are not kept here; send false, or leave it out")
    }
    if try fields.bool("background") == true {
      throw .unsupported("background", "background: answers are not kept here; stream instead")
    }
    for (name, remedy) in [
      ("previous_response_id", "answers are not kept here; send the whole conversation as input"),
      ("conversation", "conversations are not kept here; send the whole conversation as input"),
      ("prompt", "prompts are not kept here; send instructions and input"),
    ] as [(StaticString, String)] {
      if try fields.value(name) != nil { throw .unsupported("\(name)", "\(name): \(remedy)") }
    }
  }

  private func refuseUnsupported() throws(GatewayError) {
    if try fields.string("truncation") == "auto" {
      throw .unsupported(
        "truncation", "truncation: nothing is cut quietly here; shorten the input yourself")
    }
    if try fields.value("max_tool_calls") != nil {
      throw .unsupported(
        "max_tool_calls", "max_tool_calls: no tools are run here; send parallel_tool_calls: false")
    }
    if try fields.value("context_management") != nil {
      throw .unsupported(
        "context_management", "context_management: shorten the input yourself")
    }
    for (index, item) in (try fields.array("include")?.elements ?? []).enumerated()
    // There is no such content here, so nothing is missing without it.
    where item.string != "reasoning.encrypted_content" {
      throw .unsupported(
        "include[\(index)]", "include[\(index)]: not supported; leave it out")
    }
    if let value = try fields.int("top_logprobs", 0...20), value > 0 {
      throw .unsupported(
        "top_logprobs", "top_logprobs: not on this route; use /v1/chat/completions")
    }
  }

  private func writeSettings(_ writer: inout JSONWriter) throws(GatewayError) {
    for (name, chat) in [
      ("model", "model"), ("max_output_tokens", "max_tokens"), ("temperature", "temperature"),
      ("top_p", "top_p"), ("stream", "stream"), ("user", "user"),
      ("parallel_tool_calls", "parallel_tool_calls"),
    ] as [(StaticString, StaticString)] {
      if let value = try fields.value(name) { writer.member(chat, raw: value) }
    }
    if let reasoning = try fields.object("reasoning"), let effort = reasoning["effort"],
      !effort.isNull
    {
      writer.member("reasoning_effort", raw: effort)
    }
  }

  /// `text.format`, flat here and nested in a chat.
  private func writeFormat(_ writer: inout JSONWriter) throws(GatewayError) {
    guard let text = try fields.object("text"), let format = text["format"], !format.isNull else {
      return
    }
    guard format.kind == .object else {
      throw .wrongType("text.format", expected: "an object", got: format)
    }
    writer.key("response_format")
    guard format["type"]?.string == "json_schema" else { return writer.raw(format.raw) }
    writer.object { writer in
      writer.member("type", "json_schema")
      writer.key("json_schema")
      Self.writeFields(of: format, &writer)
    }
  }

  /// An object without its `type`.
  private static func writeFields(of value: JSONValue, _ writer: inout JSONWriter) {
    writer.object { writer in
      for (key, value) in value.members where key != "type" {
        writer.key(key)
        writer.raw(value.raw)
      }
    }
  }

  private func writeTools(_ writer: inout JSONWriter) throws(GatewayError) {
    if let tools = try fields.array("tools")?.elements, !tools.isEmpty {
      writer.key("tools")
      try writer.array { (writer) throws(GatewayError) in
        for (index, tool) in tools.enumerated() {
          try Self.write(tool, "tools[\(index)]", &writer)
        }
      }
    }
    guard let choice = try fields.value("tool_choice") else { return }
    writer.key("tool_choice")
    guard choice.kind == .object else { return writer.raw(choice.raw) }
    guard choice["type"]?.string == "function", let name = choice["name"] else {
      throw .unsupported(
        "tool_choice.type", "tool_choice.type: name one function, or send none, auto or required")
    }
    writer.object { writer in
      writer.member("type", "function")
      writer.key("function")
      writer.object { $0.member("name", raw: name) }
    }
  }

  private static func write(
    _ tool: JSONValue, _ place: String, _ writer: inout JSONWriter
  ) throws(GatewayError) {
    guard tool.kind == .object else { throw .wrongType(place, expected: "an object", got: tool) }
    guard tool["type"]?.string == "function" else {
      throw .unsupported(
        "\(place).type",
        "\(place).type: tools are not run here; offer your own of type 'function'")
    }
    writer.object { writer in
      writer.member("type", "function")
      writer.key("function")
      Self.writeFields(of: tool, &writer)
    }
  }

  private func writeInput(_ writer: inout JSONWriter) throws(GatewayError) {
    if let instructions = try fields.string("instructions") {
      writer.object { writer in
        writer.member("role", "system")
        writer.member("content", instructions)
      }
    }
    guard let input = try fields.value("input") else {
      throw .missing("input", "input: send a text, or the conversation's items")
    }
    if let text = input.string {
      writer.object { writer in
        writer.member("role", "user")
        writer.member("content", text)
      }
      return
    }
    guard input.kind == .array else {
      throw .wrongType("input", expected: "a string or an array of items", got: input)
    }
    let items = input.elements
    guard !items.isEmpty else { throw .invalid("input", "input: at least one item is needed") }
    var conversation = ResponseItems()
    for (index, item) in items.enumerated() {
      try conversation.take(item, "input[\(index)]", &writer)
    }
    conversation.flush(&writer)
  }
}
