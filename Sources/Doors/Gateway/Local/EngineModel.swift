package import Inference
package import Ledger
package import Tokenizers

/// A model on the own engine.
package struct EngineModel: LocalModel {
  package let name: String
  private let model: LoadedModel
  private let engine: Engine
  private let time: any TimeSource

  /// - Parameter name: what callers call it; the model's own name unless given.
  package init(_ model: LoadedModel, engine: Engine, time: any TimeSource, name: String? = nil) {
    self.name = name ?? model.name
    self.model = model
    self.engine = engine
    self.time = time
  }

  package var fingerprint: String { "fp_" + model.fingerprint }
  package var contextLength: Int { engine.maximumLength }
  package var vocabularySize: Int { model.vocabulary }
  package var toolCallFormat: ToolCallFormat { model.toolCallFormat }

  package func chatPrompt(messages: [ChatMessage], tools: [TemplateValue]) throws -> [Int32] {
    let now = time.now()
    return try model.chatTokens(
      messages: messages.map(\.templateValue), tools: tools.isEmpty ? nil : tools,
      now: { TemplateDate(unixSeconds: Int(now.seconds)) })
  }

  package func textPrompt(_ text: String) -> [Int32] { model.promptTokens(text) }

  package func text(of tokens: [Int32]) -> String {
    model.tokenizer.decode(tokens, skipSpecial: true)
  }

  package func submit(_ request: GenerationRequest) throws(EngineRefusal) -> Generation {
    try engine.submit(request)
  }

  package func load() -> EngineLoad { engine.load }

  package func drainClock() async -> ClockReport? { engine.drainClock() }
}
