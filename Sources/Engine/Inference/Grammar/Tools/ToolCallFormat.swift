import Tokenizers

/// How a model writes that it calls tools.
package struct ToolCallFormat: Sendable, Equatable {
  /// Stands before a call, or before a list of them; empty when a call is the whole answer.
  let opening: String
  /// Stands after it.
  let closing: String
  /// All calls stand in one list behind one opening.
  let isList: Bool
  let argumentsKey: String
  /// The model's chat template writes tools and calls itself. Otherwise the tools are described in
  /// a system message (`systemMessage`), and calls and results are told as text (`callText`,
  /// `resultText`).
  package let isInTemplate: Bool

  /// Hermes 2 and 3, Qwen 2.5 and 3, and many after them.
  package static let hermes = ToolCallFormat(
    opening: "<tool_call>", closing: "</tool_call>", isList: false, argumentsKey: "arguments",
    isInTemplate: true)
  /// Llama 3.1 and later: the answer is one call.
  package static let llama = ToolCallFormat(
    opening: "", closing: "", isList: false, argumentsKey: "parameters", isInTemplate: true)
  /// Mistral's models up to tokenizer version 3.
  package static let mistral = ToolCallFormat(
    opening: "[TOOL_CALLS]", closing: "", isList: true, argumentsKey: "arguments",
    isInTemplate: true)
  /// For a model whose template knows no tools: Hermes' notation, which models have seen most.
  package static let generic = ToolCallFormat(
    opening: "<tool_call>", closing: "</tool_call>", isList: false, argumentsKey: "arguments",
    isInTemplate: false)

  /// The notation that a chat template's text shows.
  package static func detect(template: String?) -> ToolCallFormat {
    guard let template, template.contains("tools") else { return .generic }
    if template.contains("<tool_call>") { return .hermes }
    if template.contains("[TOOL_CALLS]"), !template.contains("[ARGS]") { return .mistral }
    if template.contains("<|start_header_id|>"), template.contains("parameters") { return .llama }
    return .generic
  }
}

extension ToolCallFormat {
  /// Tells a model without tools in its template about them.
  package func systemMessage(_ tools: [ToolDefinition]) -> String {
    let lines = tools.map { tool in
      let description = tool.description.map { #", "description": \#(Self.quoted($0))"# } ?? ""
      return #"{"name": \#(Self.quoted(tool.name))\#(description), "parameters": "#
        + (tool.parameters ?? "{}") + "}"
    }
    return "You can call these tools:\n" + lines.joined(separator: "\n")
      + "\nTo call one, answer only with:\n"
      + callText(name: "tool name", arguments: #"{"parameter": "value"}"#)
      + "\nIf none is needed, answer in words."
  }

  /// A call as the model writes it.
  package func callText(name: String, arguments: String) -> String {
    let call = #"{"name": \#(Self.quoted(name)), "\#(argumentsKey)": \#(arguments)}"#
    if isList { return "\(opening)[\(call)]" }
    return opening.isEmpty ? call : "\(opening)\n\(call)\n\(closing)"
  }

  /// What a tool gave, as a user's message to a model without tools in its template.
  package func resultText(_ text: String) -> String {
    "<tool_response>\n\(text)\n</tool_response>"
  }

  private static func quoted(_ text: String) -> String {
    String(decoding: JSONGrammar.literal(text), as: UTF8.self)
  }
}

extension LoadedModel {
  /// How this model writes tool calls.
  package var toolCallFormat: ToolCallFormat { .detect(template: template?.source) }
}
