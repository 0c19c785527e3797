/// A chat template: the Jinja program that a model carries in its file
/// (`tokenizer.chat_template`) and that turns a conversation into the text the model was
/// trained on.
///
/// The part of Jinja that chat templates use is here, with the settings that `transformers`
/// renders them with (`trim_blocks`, `lstrip_blocks`, no trailing newline, loop controls,
/// immutable values). A template comes from a stranger's file, so it runs in a sandbox: it
/// reaches nothing but its variables, and its steps, output, strings and depth are bounded.
///
/// Start here; then `TemplateLexer` (text to tokens), `TemplateParser` (tokens to a tree of
/// `TemplateNode` and `TemplateExpression`), `TemplateInterpreter` (the tree to text).
package struct ChatTemplate: Sendable {
  /// The longest template that is read. Published ones are below 20 kB.
  package static let maximumSourceBytes = 1 << 20

  /// The bounds of one rendering. Reaching one throws `.limit`.
  package struct Limits: Sendable, Equatable {
    /// Expressions, statements and loop turns, plus one for every element of a list and every
    /// 64 bytes of text that an operation makes or walks (every 16 that it searches).
    package var maximumSteps = 4_000_000
    package var maximumOutputBytes = 16 << 20
    /// Of any one string.
    package var maximumStringBytes = 16 << 20
    /// Of nested evaluation: blocks in blocks, calls in calls.
    package var maximumDepth = 120
    /// The elements of one `range()`; Jinja's own sandbox has the same bound.
    package var maximumRange = 100_000

    package static let `default` = Limits()
    package init() {}
  }

  private let nodes: [TemplateNode]
  /// The template's own text.
  package let source: String

  /// Parses `source`, once for all renderings.
  ///
  /// Throws `.syntax` or `.unsupported` with the line, `.limit` past `maximumSourceBytes`.
  package init(_ source: String) throws(ChatTemplateError) {
    guard source.utf8.count <= Self.maximumSourceBytes else {
      throw ChatTemplateError(
        .limit,
        "the template has \(source.utf8.count) bytes; at most \(Self.maximumSourceBytes) are read")
    }
    var lexer = TemplateLexer(source)
    var parser = TemplateParser(try lexer.tokens())
    nodes = try parser.template()
    self.source = source
  }

  /// The prompt for a conversation.
  ///
  /// - Parameters:
  ///   - messages: `{"role": …, "content": …}` objects; see `ChatMessage.templateValue`.
  ///   - tools: JSON schemas of the functions the model may call; nil is Jinja's `none`.
  ///   - addGenerationPrompt: ends with the opening of the assistant's turn.
  ///   - extra: further variables (`enable_thinking`); they win over the ones above.
  ///   - now: the time that `strftime_now` writes; called only by a template that asks.
  /// - Returns: the text to tokenize, with special tokens parsed and none added.
  /// - Throws: `.raised` when the template refuses the conversation, `.undefined`, `.type` or
  ///   `.unsupported` for faults of the template, `.limit` at a bound.
  package func render(
    messages: [TemplateValue], tools: [TemplateValue]? = nil, addGenerationPrompt: Bool,
    bosToken: String, eosToken: String, extra: [String: TemplateValue] = [:],
    now: @escaping () -> TemplateDate, limits: Limits = .default
  ) throws(ChatTemplateError) -> String {
    var variables: [String: TemplateValue] = [
      "messages": .array(messages),
      "tools": tools.map(TemplateValue.array) ?? .none,
      "add_generation_prompt": .bool(addGenerationPrompt),
      "bos_token": .string(bosToken),
      "eos_token": .string(eosToken),
    ]
    variables.merge(extra) { _, given in given }
    return try render(variables: variables, now: now, limits: limits)
  }

  /// Renders with `variables` alone.
  func render(
    variables: [String: TemplateValue], now: @escaping () -> TemplateDate,
    limits: Limits = .default
  ) throws(ChatTemplateError) -> String {
    let interpreter = TemplateInterpreter(limits: limits, now: now)
    return try interpreter.render(nodes, variables: variables)
  }
}
