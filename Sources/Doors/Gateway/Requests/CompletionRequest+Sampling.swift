import Inference

extension CompletionRequest {
  /// How to pick tokens. `vocabularySize` bounds the tokens of `logit_bias`.
  func sampling(vocabularySize: Int) throws(GatewayError) -> SamplingOptions {
    var options = SamplingOptions()
    if let value = try fields.double("temperature", 0...2) { options.temperature = Float(value) }
    if let value = try fields.double("top_p", 0...1) { options.topP = Float(value) }
    if let value = try fields.double("presence_penalty", -2...2) {
      options.presencePenalty = Float(value)
    }
    if let value = try fields.double("frequency_penalty", -2...2) {
      options.frequencyPenalty = Float(value)
    }
    if let value = try fields.int("top_k", -1...1_000_000) { options.topK = max(0, value) }
    if let value = try fields.double("min_p", 0...1) { options.minP = Float(value) }
    if let value = try fields.double("repetition_penalty", 0.01...100) {
      options.repetitionPenalty = Float(value)
    }
    if let value = try fields.int("seed", (.min)...(.max)) {
      options.seed = UInt64(bitPattern: Int64(value))
    }
    options.logitBias = try logitBias(vocabularySize: vocabularySize)
    return options
  }

  private func logitBias(vocabularySize: Int) throws(GatewayError) -> [Int32: Float] {
    guard let object = try fields.object("logit_bias"), object.byteCount > 2 else { return [:] }
    var bias: [Int32: Float] = [:]
    for (key, value) in object.members {
      guard let token = Int32(key), token >= 0, Int(token) < vocabularySize else {
        throw .invalid("logit_bias", "logit_bias: '\(key.prefix(40))' is not a token of this model")
      }
      guard let number = value.double else {
        throw .wrongType("logit_bias", expected: "a number for token \(token)", got: value)
      }
      guard (-100...100).contains(number) else {
        throw .invalid("logit_bias", "logit_bias: token \(token) must be biased by -100 to 100")
      }
      bias[token] = Float(number)
      guard bias.count <= Inference.maximumLogitBiases else {
        throw .invalid("logit_bias", "logit_bias: at most \(Inference.maximumLogitBiases) tokens")
      }
    }
    return bias
  }

  /// How many stop texts the dialect allows.
  private var maximumStops: Int { dialect == .messages ? Inference.maximumStopStrings : 4 }

  /// Texts that end an answer.
  func stop() throws(GatewayError) -> [String] {
    guard let value = try fields.value("stop") else { return [] }
    let values: [JSONValue]
    switch value.kind {
    case .string: values = [value]
    case .array: values = value.elements
    default: throw .wrongType("stop", expected: "a string or an array of strings", got: value)
    }
    guard values.count <= maximumStops else {
      throw .invalid("stop", "stop: at most \(maximumStops) texts")
    }
    var texts: [String] = []
    for value in values {
      guard let text = value.string else {
        throw .wrongType("stop", expected: "a string", got: value)
      }
      guard text.utf8.count <= Inference.maximumStopBytes else {
        throw .invalid("stop", "stop: a text may have at most \(Inference.maximumStopBytes) bytes")
      }
      if !text.isEmpty { texts.append(text) }
    }
    return texts
  }

  /// Whether log-probabilities are part of the answer; the value was checked before.
  var wantsLogprobs: Bool { ((try? logprobs()) ?? nil) != nil }

  /// Alternatives to report beside each token; nil reports no log-probabilities.
  func logprobs() throws(GatewayError) -> Int? {
    guard style == .chat else { return try fields.int("logprobs", 0...5) }
    let asked = try fields.bool("logprobs") ?? false
    let top = try fields.int("top_logprobs", 0...Inference.maximumTopLogprobs)
    guard asked else {
      if let top, top > 0 {
        throw .invalid("top_logprobs", "top_logprobs: only allowed when logprobs is true")
      }
      return nil
    }
    return top ?? 0
  }
}
