import Foundation
import Venture

extension PlanPages {
  struct Suggestion: ViewModel, Sendable {
    let task: String
    let label: String
    let text: String
  }

  /// Stands where the answer goes; no text of a reader or a plan holds it after escaping.
  private static let mark = "<!--answer-->"

  /// The form, and before and after the place where an answer goes.
  func advisor(
    _ visit: Visit, _ question: AdvisorQuestion?, message: String? = nil
  ) -> (head: String, tail: String) {
    let text = visit.text
    let chosen = question?.task ?? .ask
    let html = page(
      .advisor, visit, answer: text.pieces("plan_advisor_answer", [:]), blocks: [],
      template: "plan-advisor",
      more: [
        "tasks": AdvisorQuestion.Task.allCases.map {
          Selection.Option(
            value: $0.rawValue, label: text("plan_advisor_name_\($0.rawValue)"),
            selected: $0 == chosen)
        },
        "question": question?.text ?? "", "longest": "\(AdvisorQuestion.longestText)",
        "suggestions": [AdvisorQuestion.Task.explain, .challenge, .draft, .ask].map {
          Suggestion(
            task: $0.rawValue, label: text("plan_advisor_name_\($0.rawValue)"),
            text: text("plan_advisor_suggest_\($0.rawValue)"))
        },
        "message": message as Any? ?? false, "answered": Self.mark,
      ])
    guard let place = html.range(of: Self.mark) else { return (html, "") }
    return (String(html[..<place.lowerBound]), String(html[place.upperBound...]))
  }

  /// The question of a form; nil when none is asked.
  static func question(_ form: Query, _ visit: Visit) -> AdvisorQuestion? {
    let text = (form["question"] ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard !text.isEmpty else { return nil }
    return AdvisorQuestion(
      text, task: form["task"].flatMap(AdvisorQuestion.Task.init) ?? .ask,
      language: visit.text.language == .english ? .english : .chinese)
  }

  /// Writes the answer's parts as they come.
  ///
  /// - Throws: what `write` throws: the reader left, and the model stops.
  func advise(
    _ question: AdvisorQuestion, _ visit: Visit, model: (any AdvisorModel)?,
    isLate: @escaping @Sendable () -> Bool, write: (String) async throws -> Void
  ) async throws {
    let words = words(visit)
    var markup = AdvisorMarkup(visit, words)
    var end = Advisor.End.complete
    do {
      let reason = try await Advisor(desk: desk, model: model, isLate: isLate)
        .answer(question, words: words) { event in
          switch event {
          case .facts(let facts): try await write(markup.begin(facts, model: model?.name))
          case .sentence(let segments): try await write(markup.sentence(segments))
          case .finished(let finished): end = finished
          }
        }
      try await write(markup.end(end, reason: reason))
    } catch let error as DeskError {
      try await write(AdvisorMarkup.failure(error.description))
    }
  }
}
