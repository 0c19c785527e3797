/// A function that the model may ask the caller to run.
package struct ToolDefinition: Sendable, Equatable {
  package var name: String
  package var description: String?
  /// The JSON Schema of its arguments; nil for none.
  package var parameters: String?

  package init(name: String, description: String? = nil, parameters: String? = nil) {
    self.name = name
    self.description = description
    self.parameters = parameters
  }
}

/// Whether an answer calls tools.
package enum ToolChoice: Sendable, Equatable {
  case none
  /// Text, and then calls if the model wants.
  case auto
  /// At least one call.
  case required
  /// A call of this tool.
  case named(String)
}
