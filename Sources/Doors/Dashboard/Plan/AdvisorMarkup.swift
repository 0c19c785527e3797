import Venture

/// The advisor's answer as HTML, part by part: each is complete, so that a page may end after any.
struct AdvisorMarkup {
  let visit: Visit
  let words: Words
  private let text: TextCatalogue
  private var facts: AdvisorFacts?
  private var figures = 0
  private var marked = 0

  init(_ visit: Visit, _ words: Words) {
    self.visit = visit
    self.words = words
    text = visit.text
  }

  /// What the data say, and where the model's text begins.
  mutating func begin(_ facts: AdvisorFacts, model: String?) -> String {
    self.facts = facts
    let segments = FigureCheck(facts.facts).segments(facts.summary)
    let aside = facts.facts.isEmpty ? text("plan_advisor_none_text") : ""
    var html =
      "<section class=\"block\" id=\"says\"><h2>\(escaped("plan_advisor_says"))</h2><p class=\"prose\">\(markup(segments))\(aside.escapedForMarkup)</p></section>\n"
    if let model {
      let by = text("plan_advisor_model_aside", ["name": model])
      html +=
        "<section class=\"block\" id=\"written\"><h2>\(escaped("plan_advisor_model_says"))</h2><p class=\"aside\">\(by.escapedForMarkup)</p><p class=\"prose\" role=\"status\">"
    }
    return html
  }

  /// One sentence of the model's, its figures counted.
  mutating func sentence(_ segments: [FigureCheck.Segment]) -> String {
    for segment in segments {
      if case .figure(_, let fact) = segment {
        figures += 1
        if fact == nil { marked += 1 }
      }
    }
    return markup(segments)
  }

  func end(_ end: Advisor.End, reason: String?) -> String {
    let said = text(
      "plan_advisor_end_\(end.rawValue)",
      ["figures": "\(figures)", "marked": "\(marked)", "reason": reason ?? "–"])
    let closing = end == .noModel ? "" : "</p>"
    let note = "<p class=\"aside\" id=\"checked\">\(said.escapedForMarkup)</p>"
    return closing + note + (end == .noModel ? "\n" : "</section>\n") + table()
  }

  /// When there is nothing to answer from.
  static func failure(_ message: String) -> String {
    "<p class=\"message\" role=\"alert\">\(message.escapedForMarkup)</p>\n"
  }

  // MARK: Segments

  private func markup(_ segments: [FigureCheck.Segment]) -> String {
    segments.map(markup).joined()
  }

  private func markup(_ segment: FigureCheck.Segment) -> String {
    let shown = segment.text.escapedForMarkup
    switch segment {
    case .plain:
      return shown.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: "<br>")
    case .figure(_, let id?):
      let source = facts?.facts.first { $0.id == id }?.source.description(words) ?? ""
      return "<a href=\"#\(id)\" title=\"\(source.escapedForMarkup)\"><u>\(shown)</u></a>"
    case .figure(_, nil): return warned(shown, "plan_advisor_unknown")
    case .citation(_, let ids, .good):
      return "<a href=\"#\(ids.first?.escapedForMarkup ?? "facts")\">\(shown)</a>"
    case .citation(_, _, let verdict):
      return warned(shown, "plan_advisor_citation_\(verdict.rawValue)")
    }
  }

  /// With a word, so that it is not the colour alone that warns.
  private func warned(_ shown: String, _ key: String) -> String {
    "<mark>\(shown)</mark> <span class=\"tag\">\(escaped(key))</span>"
  }

  // MARK: Facts

  private func table() -> String {
    let title = escaped("plan_advisor_facts")
    let heads = ["id", "label", "text", "source"].map {
      "<th scope=\"col\">\(escaped("plan_advisor_column_\($0)"))</th>"
    }
    let rows = (facts?.facts ?? []).map { fact in
      let source = fact.source.description(words).escapedForMarkup
      return
        "<tr id=\"\(fact.id)\"><th scope=\"row\">\(fact.id)</th><td class=\"text\">\(fact.label.escapedForMarkup)</td><td class=\"text\">\(fact.text.escapedForMarkup)</td><td class=\"text\"><a href=\"\(Self.link(fact.source))\">\(source)</a></td></tr>\n"
    }
    return
      "<section class=\"block\" id=\"facts\"><div class=\"table-head\"><h2>\(title)</h2></div><div class=\"table-wrap\" tabindex=\"0\" role=\"region\" aria-label=\"\(title)\"><table class=\"table\"><caption class=\"visually-hidden\">\(title)</caption><thead><tr>\(heads.joined())</tr></thead><tbody>\n\(rows.joined())</tbody></table></div></section>\n"
  }

  /// Where a reader sees what the fact is made of.
  static func link(_ source: FactSource) -> String {
    switch source {
    case .simulation: "/plan"
    case .plan(let line): line > 0 ? "/plan/file#L\(line)" : "/plan/file"
    case .ledger: "/plan/learning#months"
    case .calibration: "/plan/learning#drivers"
    case .risks: "/plan/risks"
    case .market: "/plan/opportunity"
    case .comparison: "/plan/decisions"
    case .cases: "/plan/cases"
    }
  }

  private func escaped(_ key: String) -> String { text(key).escapedForMarkup }
}
