import Foundation

/// Picks a request's next tokens. The order of operations is documented at `SamplingOptions`.
///
/// A token is a function of the row of logits, the request's own tokens, the options and the seed:
/// never of the batch.
struct Sampler {
  struct Sample: Equatable {
    let token: Int32
    /// From the unmodified log-softmax; nil unless asked for.
    var logprob: Float?
    /// The most likely tokens, most likely first.
    var top: [Candidate] = []
  }

  struct Candidate: Equatable {
    let token: Int32
    let logprob: Float
  }

  /// Temperatures below this are 0: a division by them says nothing that greedy does not.
  static let leastTemperature: Float = 1e-4

  private let options: SamplingOptions
  private let generator: CounterGenerator
  private let logprobs: Int?
  /// How often each token occurs in the answer.
  private var answerCounts: [Int32: Int] = [:]
  private var promptTokens: Set<Int32> = []
  /// How many tokens were picked.
  private(set) var index = 0

  init(options: SamplingOptions, seed: UInt64, prompt: [Int32], logprobs: Int?) {
    self.options = options
    self.logprobs = logprobs
    generator = CounterGenerator(seed: seed)
    if options.repetitionPenalty != 1 { promptTokens = Set(prompt) }
  }

  /// Picks from a row of logits, which is changed. Nil if a logit is not a number, or none is
  /// finite.
  /// - Parameter mask: the tokens to pick from; log-probabilities are those without it.
  mutating func sample(
    _ row: UnsafeMutableBufferPointer<Float>, mask: TokenMask? = nil
  ) -> Sample? {
    let logits = UnsafeBufferPointer(row)
    guard var maximum = LogitRow.maximum(logits) else { return nil }
    let normalizer = logprobs.map { _ in LogitRow.logSumExp(logits, maximum: maximum) }
    let top = topCandidates(logits, normalizer)
    // The raw row is gone after the penalties, the raw logits of the few that change are kept.
    let raw = modify(row)
    mask?.apply(to: row)
    if !raw.isEmpty || mask != nil {
      guard let changed = LogitRow.maximum(logits) else { return nil }
      maximum = changed
    }
    guard let token = pick(logits, maximum: maximum) else { return nil }
    index += 1
    if tracksAnswer { answerCounts[token, default: 0] += 1 }
    let logit = raw[token] ?? logits[Int(token)]
    return Sample(token: token, logprob: normalizer.map { min(0, logit - $0) }, top: top)
  }

  private var tracksAnswer: Bool {
    options.repetitionPenalty != 1 || options.frequencyPenalty != 0 || options.presencePenalty != 0
  }

  private func topCandidates(
    _ logits: UnsafeBufferPointer<Float>, _ normalizer: Float?
  ) -> [Candidate] {
    guard let normalizer, let logprobs else { return [] }
    return LogitRow.largest(logprobs, in: logits).map {
      Candidate(token: $0, logprob: min(0, logits[Int($0)] - normalizer))
    }
  }

  /// Applies penalties and biases; gives the logits as they were.
  private func modify(_ row: UnsafeMutableBufferPointer<Float>) -> [Int32: Float] {
    var raw: [Int32: Float] = [:]
    func change(_ token: Int32, _ apply: (Float) -> Float) {
      guard token >= 0, Int(token) < row.count else { return }
      if raw[token] == nil { raw[token] = row[Int(token)] }
      row[Int(token)] = apply(row[Int(token)])
    }
    let repetition = options.repetitionPenalty
    func repeated(_ logit: Float) -> Float { logit > 0 ? logit / repetition : logit * repetition }
    if repetition != 1 {
      for token in promptTokens { change(token, repeated) }
      for token in answerCounts.keys where !promptTokens.contains(token) {
        change(token, repeated)
      }
    }
    if options.frequencyPenalty != 0 || options.presencePenalty != 0 {
      for (token, count) in answerCounts {
        change(token) {
          $0 - Float(count) * options.frequencyPenalty - options.presencePenalty
        }
      }
    }
    for (token, bias) in options.logitBias { change(token) { $0 + bias } }
    return raw
  }

  private func pick(_ logits: UnsafeBufferPointer<Float>, maximum: Float) -> Int32? {
    guard options.temperature >= Self.leastTemperature else {
      return LogitRow.firstIndex(of: maximum, in: logits).map { Int32($0) }
    }
    let draw = Draw(
      logits: logits, maximum: maximum, scale: 1 / options.temperature,
      uniform: generator.uniform(at: index))
    return draw.token(topK: options.topK, topP: options.topP, minP: options.minP)
  }
}
