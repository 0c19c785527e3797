import Inference

/// Turns what the engine generates for one choice into an answer's events.
struct ChoiceReader {
  private var calls = 0

  init(_ run: LocalRun, choice: Int) {
  }

  mutating func take(_ text: String, _ tokens: [TokenLogprob]?) -> [AnswerEvent] {
    [.text(text, tokens: tokens)]
  }

  /// What is left to say at the end, and why it ended.
  mutating func finish(_ end: Finished) -> (events: [AnswerEvent], reason: FinishReason) {
    ([], reason(end))
  }

  private func reason(_ end: Finished) -> FinishReason {
    if end.reason == .length { return .length }
    if calls > 0 { return .toolCalls }
    return end.stopText.map(FinishReason.stopText) ?? .stop
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
