import Inference

/// What a caller asks of a model that answers in text, as far as every engine needs it: checked,
/// with the body kept for what only one of them reads. Whatever the caller's dialect, `fields` is a
/// chat's or a text's body in OpenAI's form.
struct CompletionRequest: Sendable {
  enum Style: Sendable { case chat, text }

  let dialect: Dialect
  let fields: Fields
  /// The body as the caller wrote it.
  let original: JSONDocument
  let model: String
  let stream: Bool
  /// `stream_options.include_usage`.
  let includeUsage: Bool
  /// `n`: answers to each prompt.
  let answers: Int
  /// Prompts of the text route; 1 for a chat.
  let prompts: Int
  /// The most tokens of one answer, when the caller named a limit.
  let maxTokens: Int?

  var style: Style { dialect == .text ? .text : .chat }
  var choices: Int { answers * prompts }

  /// Reads a body in the caller's dialect.
  ///
  /// - Parameter counting: only the prompt's tokens are asked for.
  /// - Throws: 400 naming the field at fault in the caller's words.
  static func read(
    _ document: JSONDocument, _ dialect: Dialect, maximumChoices: Int, counting: Bool = false
  ) throws(GatewayError) -> CompletionRequest {
    guard document.isObject else {
      throw .invalid(nil, "the body must be a JSON object", code: "invalid_json")
    }
    do throws(GatewayError) {
      let chat =
        switch dialect {
        case .messages: try MessagesReader.chat(document, counting: counting)
        case .responses: try ResponsesReader.chat(document)
        case .chat, .text, .embeddings: document
        }
      return try CompletionRequest(
        Fields(document: chat), dialect, original: document, maximumChoices: maximumChoices)
    } catch {
      throw error.inWords(of: dialect)
    }
  }

  private init(
    _ fields: Fields, _ dialect: Dialect, original: JSONDocument, maximumChoices: Int
  ) throws(GatewayError) {
    self.dialect = dialect
    self.fields = fields
    self.original = original
    guard let model = try fields.string("model"), !model.isEmpty else {
      throw .missing("model", "model: name the model to use")
    }
    self.model = model
    stream = try fields.bool("stream") ?? false
    includeUsage = try Self.includeUsage(fields, stream: stream)
    answers = try fields.int("n", 1...maximumChoices) ?? 1
    let isChat = dialect != .text
    if isChat {
      guard let messages = try fields.array("messages") else {
        throw .missing("messages", "messages: send the conversation")
      }
      guard messages.byteCount > 2, !messages.elements.isEmpty else {
        throw .invalid("messages", "messages: at least one message is needed")
      }
      prompts = 1
    } else {
      prompts = try Self.promptCount(fields)
    }
    guard answers * prompts <= maximumChoices else {
      throw .invalid(
        "n",
        "n × prompts is \(answers * prompts), but at most \(maximumChoices) answers a request are allowed"
      )
    }
    let limits = 1...(1 << 31)
    let old = try fields.int("max_tokens", limits)
    let new = isChat ? try fields.int("max_completion_tokens", limits) : nil
    maxTokens = [old, new].compactMap(\.self).min()
    try checkSampling()
  }

  private static func includeUsage(_ fields: Fields, stream: Bool) throws(GatewayError) -> Bool {
    guard let options = try fields.object("stream_options") else { return false }
    guard stream else {
      throw .invalid("stream_options", "stream_options: only allowed when stream is true")
    }
    guard let value = options["include_usage"], !value.isNull else { return false }
    guard let flag = value.bool else {
      throw .wrongType("stream_options.include_usage", expected: "true or false", got: value)
    }
    return flag
  }

  /// A string is one prompt, an array of numbers too; an array of strings or arrays is many.
  private static func promptCount(_ fields: Fields) throws(GatewayError) -> Int {
    guard let prompt = try fields.value("prompt") else {
      throw .missing("prompt", "prompt: send a text")
    }
    switch prompt.kind {
    case .string: return 1
    case .array:
      let elements = prompt.elements
      guard let first = elements.first else {
        throw .invalid("prompt", "prompt: the array is empty")
      }
      return first.kind == .number ? 1 : elements.count
    default: throw .wrongType("prompt", expected: "a string or an array", got: prompt)
    }
  }

  /// Kinds and ranges, checked for upstreams too, so that a mistake reads alike everywhere.
  private func checkSampling() throws(GatewayError) {
    _ = try sampling(vocabularySize: .max)
    _ = try stop()
    _ = try logprobs()
    _ = try outputFormat()
    _ = try fields.value("user").map { value throws(GatewayError) in
      if value.kind != .string { throw .wrongType("user", expected: "a string", got: value) }
    }
  }
}
