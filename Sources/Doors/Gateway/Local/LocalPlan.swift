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
  /// What each answer must fit; nil leaves it free.
  let grammar: CompiledGrammar?
  /// Nil when no tool may be called.
  let tools: ToolPlan?
  /// The most tokens of one answer to each prompt.
  let limits: [Int]
  let need: TokenNeed

  static func make(
    _ asked: CompletionRequest, _ model: any LocalModel, _ grammars: GrammarCache
  ) async throws(GatewayError) -> LocalPlan {
    try await made(asked) { () throws(GatewayError) in try LocalPlan(asked, model, grammars) }
  }

  /// The prompt's tokens alone.
  static func count(
    _ asked: CompletionRequest, _ model: any LocalModel
  ) async throws(GatewayError) -> Int {
    try await made(asked) { () throws(GatewayError) in
      try encode(asked, model, asked.toolOffer()).prompts.reduce(0) { $0 + $1.count }
    }
  }

  private static func made<Plan: Sendable>(
    _ asked: CompletionRequest, _ make: @Sendable () throws(GatewayError) -> Plan
  ) async throws(GatewayError) -> Plan {
    do throws(GatewayError) {
      let isShort = asked.fields.document.bytes.count <= OffLoop.inlineBytes
      let (format, tools) = (try asked.outputFormat(), try asked.toolOffer())
      if isShort, format.isFree, !tools.isActive { return try make() }
      return try await OffLoop.run(make)
    } catch {
      throw error.inWords(of: asked.dialect)
    }
  }

  private init(
    _ asked: CompletionRequest, _ model: any LocalModel, _ grammars: GrammarCache
  ) throws(GatewayError) {
    try asked.checkSupportedLocally()
    sampling = try asked.sampling(vocabularySize: model.vocabularySize)
    stop = try asked.stop()
    logprobs = try asked.logprobs()
    let echo = asked.style == .text ? try asked.fields.bool("echo") ?? false : false
    if echo, logprobs != nil {
      throw .unsupported("echo", "echo: not supported together with logprobs")
    }
    let offer = try asked.toolOffer()
    let format = try asked.outputFormat()
    tools = ToolPlan(offer, model.toolCallFormat)
    if let tools {
      try Self.checkTogether(offer, format, logprobs)
      grammar = try tools.grammar(grammars)
    } else {
      grammar = try grammars.grammar(format)
    }
    let (prompts, texts) = try Self.encode(asked, model, offer)
    self.prompts = prompts
    echoes = echo ? texts : []
    var limits: [Int] = []
    for prompt in prompts { limits.append(try Self.limit(asked, prompt.count, model)) }
    self.limits = limits
    need = TokenNeed(
      prompt: prompts.reduce(0) { $0 + $1.count },
      output: limits.reduce(0, +) * asked.answers, mayLower: asked.maxTokens == nil)
  }

  /// What an answer that may call tools cannot have besides.
  private static func checkTogether(
    _ offer: ToolOffer, _ format: OutputFormat, _ logprobs: Int?
  ) throws(GatewayError) {
    if offer.choice == .auto, !format.isFree {
      let field: String
      if case .grammar = format { field = "grammar" } else { field = "response_format" }
      throw .unsupported(
        field,
        "\(field): not together with tools that the model may call; send tool_choice none, or required"
      )
    }
    if logprobs != nil {
      throw .unsupported(
        "logprobs", "logprobs: not together with tools; send tool_choice none, or leave it out")
    }
  }

  private static func encode(
    _ asked: CompletionRequest, _ model: any LocalModel, _ tools: ToolOffer
  ) throws(GatewayError) -> (prompts: [[Int32]], texts: [String]) {
    guard asked.style == .text else {
      let messages = try asked.messages()
      let offered = tools.isActive ? tools.functions : []
      let format = model.toolCallFormat
      do {
        if format.isInTemplate {
          return (
            [try model.chatPrompt(messages: messages, tools: offered.map(\.template))], []
          )
        }
        let told = ToolPrompt.messages(
          messages, tools: offered.isEmpty ? [] : tools.definitions, format)
        return ([try model.chatPrompt(messages: told, tools: [])], [])
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
