import Inference

/// Turns what the engine generates for one choice into an answer's events.
struct ChoiceReader {
  /// Nil when no tool may be called: all is text.
  private var parser: ToolCallParser?

  init(_ run: LocalRun, choice: Int) {
    guard let tools = run.plan.tools else { return }
    let names = CallNames("\(run.callPrefix)\(choice == 0 ? "" : "_\(choice)")")
    parser = ToolCallParser(format: tools.format) { names.next() }
  }

  mutating func take(_ text: String, _ tokens: [TokenLogprob]?) -> [AnswerEvent] {
    guard let events = parser?.append(text) else { return [.text(text, tokens: tokens)] }
    return events.compactMap(AnswerEvent.init)
  }

  /// What is left to say at the end, and why it ended.
  mutating func finish(_ end: Finished) -> (events: [AnswerEvent], reason: FinishReason) {
    let events = parser?.finish().compactMap(AnswerEvent.init) ?? []
    return (events, reason(end))
  }

  private func reason(_ end: Finished) -> FinishReason {
    if end.reason == .length { return .length }
    if let parser, parser.callCount > 0 { return .toolCalls }
    return end.stopText.map(FinishReason.stopText) ?? .stop
  }
}

extension AnswerEvent {
  /// Nil where a call ends, which no form tells.
  fileprivate init?(_ event: ToolCallParser.Event) {
    switch event {
    case .text(let text): self = .text(text, tokens: nil)
    case .callStarted(let index, let id, let name):
      self = .callBegan(index: index, id: id, name: name)
    case .arguments(let index, let delta): self = .callArguments(index: index, delta)
    case .callEnded: return nil
    }
  }
}

extension Answer {
  /// Takes a generation to its end.
  init(_ generation: Generation, _ reader: ChoiceReader) async {
    var reader = reader
    var end: Finished?
    for await event in generation.events {
      switch event {
      case .piece(let text, let tokens):
        for event in reader.take(text, tokens) { take(event) }
      case .finished(let finished): end = finished
      }
    }
    let finished: Finished
    if let end { finished = end } else { finished = await generation.finished() }
    let rest = reader.finish(finished)
    for event in rest.events { take(event) }
    reason = rest.reason
  }
}
