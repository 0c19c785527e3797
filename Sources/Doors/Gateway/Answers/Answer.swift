import Inference

/// One finished choice, whole.
struct Answer: Sendable {
  private(set) var text = ""
  private(set) var tokens: [TokenLogprob] = []
  private(set) var calls: [ToolCall] = []
  var reason = FinishReason.stop

  mutating func take(_ event: AnswerEvent) {
    switch event {
    case .text(let piece, let logprobs):
      text += piece
      if let logprobs { tokens += logprobs }
    case .callBegan(_, let id, let name): calls.append(ToolCall(id: id, name: name, arguments: ""))
    case .callArguments(let index, let piece):
      if calls.indices.contains(index) { calls[index].arguments += piece }
    }
  }
}
