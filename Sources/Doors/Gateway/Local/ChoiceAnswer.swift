import Inference

/// One finished choice.
struct ChoiceAnswer: Sendable {
  var text = ""
  var tokens: [TokenLogprob] = []
  var finished: Finished

  /// Takes a generation to its end.
  init(_ generation: Generation) async {
    var text = ""
    var tokens: [TokenLogprob] = []
    var end: Finished?
    for await event in generation.events {
      switch event {
      case .piece(let piece, let logprobs):
        text += piece
        if let logprobs { tokens += logprobs }
      case .finished(let finished): end = finished
      }
    }
    self.text = text
    self.tokens = tokens
    if let end { finished = end } else { finished = await generation.finished() }
  }
}

extension Finished.Reason {
  /// OpenAI's word for it.
  var name: String {
    switch self {
    case .stop: "stop"
    case .length: "length"
    case .cancelled: "cancelled"
    case .expired: "expired"
    case .failed: "error"
    }
  }
}
