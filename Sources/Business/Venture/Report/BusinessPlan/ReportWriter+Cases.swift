import Forecast

extension ReportWriter {
  mutating func cases() {
    chapter("report_cases")
    paragraph("report_cases_note")
    studies()
    heading("report_cases_compared")
    let source = run("report_run_cases", paths: 2_000)
    table(
      [
        "report_column_measure", "report_column_plan", "report_column_class",
        "report_column_verdict",
      ], numeric: [1],
      ordered.map { comparison, isFirst -> [[Inline]] in
        [
          [.text(title(comparison))],
          comparison.plan.map { [.figure(interval(comparison, $0), source)] } ?? ["–"],
          isFirst ? reference(comparison) : [.text(words("report_class_above"))],
          [.text(words("plan_verdict_\(comparison.verdict.rawValue)"))],
        ]
      })
    if let ratio = content.assessment.listPrice?.ratio {
      document.add(
        .note([.text(words("plan_reference_list_price", ["ratio": format.number(ratio)]))]))
    }
  }

  /// By measure and year; the class is the same for all years of a measure and said once.
  private var ordered: [(CaseComparison, isFirst: Bool)] {
    ReferenceClass.Measure.allCases.flatMap { measure in
      content.assessment.cases.filter { $0.measure == measure && !$0.cases.isEmpty }
        .sorted { $0.year < $1.year }.enumerated().map { ($1, $0 == 0) }
    }
  }

  private func title(_ comparison: CaseComparison) -> String {
    let name = words("plan_reference_\(comparison.measure.rawValue)")
    return comparison.year == 0
      ? name : words("report_measure_year", ["measure": name, "year": "\(comparison.year)"])
  }

  private func shown(_ measure: ReferenceClass.Measure, _ value: Double) -> String {
    switch measure {
    case .grossMargin, .costRatio, .inferenceShare, .survival: format.percent(value)
    case .growth, .priceFall, .yearsToProfit: format.number(value)
    }
  }

  private func interval(_ comparison: CaseComparison, _ plan: [Double]) -> String {
    let texts = plan.map { shown(comparison.measure, $0) }
    return texts[0] == texts[2] ? texts[1] : "\(texts[1])\n\(texts[0])…\(texts[2])"
  }

  /// The cases' values, each with its mark and its source kept.
  private func reference(_ comparison: CaseComparison) -> [Inline] {
    comparison.cases.enumerated().flatMap { index, value -> [Inline] in
      let study = content.assessment.library.cases.first { $0.id == value.caseID }
      let name = pick(value.name)
      let figures = study?.figures.filter { value.period.contains($0.date.prefix(4)) } ?? []
      let origin = figures.map(\.source).filter { !$0.isEmpty }
      let what =
        "\(value.mark.symbol) \(name) \(value.period)"
        + (origin.first.map { ": \($0)" } ?? "")
      let text =
        "\(value.mark.symbol) \(shown(comparison.measure, value.value))\(value.isCensored ? "+" : "")"
      return (index > 0 ? [.text(words("report_separator"))] : [])
        + [.text("\(name) \(value.period) "), .figure(text, .published(what))]
    }
  }

  private func pick(_ text: CaseStudy.Text) -> String {
    words.language == .chinese ? text.zh : text.en
  }

  private mutating func studies() {
    table(
      [
        "report_column_case", "report_column_outcome", "report_column_what",
        "report_column_lesson",
      ],
      content.assessment.library.cases.map { study -> [[Inline]] in
        [
          [.strong(pick(study.name))],
          [.text(words("plan_case_outcome_\(study.outcome.rawValue)"))],
          [.text(pick(study.summary))], [.text(pick(study.lesson))],
        ]
      })
  }
}
