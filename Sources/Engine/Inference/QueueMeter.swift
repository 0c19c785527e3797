/// How long it takes to work off what the engine has taken in: the ground of a `Retry-After`.
///
/// Tokens yet to come over tokens a second, for prompts and answers apart, both as measured. An
/// answer is expected to be as long as answers were of late, or as its limit if that is less.
struct QueueMeter: Sendable {
  /// What a request is expected to take.
  struct Expected: Sendable, Equatable {
    let prompt: Int
    let answer: Int
  }

  /// The bounds of what is told, seconds.
  static let retryAfterSeconds = 1...600
  /// Before any answer has ended.
  private static let firstGuessTokens = 128.0

  private var promptTokens = 0
  private var answerTokens = 0
  private var answeredTokens = 0
  private var answerLength = firstGuessTokens
  private var answers = 0
  /// Nanoseconds of a token, in a full batch; nil before anything was measured.
  private var promptNanoseconds: Double?
  private var answerNanoseconds: Double?

  mutating func add(prompt: Int, limit: Int) -> Expected {
    let expected = Expected(
      prompt: prompt, answer: max(1, min(limit, Int(answerLength.rounded(.up)))))
    promptTokens += expected.prompt
    answerTokens += expected.answer
    return expected
  }

  /// What a step has got done.
  struct Progress: Sendable {
    /// Prompts done.
    var promptTokens = 0
    /// Tokens of running answers, of those that were expected of them.
    var answerTokens = 0
  }

  mutating func progress(_ progress: Progress) {
    promptTokens -= progress.promptTokens
    answeredTokens += progress.answerTokens
  }

  /// A request has ended.
  /// - Parameters:
  ///   - began: whether its prompt was reported done.
  ///   - counted: how many of its tokens were reported by ``progress(_:)``.
  mutating func remove(_ expected: Expected, began: Bool, answered: Int, counted: Int) {
    if !began { promptTokens -= expected.prompt }
    answerTokens -= expected.answer
    answeredTokens -= counted
    guard began else { return }
    answers += 1
    answerLength += (Double(answered) - answerLength) / Double(min(answers, 16))
  }

  mutating func learn(from cost: StepCost, rows: Int) {
    promptNanoseconds = cost.promptNanoseconds(256, at: 0).map { $0 / 256 }
    answerNanoseconds = cost.rows.nanoseconds(rows: rows, optimistic: true).map {
      $0 / Double(rows)
    }
  }

  /// When what is in the engine now will be done.
  var retryAfterSeconds: Int {
    let prompts = Double(max(0, promptTokens)) * (promptNanoseconds ?? 0)
    let answers = Double(max(0, answerTokens - answeredTokens)) * (answerNanoseconds ?? 0)
    let seconds = ((prompts + answers) / 1e9).rounded(.up)
    let bounds = Self.retryAfterSeconds
    return seconds < Double(bounds.upperBound)
      ? max(bounds.lowerBound, Int(seconds)) : bounds.upperBound
  }
}
