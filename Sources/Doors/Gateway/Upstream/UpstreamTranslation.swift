import Billing

/// Turns an upstream's stream, a chat's, into the caller's dialect.
struct UpstreamTranslation {
  private var choice: UpstreamChoice
  private var answer: any AnswerWriter
  var isMixed: Bool { choice.isMixed }

  /// Nil for callers who speak what upstreams speak.
  init?(_ running: RunningCompletion) {
    switch running.asked.dialect {
    case .chat, .text, .embeddings: return nil
    case .messages, .responses: break
    }
    choice = UpstreamChoice(request: running.id)
    answer = running.answerWriter(fingerprint: "")
  }

  /// The prompt's tokens are known at the end only.
  mutating func opening() -> [UInt8] { answer.opening(promptTokens: 0, echoes: []) }

  mutating func take(_ event: UpstreamAnswer) -> [UInt8] {
    choice.take(event).flatMap { answer.event($0, choice: 0) }
  }

  mutating func closing(usage: TokenUsage?) -> [UInt8] {
    answer.closing([choice.reason], usage: usage)
  }

  mutating func failure(_ error: GatewayError) -> [UInt8] { answer.failure(error) }
}
