import ArgumentParser
import Foundation
import Inference
import Ledger
import Venture

extension PlanCommand {
  struct Ask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask about the plan: the answer cites it, and every figure is checked.",
      discussion: """
        Figures that are not in the data are marked. Without a model, the facts themselves answer.
        """)
    @OptionGroup var plan: PlanOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The question, figure, section or assumption.") var question: String
    @Option(help: "ask, explain, draft or challenge.") var task: String = "ask"
    @Option(help: "en or zh (the plan's own).") var lang: PlanLanguage?
    @Option(help: "A GGUF file whose model answers.") var model: String?
    @Option(help: "An OpenAI-compatible address, such as https://api.example.com/v1.")
    var url: String?
    @Option(help: "With --url: the key (BREAKEVEN_ADVISOR_KEY).") var key: String?
    @Option(help: "With --url: the model's name.") var name: String?
    @Option(help: "With --url: the model's context in tokens, where it is small.") var context: Int?

    func run() async throws {
      guard let kind = AdvisorQuestion.Task(rawValue: task) else {
        throw CommandError(
          "--task: '\(task)' is not one of \(AdvisorQuestion.Task.allCases.map(\.rawValue).joined(separator: ", "))"
        )
      }
      let desk = try plan.desk()
      let own = try desk.plan().plan.language
      let language: PlanLanguage = lang ?? (own == "zh" ? .zh : .en)
      let asked = AdvisorQuestion(
        question, task: kind, language: language == .zh ? .chinese : .english)
      let words = try CommandWords.words(language)
      var engine: Engine?
      defer { engine?.shutdown() }
      var advisor: (any AdvisorModel)?
      if let model {
        let loaded = try LoadedModel.load(path: model)
        let started = try Engine(
          model: loaded, options: EngineOptions(maximumSequences: 1), seeds: SystemSeeds.next)
        engine = started
        advisor = LocalAdvisorModel(
          loaded: loaded, engine: started, now: { Int(SystemTime().now().seconds) })
      } else if let url {
        advisor = try remote(url)
      }
      try await answer(asked, words, Advisor(desk: desk, model: advisor))
    }

    private func remote(_ url: String) throws -> RemoteAdvisorModel {
      guard let name else { throw CommandError("--url: name the model too, with --name MODEL") }
      let environment = ProcessInfo.processInfo.environment
      return RemoteAdvisorModel(
        name: name, contextTokens: context,
        base: url.hasSuffix("/") ? String(url.dropLast()) : url,
        key: key ?? environment["BREAKEVEN_ADVISOR_KEY"])
    }

    private func answer(
      _ question: AdvisorQuestion, _ words: Words, _ advisor: Advisor
    ) async throws {
      var answer = AskJSON()
      var sources: [Fact] = []
      let isQuiet = output.json
      let reason = try await advisor.answer(question, words: words) { event in
        switch event {
        case .facts(let facts):
          answer.begin(facts, words)
          sources = facts.facts
          if isQuiet { return }
          Output.line("\(words("plan_advisor_says")): \(facts.summary)")
          if let model = advisor.model {
            Output.line()
            Output.line("\(words("plan_advisor_model_says")) (\(model.name)):")
          }
        case .sentence(let segments):
          answer.add(segments)
          let text = segments.map { Self.shown($0, words) }.joined()
          if !isQuiet { FileHandle.standardOutput.write(Data(text.utf8)) }
        case .finished(let end): answer.end = end.rawValue
        }
      }
      answer.reason = reason
      if isQuiet { return try Output.json(answer) }
      Output.line()
      Output.line(
        words(
          "plan_advisor_end_\(answer.end)",
          [
            "figures": "\(answer.figures)", "marked": "\(answer.unknown.count)",
            "reason": reason ?? "–",
          ]))
      Output.line()
      Output.line("\(words("plan_advisor_facts")):")
      for fact in sources {
        Output.line("[\(fact.id)] \(fact.sentence) (\(fact.source.description(words)))")
      }
    }

    /// Marked in words: a terminal may have no colours.
    static func shown(_ segment: FigureCheck.Segment, _ words: Words) -> String {
      switch segment {
      case .plain(let text), .figure(let text, .some): text
      case .figure(let text, nil): "\(text) ‹\(words("plan_advisor_unknown"))›"
      case .citation(let text, _, .good): text
      case .citation(let text, _, let verdict):
        "\(text) ‹\(words("plan_advisor_citation_\(verdict.rawValue)"))›"
      }
    }
  }
}

private struct AskJSON: Encodable {
  struct FactJSON: Encodable {
    let id, label, text, source: String
  }
  var summary = ""
  var answer = ""
  var figures = 0
  /// Figures and citations that are not in the data, as written.
  var unknown: [String] = []
  var wrongCitations: [String] = []
  var end = ""
  var reason: String?
  var planHash = ""
  var ledgerPosition: Int64?
  var facts: [FactJSON] = []

  mutating func begin(_ known: AdvisorFacts, _ words: Words) {
    summary = known.summary
    planHash = known.planHash
    ledgerPosition = known.position
    facts = known.facts.map {
      FactJSON(
        id: $0.id, label: $0.label, text: $0.text, source: $0.source.description(words))
    }
  }

  mutating func add(_ segments: [FigureCheck.Segment]) {
    for segment in segments {
      answer += segment.text
      switch segment {
      case .plain: break
      case .figure(let text, let fact):
        figures += 1
        if fact == nil { unknown.append(text) }
      case .citation(let text, _, let verdict):
        if verdict != .good { wrongCitations.append(text) }
      }
    }
  }
}
