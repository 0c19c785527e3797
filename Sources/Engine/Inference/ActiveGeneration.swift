/// A request that the engine works on: all that is its own.
struct ActiveGeneration {
  let submission: EngineShared.Submission
  var sampler: Sampler
  var assembler: TextAssembler
  var completionTokens = 0
  var firstToken: Int64?
  /// How far the answer has matched the request's grammar.
  private var matcher: GrammarMatcher?

  init(_ submission: EngineShared.Submission) {
    self.submission = submission
    let request = submission.request
    sampler = Sampler(
      options: request.sampling, seed: submission.seed, prompt: request.prompt,
      logprobs: request.logprobs)
    assembler = TextAssembler(stop: request.stop)
    matcher = submission.matcher
  }

  /// Picks the next token from a row of logits, which is changed.
  mutating func sample(_ row: UnsafeMutableBufferPointer<Float>) -> Sampler.Sample? {
    sampler.sample(row, mask: matcher?.mask())
  }

  /// Why no token could be picked, when it is not the model's fault.
  var grammarFault: String? {
    guard let matcher, matcher.mask().isEmpty else { return nil }
    return "No token of the model can continue the answer as the grammar demands. Simplify the "
      + "grammar or the schema, or lower its depth."
  }

  /// Takes the next token; gives the reason to end, if there is one.
  mutating func accept(_ sample: Sampler.Sample, texts: any TokenTexts) -> Finished.Reason? {
    if texts.endOfGeneration.contains(sample.token) { return .stop }
    completionTokens += 1
    // Control tokens that a grammar asked for are part of the answer.
    let spelling = matcher == nil ? nil : texts.controlSpelling(of: sample.token)
    let bytes = spelling.map { Array($0.utf8) } ?? texts.outputBytes(of: sample.token)
    let fits = matcher?.advance(sample.token) ?? true
    precondition(fits, "a token that the mask does not allow")
    emit(assembler.append(bytes, token: describe(sample, bytes, texts)))
    if assembler.isStopped || matcher?.mustEnd == true { return .stop }
    return completionTokens >= submission.limit ? .length : nil
  }

  mutating func emitRest() { emit(assembler.finish()) }

  private func emit(_ piece: TextAssembler.Piece?) {
    guard let piece else { return }
    let tokens = submission.request.logprobs == nil ? nil : piece.tokens
    submission.continuation.yield(.piece(text: piece.text, tokens: tokens))
  }

  private func describe(
    _ sample: Sampler.Sample, _ bytes: [UInt8], _ texts: any TokenTexts
  ) -> TokenLogprob? {
    guard let logprob = sample.logprob else { return nil }
    let top = sample.top.map { candidate in
      let bytes = texts.outputBytes(of: candidate.token)
      return TokenLogprob.Alternative(
        token: candidate.token, text: String(decoding: bytes, as: UTF8.self), bytes: bytes,
        logprob: candidate.logprob)
    }
    return TokenLogprob(
      token: sample.token, text: String(decoding: bytes, as: UTF8.self), bytes: bytes,
      logprob: logprob, top: top)
  }
}
