import Foundation

/// The API in whose words a caller asks: how its body is read, its answer written, its errors told.
///
/// Every dialect but `text` and `embeddings` is read into the form of a chat, which is also what
/// upstreams understand; `callersName(of:)` turns a field of that form back into the caller's.
enum Dialect: Sendable, CaseIterable {
  case chat, text, messages, responses, embeddings

  /// What an answer's id begins with.
  var idPrefix: String {
    switch self {
    case .chat: "chatcmpl-"
    case .text: "cmpl-"
    case .messages: "msg_"
    case .responses: "resp_"
    case .embeddings: "embd-"
    }
  }

  /// What the id of a call begins with.
  var callPrefix: String { self == .messages ? "toolu_" : "call_" }

  /// Names of a chat request's fields, each with the caller's name for it.
  private var names: [(chat: String, own: String)] {
    switch self {
    case .chat, .text, .embeddings: []
    case .messages:
      [
        ("stop", "stop_sequences"), ("user", "metadata.user_id"),
        ("parallel_tool_calls", "tool_choice.disable_parallel_tool_use"),
        ("response_format.json_schema", "output_config.format"),
        ("response_format", "output_config.format"),
      ]
    case .responses:
      [
        ("messages", "input"), ("max_tokens", "max_output_tokens"),
        ("response_format.json_schema", "text.format"), ("response_format", "text.format"),
        ("reasoning_effort", "reasoning.effort"),
      ]
    }
  }

  func callersName(of field: String) -> String {
    if self == .messages || self == .responses, field.hasPrefix("tools["),
      let part = field.range(of: "].function.")
    {
      let rest = field[part.upperBound...]
      let own =
        self == .messages && rest.hasPrefix("parameters")
        ? "input_schema" + rest.dropFirst("parameters".count) : String(rest)
      return String(field[..<part.lowerBound]) + "]." + own
    }
    for (chat, own) in names where field.hasPrefix(chat) {
      let rest = field.dropFirst(chat.count)
      if rest.isEmpty || rest.first == "." || rest.first == "[" { return own + rest }
    }
    return field
  }
}

extension GatewayError {
  /// The same error, naming the field as the caller wrote it.
  func inWords(of dialect: Dialect) -> GatewayError {
    guard let param else { return self }
    var error = self
    let own = dialect.callersName(of: param)
    error.param = own
    if message.hasPrefix(param + ":") { error.message = own + message.dropFirst(param.count) }
    return error
  }
}
