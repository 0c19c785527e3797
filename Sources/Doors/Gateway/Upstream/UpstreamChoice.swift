/// Reads what an upstream's chat says, whole or by the events of a stream, as an answer's events.
///
/// Calls must come one after the other, as every service sends them: the forms that they are
/// written in here have no way to go back to an earlier one.
struct UpstreamChoice {
  private(set) var reason = FinishReason.stop
  /// Calls came mixed: they cannot be told apart.
  private(set) var isMixed = false
  private let request: String
  /// The upstream's number of the call that is under way; ours is `calls - 1`.
  private var current: Int?
  private var calls = 0

  /// - Parameter request: names calls that the upstream gave no id.
  init(request: String) { self.request = request }

  mutating func take(_ answer: UpstreamAnswer) -> [AnswerEvent] {
    guard let choice = answer.document["choices"]?.elements.first else { return [] }
    var events: [AnswerEvent] = []
    if let said = choice["delta"] ?? choice["message"] {
      if let text = said["content"]?.string, !text.isEmpty {
        events.append(.text(text, tokens: nil))
      }
      for (position, call) in (said["tool_calls"]?.elements ?? []).enumerated() {
        take(call, index: call["index"]?.int ?? position, &events)
      }
    }
    if let name = choice["finish_reason"]?.string { reason = FinishReason(name) }
    // Some services say "stop" after calls.
    if calls > 0, reason == .stop { reason = .toolCalls }
    return events
  }

  private mutating func take(_ call: JSONValue, index: Int, _ events: inout [AnswerEvent]) {
    if index != current {
      if let current, index < current { isMixed = true }
      current = index
      calls += 1
      events.append(
        .callBegan(
          index: calls - 1, id: call["id"]?.string ?? "call_\(request)_\(calls - 1)",
          name: call["function"]?["name"]?.string ?? ""))
    }
    if let text = call["function"]?["arguments"]?.string, !text.isEmpty {
      events.append(.callArguments(index: calls - 1, text))
    }
  }
}

extension Answer {
  init(_ answer: UpstreamAnswer, request: String) {
    var choice = UpstreamChoice(request: request)
    for event in choice.take(answer) { take(event) }
    reason = choice.reason
  }
}
