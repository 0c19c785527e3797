/// An answer as it comes: first what the program knows, then the model's text, sentence by sentence,
/// each checked against the facts.
package struct Advisor: Sendable {
  package enum Event: Sendable {
    case facts(AdvisorFacts)
    case sentence([FigureCheck.Segment])
    case finished(End)
  }

  package enum End: String, Sendable, Hashable {
    case complete
    /// Nobody serves a model: the facts are the answer.
    case noModel = "no_model"
    /// Cut at the greatest length or time.
    case length, time
    case failed
  }

  /// Of the model's text, whatever it was allowed to write.
  package static let longestAnswer = 12_000

  package let desk: PlanDesk
  package let model: (any AdvisorModel)?
  /// True once the answer has taken too long.
  package let isLate: @Sendable () -> Bool

  package init(
    desk: PlanDesk, model: (any AdvisorModel)?, isLate: @escaping @Sendable () -> Bool = { false }
  ) {
    self.desk = desk
    self.model = model
    self.isLate = isLate
  }

  /// Answers, and tells `tell` each part as soon as it is known. What `tell` throws ends the model's
  /// work.
  ///
  /// - Throws: what the desk throws when there is no plan to answer from, and what `tell` throws; the
  ///   model's failure is an end, since the facts stand without it. Returns the failure's reason.
  @discardableResult
  package func answer(
    _ question: AdvisorQuestion, words: Words, tell: (Event) async throws -> Void
  ) async throws -> String? {
    let bound =
      model.map { AdvisorBound(contextTokens: $0.contextTokens, language: question.language) }
      ?? AdvisorBound()
    let facts = try await desk.advisorFacts(question, words: words, bound: bound)
    try await tell(.facts(facts))
    guard let model else {
      try await tell(.finished(.noModel))
      return nil
    }
    let check = FigureCheck(facts.facts)
    let stream = model.answer(AdvisorPrompt.messages(facts, words), maxTokens: bound.answerTokens)
    var splitter = SentenceSplitter()
    var (end, length) = (End.complete, 0)
    var reason: String?
    var pieces = stream.makeAsyncIterator()
    while true {
      let piece: String?
      do {
        piece = try await pieces.next()
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        (end, reason) = (.failed, "\(error)")
        break
      }
      guard let piece else { break }
      try Task.checkCancellation()
      length += piece.count
      for sentence in splitter.add(piece) { try await tell(.sentence(check.sentence(sentence))) }
      if length > Self.longestAnswer { end = .length }
      if isLate() { end = .time }
      if end != .complete { break }
    }
    for sentence in splitter.finish() { try await tell(.sentence(check.sentence(sentence))) }
    try await tell(.finished(end))
    return reason
  }
}
