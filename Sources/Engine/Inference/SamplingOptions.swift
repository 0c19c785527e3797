/// How the next token is picked from the logits.
///
/// Order: repetition, frequency and presence penalties; logit bias; tokens that the request's
/// grammar does not allow are left out; then at temperature 0 the
/// largest logit (the lowest id among equals), otherwise division by the temperature, top-k, top-p
/// (of what top-k kept), min-p (relative to the most likely), and a draw.
package struct SamplingOptions: Sendable, Equatable {
  /// 0 means greedy. At most 100.
  package var temperature: Float
  /// Keep the k most likely tokens; 0 keeps all.
  package var topK: Int
  /// Keep the fewest tokens whose probabilities reach this sum; 1 keeps all.
  package var topP: Float
  /// Drop tokens less likely than this fraction of the most likely one; 0 keeps all.
  package var minP: Float
  /// Divides positive (multiplies negative) logits of tokens in the prompt or the answer; 1 is off.
  package var repetitionPenalty: Float
  /// Subtracted once for each time a token occurs in the answer so far.
  package var frequencyPenalty: Float
  /// Subtracted from every token that occurs in the answer so far.
  package var presencePenalty: Float
  /// Fixes the draw of every token; nil takes a seed from the system.
  package var seed: UInt64?
  /// Added to the logits of the named tokens.
  package var logitBias: [Int32: Float]

  package init(
    temperature: Float = 1, topK: Int = 0, topP: Float = 1, minP: Float = 0,
    repetitionPenalty: Float = 1, frequencyPenalty: Float = 0, presencePenalty: Float = 0,
    seed: UInt64? = nil, logitBias: [Int32: Float] = [:]
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
    self.frequencyPenalty = frequencyPenalty
    self.presencePenalty = presencePenalty
    self.seed = seed
    self.logitBias = logitBias
  }

  package static let greedy = SamplingOptions(temperature: 0)
}
