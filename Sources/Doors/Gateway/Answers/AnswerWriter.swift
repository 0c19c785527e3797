import Billing

/// Writes answers in one dialect: whole, or as the events of a stream in the order of their calls:
/// `opening`, `event`…, `closing`, or `failure` at any time after.
protocol AnswerWriter: Sendable {
  /// - Parameters:
  ///   - echoes: texts to send back before each answer, one a prompt; empty when not asked for.
  ///   - usage: nil is unknown.
  func whole(_ answers: [Answer], echoes: [String], usage: TokenUsage?) -> [UInt8]

  /// What is known of the prompt before the answer begins.
  mutating func opening(promptTokens: Int, echoes: [String]) -> [UInt8]
  mutating func event(_ event: AnswerEvent, choice: Int) -> [UInt8]
  /// The last events; sent when the answer is on the books.
  mutating func closing(_ reasons: [FinishReason], usage: TokenUsage?) -> [UInt8]
  mutating func failure(_ error: GatewayError) -> [UInt8]
}

extension RunningRequest where Asked == CompletionRequest {
  /// - Parameter fingerprint: of the model that answers; empty for an upstream.
  func answerWriter(fingerprint: String) -> any AnswerWriter {
    switch asked.dialect {
    case .messages: MessagesAnswerWriter(id: responseID, model: asked.model)
    case .responses: ResponsesAnswerWriter(self)
    case .chat, .text, .embeddings: CompletionAnswerWriter(self, fingerprint: fingerprint)
    }
  }
}

/// Server-sent events.
enum ServerSentEvent {
  static func data(_ json: some Sequence<UInt8>) -> [UInt8] {
    Array("data: ".utf8) + json + Array("\n\n".utf8)
  }

  static func named(_ name: String, _ json: some Sequence<UInt8>) -> [UInt8] {
    Array("event: \(name)\ndata: ".utf8) + json + Array("\n\n".utf8)
  }

  static let done = data("[DONE]".utf8)
}
