import Inference

/// What an answer says next, wherever it comes from and in whatever form it goes out.
enum AnswerEvent: Sendable, Equatable {
  /// `tokens` when log-probabilities were asked for.
  case text(String, tokens: [TokenLogprob]?)
  /// The answer begins to call a function. Calls of a choice are numbered from 0.
  case callBegan(index: Int, id: String, name: String)
  /// The next piece of a call's arguments, which are JSON text.
  case callArguments(index: Int, String)
}

/// Why an answer ended.
enum FinishReason: Sendable, Equatable {
  case stop
  /// One of the caller's stop texts was found.
  case stopText(String)
  case length, toolCalls, contentFilter

  init(_ name: String?) {
    switch name {
    case "length": self = .length
    case "tool_calls", "function_call": self = .toolCalls
    case "content_filter": self = .contentFilter
    default: self = .stop
    }
  }

  /// OpenAI's word for it.
  var name: String {
    switch self {
    case .stop, .stopText: "stop"
    case .length: "length"
    case .toolCalls: "tool_calls"
    case .contentFilter: "content_filter"
    }
  }
}
