import Venture

extension PlanPages {
  /// 案例: what happened to others, and how the plan stands beside them.
  func cases(_ visit: Visit) async throws -> String {
    let part = try part(visit)
    let assessment = try await desk.assessment()
    let compared = assessment.cases.filter { !$0.cases.isEmpty }
    var blocks = [comparisonBlock(part, compared)]
    if let check = assessment.listPrice { blocks.append(listPriceBlock(part, check)) }
    blocks.append(studyBlock(part, assessment.library))
    blocks += assessment.library.cases.map { figureBlock(part, $0) }
    return page(.cases, visit, answer: caseAnswer(part, compared, assessment), blocks: blocks)
  }

  private func caseAnswer(
    _ part: PlanPart, _ compared: [CaseComparison], _ assessment: PlanAssessment
  ) -> [Piece] {
    let hopeful = compared.filter { $0.verdict == .hopeful }
    let judged = compared.count { $0.verdict != .unknown }
    let names = part.list(hopeful.map { measure(part, $0) })
    return part.text.pieces(
      hopeful.isEmpty ? "plan_answer_cases" : "plan_answer_cases_hopeful",
      [
        "cases": part.piece("\(assessment.library.cases.count)", "#studies"),
        "judged": part.piece("\(judged)", "#compared"),
        "hopeful": part.piece("\(hopeful.count)", "#compared", tone: .loss),
        "names": part.piece(names, "#compared"),
      ])
  }

  private func pick(_ part: PlanPart, _ text: CaseStudy.Text) -> String {
    part.words.language == .chinese ? text.zh : text.en
  }

  private func measure(_ part: PlanPart, _ comparison: CaseComparison) -> String {
    let name = part.text("plan_reference_\(comparison.measure.rawValue)")
    return comparison.year == 0
      ? name
      : part.text("report_measure_year", ["measure": name, "year": "\(comparison.year)"])
  }

  private func shown(
    _ part: PlanPart, _ measure: ReferenceClass.Measure, _ value: Double
  ) -> String {
    switch measure {
    case .grossMargin, .costRatio, .inferenceShare, .survival: part.format.percent(value)
    case .growth, .priceFall, .yearsToProfit: part.format.number(value)
    }
  }

  private func comparisonBlock(_ part: PlanPart, _ compared: [CaseComparison]) -> Block {
    part.block(
      "compared", "report_cases_compared", aside: part.text("plan_cases_aside"),
      columns: [
        ("report_column_measure", .name), ("report_column_plan", .number),
        ("plan_column_never", .number), ("plan_column_reference_class", .text),
        ("plan_column_hope", .number), ("report_column_verdict", .text),
      ],
      rows: compared.map { comparison -> Row in
        let plan = comparison.plan.map { plan -> String in
          let texts = plan.map { shown(part, comparison.measure, $0) }
          return texts[0] == texts[2] ? texts[1] : "\(texts[1]) (\(texts[0])…\(texts[2]))"
        }
        var verdict = Cell.words(part.text("plan_verdict_\(comparison.verdict.rawValue)"))
        if comparison.verdict == .hopeful { verdict.tone = .loss }
        return Row(cells: [
          Cell.name(measure(part, comparison), "/plan"), .number(plan ?? "–"),
          comparison.never > 0 ? part.share(comparison.never) : .number("–"),
          classCell(part, comparison),
          comparison.hope.map { part.share($0) } ?? Cell.number("–"), verdict,
        ])
      }, missing: "plan_cases_none")
  }

  /// How many values the class has and how far they reach; each of them with its mark on hover, and
  /// with its source in its case's table.
  private func classCell(_ part: PlanPart, _ comparison: CaseComparison) -> Cell {
    let values = comparison.cases.map { value -> String in
      let figure = shown(part, comparison.measure, value.value)
      let open = value.isCensored ? "+ (\(part.text("plan_reference_censored")))" : ""
      return "\(value.mark.symbol) \(pick(part, value.name)) \(value.period): \(figure)\(open)"
    }
    guard let low = comparison.cases.first, let high = comparison.cases.last else {
      return part.cell("")
    }
    let middle = comparison.cases[comparison.cases.count / 2]
    let words = part.text(
      "plan_class_reach",
      [
        "count": "\(comparison.cases.count)",
        "low": shown(part, comparison.measure, low.value),
        "middle": shown(part, comparison.measure, middle.value),
        "high": shown(part, comparison.measure, high.value),
      ])
    return Cell(
      words, .text, link: "#studies", exact: values.joined(separator: part.text("report_separator"))
    )
  }

  private func listPriceBlock(_ part: PlanPart, _ check: ListPriceCheck) -> Block {
    var prose = [part.text("plan_list_price_aside")]
    if let ratio = check.ratio {
      prose.insert(
        part.text("plan_reference_list_price", ["ratio": part.format.number(ratio)]), at: 0)
    }
    return part.block(
      "list-price", "plan_list_price", prose: prose,
      columns: [("report_column_figure", .name), ("plan_column_dollars", .number)],
      rows: [
        Row(cells: [
          Cell.name(part.text("plan_listed"), "#case-openai_gpt3"),
          .number(part.format.number(check.listed)),
        ]),
        Row(cells: [
          Cell.name(part.text("plan_booked"), "#case-openai_gpt3"),
          .number(part.format.number(check.booked)),
        ]),
      ])
  }

  private func studyBlock(_ part: PlanPart, _ library: CaseLibrary) -> Block {
    part.block(
      "studies", "report_cases", aside: part.text("report_cases_note"),
      columns: [
        ("report_column_case", .name), ("report_column_path", .text),
        ("report_column_outcome", .text), ("report_column_what", .text),
        ("report_column_lesson", .text),
      ],
      rows: library.cases.map { study in
        Row(cells: [
          Cell.name(pick(part, study.name), "#case-\(study.id)"),
          part.cell(study.path.map { part.text("plan_case_path_\($0.rawValue)") } ?? ""),
          .words(part.text("plan_case_outcome_\(study.outcome.rawValue)")),
          .words(pick(part, study.summary)), .words(pick(part, study.lesson)),
        ])
      }, missing: "plan_cases_none")
  }

  /// Dated figures of a case, each with its mark and its source.
  private func figureBlock(_ part: PlanPart, _ study: CaseStudy) -> Block {
    let line = study.isOwn ? part.link(at: "cases[\(study.id)]") : nil
    return part.titled(
      "case-\(study.id)", pick(part, study.name),
      columns: [
        ("report_column_measure", .name), ("plan_column_value", .number),
        ("report_column_unit", .text), ("report_column_date", .number),
        ("plan_column_mark", .text), ("report_column_source", .text), ("report_column_note", .text),
      ],
      rows: study.figures.map { figure -> Row in
        let values = [figure.value] + (figure.upper.map { [$0] } ?? [])
        let isShare = figure.unit.isEmpty && abs(figure.value) <= 1
        let show = isShare ? part.format.percent : part.format.number
        return Row(cells: [
          Cell.name(part.text("plan_case_measure_\(figure.measure.rawValue)"), line),
          .number(values.map(show).joined(separator: "–")), part.cell(figure.unit),
          .number(figure.date), .words(part.text("plan_mark_\(figure.mark.rawValue)")),
          part.cell(figure.source), part.cell(figure.note.map { pick(part, $0) } ?? ""),
        ])
      }, missing: "plan_case_no_figures")
  }
}
