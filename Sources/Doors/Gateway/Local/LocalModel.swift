package import Inference
package import Tokenizers

/// A model of the own engine, as the gateway sees it.
package protocol LocalModel: Sendable {
  /// What callers call it.
  var name: String { get }
  /// Identifies the weights; sent as `system_fingerprint`.
  var fingerprint: String { get }
  /// Prompt and answer together, in tokens.
  var contextLength: Int { get }
  var vocabularySize: Int { get }

  /// How the model writes that it calls tools.
  var toolCallFormat: ToolCallFormat { get }

  /// The prompt's tokens for a conversation, by the model's template.
  /// - Throws: an error whose description tells the caller what the template refuses.
  func chatPrompt(messages: [ChatMessage], tools: [TemplateValue]) throws -> [Int32]
  /// The prompt's tokens for a plain text.
  func textPrompt(_ text: String) -> [Int32]
  func text(of tokens: [Int32]) -> String
  func submit(_ request: GenerationRequest) throws(EngineRefusal) -> Generation

  func load() -> EngineLoad
  /// The machine's time since the last call; nil when the engine is gone.
  func drainClock() async -> ClockReport?
}
