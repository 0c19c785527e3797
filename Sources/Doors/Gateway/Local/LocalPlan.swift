import Inference
import Tokenizers

/// A request to the own engine, worked out before it is admitted: exact prompt tokens, the most
/// tokens of each answer, and how to sample.
struct LocalPlan: Sendable {
  let prompts: [[Int32]]
  /// Texts to send back before each answer (`echo`); empty when not asked for.
  let echoes: [String]
  let sampling: SamplingOptions
  let stop: [String]
  let logprobs: Int?
  /// The most tokens of one answer to each prompt.
  let limits: [Int]
  let need: TokenNeed

  /// Bodies beyond this are tokenized off the connection's thread.
  private static let inlineBytes = 8192

  static func make(
    _ asked: CompletionRequest, _ model: any LocalModel
  ) async throws(GatewayError) -> LocalPlan {
    guard asked.fields.document.bytes.count > inlineBytes else {
      return try LocalPlan(asked, model)
    }
    let plan: Result<LocalPlan, GatewayError> = await withTaskExecutorPreference(
      globalConcurrentExecutor
    ) {
      await elsewhere { () throws(GatewayError) in try LocalPlan(asked, model) }
    }
    return try plan.get()
  }

  @concurrent private static func elsewhere(
    _ make: @Sendable () throws(GatewayError) -> LocalPlan
  ) async -> Result<LocalPlan, GatewayError> {
    Result(catching: make)
  }

  private init(_ asked: CompletionRequest, _ model: any LocalModel) throws(GatewayError) {
    try asked.checkSupportedLocally()
    sampling = try asked.sampling(vocabularySize: model.vocabularySize)
    stop = try asked.stop()
    logprobs = try asked.logprobs()
    let echo = asked.style == .text ? try asked.fields.bool("echo") ?? false : false
    if echo, logprobs != nil {
      throw .unsupported("echo", "echo: not supported together with logprobs")
    }
    let (prompts, texts) = try Self.encode(asked, model)
    self.prompts = prompts
    echoes = echo ? texts : []
    var limits: [Int] = []
    for prompt in prompts { limits.append(try Self.limit(asked, prompt.count, model)) }
    self.limits = limits
    need = TokenNeed(
      prompt: prompts.reduce(0) { $0 + $1.count },
      output: limits.reduce(0, +) * asked.answers, mayLower: asked.maxTokens == nil)
  }

  private static func encode(
    _ asked: CompletionRequest, _ model: any LocalModel
  ) throws(GatewayError) -> (prompts: [[Int32]], texts: [String]) {
    guard asked.style == .text else {
      let messages = try asked.messages()
      let tools = try asked.tools()
      do {
        return ([try model.chatPrompt(messages: messages, tools: tools)], [])
      } catch {
        throw .invalid("messages", "messages: \(error)")
      }
    }
    var prompts: [[Int32]] = []
    var texts: [String] = []
    for prompt in try asked.textPrompts(vocabularySize: model.vocabularySize) {
      switch prompt {
      case .text(let text):
        prompts.append(model.textPrompt(text))
        texts.append(text)
      case .tokens(let tokens):
        prompts.append(tokens)
        texts.append(model.text(of: tokens))
      }
    }
    if prompts.contains(where: \.isEmpty) {
      throw .invalid("prompt", "prompt: at least one token is needed")
    }
    return (prompts, texts)
  }

  private static func limit(
    _ asked: CompletionRequest, _ prompt: Int, _ model: any LocalModel
  ) throws(GatewayError) -> Int {
    let rest = model.contextLength - prompt
    guard rest >= asked.maxTokens ?? 1 else {
      throw .contextTooLong(prompt: prompt, output: asked.maxTokens, limit: model.contextLength)
    }
    return asked.maxTokens ?? rest
  }

  /// The limits after admission, which may have lowered their sum to what the credit affords.
  func limits(admitted output: Int, answers: Int) -> [Int] {
    guard output < need.output else { return limits }
    let each = max(1, output / (prompts.count * answers))
    return limits.map { min($0, each) }
  }
}
