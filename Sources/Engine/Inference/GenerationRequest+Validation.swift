extension GenerationRequest {
  /// Checks every bound that does not depend on the engine's load.
  func validate(vocabulary: Int) throws(EngineRefusal) {
    guard !prompt.isEmpty else { throw .invalid("prompt", "must have at least one token.") }
    guard prompt.allSatisfy({ $0 >= 0 && $0 < vocabulary }) else {
      throw .invalid("prompt", "holds a token that the model does not have.")
    }
    guard maxTokens >= 1 else { throw .invalid("max_tokens", "must be at least 1.") }
    guard (0...Inference.maximumTopLogprobs).contains(logprobs ?? 0) else {
      throw .invalid("top_logprobs", "must be 0 to \(Inference.maximumTopLogprobs).")
    }
    guard stop.count <= Inference.maximumStopStrings else {
      throw .invalid("stop", "must be at most \(Inference.maximumStopStrings) texts.")
    }
    guard stop.allSatisfy({ (1...Inference.maximumStopBytes).contains($0.utf8.count) }) else {
      throw .invalid("stop", "each text must have 1 to \(Inference.maximumStopBytes) bytes.")
    }
    let priorities = Inference.priorities
    guard priorities.contains(priority) else {
      throw .invalid("priority", "must be \(priorities.lowerBound) to \(priorities.upperBound).")
    }
    guard (1...Inference.maximumWeight).contains(weight) else {
      throw .invalid("weight", "must be 1 to \(Inference.maximumWeight).")
    }
    guard deadlineSeconds.map({ $0 > 0 }) ?? true else {
      throw .invalid("deadline", "must be more than 0 seconds.")
    }
    try sampling.validate(vocabulary: vocabulary)
  }
}

extension SamplingOptions {
  func validate(vocabulary: Int) throws(EngineRefusal) {
    try Self.check("temperature", temperature, 0...100)
    try Self.check("top_p", topP, 0...1)
    try Self.check("min_p", minP, 0...1)
    try Self.check("repetition_penalty", repetitionPenalty, 0.01...100)
    try Self.check("frequency_penalty", frequencyPenalty, -100...100)
    try Self.check("presence_penalty", presencePenalty, -100...100)
    guard topK >= 0 else { throw .invalid("top_k", "must be 0 or more.") }
    guard logitBias.count <= Inference.maximumLogitBiases else {
      throw .invalid("logit_bias", "must name at most \(Inference.maximumLogitBiases) tokens.")
    }
    for (token, bias) in logitBias {
      guard token >= 0, token < vocabulary else {
        throw .invalid("logit_bias", "token \(token) is not in the vocabulary.")
      }
      try Self.check("logit_bias", bias, -100...100)
    }
  }

  private static func check(
    _ field: String, _ value: Float, _ range: ClosedRange<Float>
  ) throws(EngineRefusal) {
    guard range.contains(value) else {
      throw .invalid(field, "must be \(range.lowerBound) to \(range.upperBound).")
    }
  }
}
