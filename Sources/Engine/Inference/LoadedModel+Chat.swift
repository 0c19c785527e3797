package import Tokenizers

extension LoadedModel {
  /// The tokens of a conversation, by the model's chat template.
  ///
  /// As llama.cpp and `transformers` do, the whole rendered text is parsed for control tokens: text
  /// in a message that spells one becomes one. The beginning-of-text token is added where the
  /// tokenizer wants one and the template wrote none, never twice.
  ///
  /// - Parameters:
  ///   - messages: `{"role": …, "content": …}` objects; see `ChatMessage.templateValue`.
  ///   - tools: JSON schemas of functions the model may call.
  ///   - addGenerationPrompt: ends with the opening of the assistant's turn.
  ///   - extra: further variables of the template, such as `enable_thinking`.
  ///   - now: the time that a template may write.
  /// - Throws: `InferenceError.noChatTemplate`, or `ChatTemplateError`.
  package func chatTokens(
    messages: [TemplateValue], tools: [TemplateValue]? = nil, addGenerationPrompt: Bool = true,
    extra: [String: TemplateValue] = [:], now: @escaping () -> TemplateDate
  ) throws -> [Int32] {
    let text = try chatText(
      messages: messages, tools: tools, addGenerationPrompt: addGenerationPrompt, extra: extra,
      now: now)
    var tokens = tokenizer.encode(text, addSpecial: false, parseSpecial: true)
    if tokenizer.addBos, let bos = tokenizer.bos, tokens.first != bos { tokens.insert(bos, at: 0) }
    return tokens
  }

  /// The conversation as the template renders it.
  package func chatText(
    messages: [TemplateValue], tools: [TemplateValue]? = nil, addGenerationPrompt: Bool = true,
    extra: [String: TemplateValue] = [:], now: @escaping () -> TemplateDate
  ) throws -> String {
    guard let template else {
      throw InferenceError(
        .noChatTemplate, field: name,
        "the model has no chat template; use completions, or a model made for conversations")
    }
    return try template.render(
      messages: messages, tools: tools, addGenerationPrompt: addGenerationPrompt,
      bosToken: tokenizer.bos.map(tokenizer.text(of:)) ?? "",
      eosToken: tokenizer.eos.map(tokenizer.text(of:)) ?? "", extra: extra, now: now)
  }
}
