import Testing

@testable import Venture

@Suite struct AdvisorFactsTests {
  static func facts(
    _ question: String, _ language: ReportLanguage, task: AdvisorQuestion.Task = .ask,
    bound: AdvisorBound = AdvisorBound()
  ) async throws -> AdvisorFacts {
    let text = PlanExample.venture(language: language.rawValue)
    return try await ReportFixture.desk(text).advisorFacts(
      AdvisorQuestion(question, task: task, language: language),
      words: ReportFixture.words(language), bound: bound)
  }

  /// What the facts themselves say is in the data, in both languages, whatever the founder wrote.
  @Test(arguments: ReportLanguage.allCases)
  func everyFactHoldsItsOwnFigures(_ language: ReportLanguage) async throws {
    let facts = try await Self.facts(
      language == .english ? "price, churn and market" : "价格、流失和市场", language,
      bound: AdvisorBound(facts: 300, characters: 60_000))
    #expect(facts.facts.count > 60)
    let check = FigureCheck(facts.facts)
    for fact in facts.facts {
      let marked = check.segments("\(fact.sentence) [\(fact.id)]").filter(\.isMarked)
      #expect(marked.isEmpty, "\(fact.sentence): \(marked)")
    }
    #expect(check.segments(facts.summary).filter(\.isMarked) == [])
  }

  @Test(arguments: ReportLanguage.allCases)
  func theBoundHoldsAndHeadlinesComeFirst(_ language: ReportLanguage) async throws {
    let bound = AdvisorBound(facts: 9, characters: 900)
    let facts = try await Self.facts("churn 流失", language, bound: bound).facts
    #expect((5...9).contains(facts.count))
    #expect(facts.reduce(0) { $0 + $1.sentence.count } <= 900)
    #expect(facts.map(\.id) == facts.indices.map { "F\($0 + 1)" })
    #expect(facts[0].text.contains("%"))
  }

  @Test func aQuestionChoosesItsFacts() async throws {
    func labels(_ question: String, task: AdvisorQuestion.Task = .ask) async throws -> [Fact] {
      let facts = try await Self.facts(question, .english, task: task)
      return facts.telling.compactMap { id in facts.facts.first { $0.id == id } }
    }
    let market = try await labels("The market section", task: .draft)
    #expect(market.contains { if case .market = $0.source { true } else { false } })
    let weakest = try await labels("The weakest assumption of the plan", task: .challenge)
    #expect(weakest.contains { if case .plan = $0.source { true } else { false } })
    let risk = try await labels("Which risk costs most?")
    #expect(risk.contains { if case .risks = $0.source { true } else { false } })
  }

  struct Said: AdvisorModel {
    let pieces: [String]
    var error: (any Error)?
    let name = "said"
    let contextTokens: Int? = 2_048

    func answer(
      _ messages: [AdvisorMessage], maxTokens: Int
    ) -> AsyncThrowingStream<String, any Error> {
      AsyncThrowingStream { continuation in
        for piece in pieces { continuation.yield(piece) }
        continuation.finish(throwing: error)
      }
    }
  }

  struct Broken: Error {}

  static func answer(
    _ model: (any AdvisorModel)?, isLate: Bool = false
  ) async throws -> (segments: [FigureCheck.Segment], end: Advisor.End?) {
    let text = PlanExample.venture(language: "en")
    let advisor = Advisor(desk: ReportFixture.desk(text), model: model, isLate: { isLate })
    var segments: [FigureCheck.Segment] = []
    var end: Advisor.End?
    try await advisor.answer(
      AdvisorQuestion("break-even", language: .english), words: ReportFixture.words(.english)
    ) { event in
      switch event {
      case .facts(let facts): #expect(!facts.facts.isEmpty)
      case .sentence(let sentence): segments += sentence
      case .finished(let finished): end = finished
      }
    }
    return (segments, end)
  }

  @Test func inventionsAreMarkedAndEndsAreTold() async throws {
    let invented = try await Self.answer(
      Said(pieces: ["It ea", "rns ¥98", "7,654,321 [F1]. And 3.14159%."]))
    #expect(invented.end == .complete)
    #expect(
      invented.segments.filter(\.isMarked).map(\.text) == ["¥987,654,321", "[F1]", "3.14159%"])
    #expect(try await Self.answer(nil).end == .noModel)
    #expect(try await Self.answer(Said(pieces: ["So"], error: Broken())).end == .failed)
    #expect(try await Self.answer(Said(pieces: ["So it is. ", "More"]), isLate: true).end == .time)
    let long = [String](repeating: "again and again ", count: 2_000)
    #expect(try await Self.answer(Said(pieces: long)).end == .length)
  }
}
