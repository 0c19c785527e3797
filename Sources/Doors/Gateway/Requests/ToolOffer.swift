import Inference
import Tokenizers

/// The functions that a caller offers to the model, and which of them it may, must or must not call.
struct ToolOffer: Sendable {
  static let maximumFunctions = 128

  struct Function: Sendable {
    let name: String
    let description: String?
    /// JSON schema of the arguments; nil takes none.
    let parameters: String?
    /// Where the function stood in the request.
    let place: String
    /// As the model's template shows it.
    let template: TemplateValue
  }

  enum Choice: Sendable, Equatable {
    case none, auto, required
    case named(String)
  }

  var functions: [Function] = []
  var choice = Choice.auto
  var parallel = true

  /// What the model is told of them.
  var definitions: [ToolDefinition] {
    functions.map {
      ToolDefinition(name: $0.name, description: $0.description, parameters: $0.parameters)
    }
  }

  /// Whether the model may call at all.
  var isActive: Bool { !functions.isEmpty && choice != .none }
}

extension CompletionRequest {
  func toolOffer() throws(GatewayError) -> ToolOffer {
    var offer = ToolOffer()
    if let tools = try fields.array("tools")?.elements {
      guard tools.count <= ToolOffer.maximumFunctions else {
        throw .invalid("tools", "tools: at most \(ToolOffer.maximumFunctions)")
      }
      var names: Set<String> = []
      for (index, tool) in tools.enumerated() {
        let function = try Self.function(tool, "tools[\(index)]")
        guard names.insert(function.name).inserted else {
          throw .invalid(
            "\(function.place).name", "\(function.place).name: given twice; names must differ")
        }
        offer.functions.append(function)
      }
    }
    offer.parallel = try fields.bool("parallel_tool_calls") ?? true
    if let choice = try fields.value("tool_choice") {
      offer.choice = try Self.choice(choice, offer.functions)
    }
    return offer
  }

  private static func function(
    _ tool: JSONValue, _ place: String
  ) throws(GatewayError) -> ToolOffer.Function {
    guard tool.kind == .object else { throw .wrongType(place, expected: "an object", got: tool) }
    guard tool["type"]?.string == "function", let function = tool["function"] else {
      throw .unsupported(
        "\(place).type", "\(place).type: this model calls tools of type 'function'")
    }
    let place = "\(place).function"
    guard function.kind == .object else {
      throw .wrongType(place, expected: "an object", got: function)
    }
    guard let name = function["name"]?.string, isName(name) else {
      throw .invalid(
        "\(place).name", "\(place).name: send a name of 1 to 64 letters, digits, _ and -")
    }
    if let parameters = function["parameters"], !parameters.isNull, parameters.kind != .object {
      throw .wrongType("\(place).parameters", expected: "a JSON schema", got: parameters)
    }
    if let text = function["description"], !text.isNull, text.kind != .string {
      throw .wrongType("\(place).description", expected: "a string", got: text)
    }
    let parameters = function["parameters"].flatMap { $0.isNull ? nil : $0 }
    return ToolOffer.Function(
      name: name, description: function["description"]?.string,
      parameters: parameters.map { String(decoding: $0.raw, as: UTF8.self) }, place: place,
      template: TemplateValue(tool))
  }

  private static func choice(
    _ value: JSONValue, _ functions: [ToolOffer.Function]
  ) throws(GatewayError) -> ToolOffer.Choice {
    switch value.string {
    case "none": return .none
    case "auto", "required":
      guard !functions.isEmpty else {
        throw .invalid("tool_choice", "tool_choice: only allowed together with tools")
      }
      return value.string == "auto" ? .auto : .required
    default: break
    }
    guard value["type"]?.string == "function", let name = value["function"]?["name"]?.string else {
      throw .invalid(
        "tool_choice",
        "tool_choice: send none, auto, required, or {\"type\": \"function\", \"function\": {\"name\": …}}"
      )
    }
    guard functions.contains(where: { $0.name == name }) else {
      throw .invalid("tool_choice", "tool_choice: '\(name.prefix(64))' is not among the tools")
    }
    return .named(name)
  }
}
