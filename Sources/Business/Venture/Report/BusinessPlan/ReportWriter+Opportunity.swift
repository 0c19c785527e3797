import Forecast

extension ReportWriter {
  mutating func opportunity() {
    chapter("report_opportunity")
    guard let assessment = content.assessment.opportunities,
      let entry = assessment.entries.first(where: { $0.id == assessment.chosen })
    else { return missing("report_missing_opportunity") }
    let source = run("report_run_opportunity", paths: assessment.draws)
    paragraph(
      "report_opportunity_answer",
      [
        "name": .strong(entry.name), "best": share(entry.bestChance, source),
        "sum": number(entry.weightedSum, source),
        "closeness": number(entry.closeness, source),
      ])
    candidates(assessment, source)
    indicators(assessment, entry, source)
    sources(entry, source)
    market(entry, source)
    forces(entry, source)
    swot(entry)
    readiness(entry)
  }

  private mutating func candidates(_ assessment: OpportunityAssessment, _ source: Source) {
    heading("report_candidates")
    let order = assessment.ranking.compactMap { id in assessment.entries.first { $0.id == id } }
    table(
      [
        "report_column_opportunity", "report_column_sum", "report_column_topsis",
        "report_column_entropy", "report_column_rank1",
      ], numeric: [1, 2, 3, 4],
      order.map { entry -> [[Inline]] in
        [
          [entry.id == assessment.chosen ? .strong(entry.name) : .text(entry.name)],
          [number(entry.weightedSum, source)], [number(entry.closeness, source)],
          [number(entry.entropyCloseness, source)], [share(entry.bestChance, source)],
        ]
      })
    paragraph(assessment.methodsAgree ? "report_methods_agree" : "report_methods_disagree")
    for report in assessment.hierarchy where report.judge.isEmpty && report.names.count > 2 {
      let key = report.result.isConsistent ? "report_consistent" : "report_inconsistent"
      paragraph(
        key,
        [
          "what": .text(report.group.map { words($0.textKey) } ?? words("report_indicator_groups")),
          "ratio": number(report.result.consistencyRatio, source),
          "limit": number(report.result.limit, source),
        ])
    }
  }

  private mutating func indicators(
    _ assessment: OpportunityAssessment, _ entry: OpportunityAssessment.Entry, _ source: Source
  ) {
    heading("report_indicators")
    let written = plan.opportunities?.pursued?.scores ?? [:]
    table(
      [
        "report_column_group", "report_column_indicator", "report_column_weight",
        "report_column_score", "report_column_basis",
      ], numeric: [2, 3],
      Indicator.allCases.indices.map { index -> [[Inline]] in
        let indicator = Indicator.allCases[index]
        let summary = entry.scores[index]
        let score = written[indicator]
        let interval =
          summary.high > summary.low
          ? " (\(format.number(summary.low))–\(format.number(summary.high)))" : ""
        let origin =
          score.map { self.written($0.score.line, $0.score.field, $0.score.text) } ?? source
        return [
          [.text(words(indicator.group.textKey))], [.text(words(indicator.textKey))],
          [share(assessment.weights[index], source)],
          [.figure(format.number(summary.mean) + interval, origin)],
          [.text(score?.measure ?? "")],
        ]
      })
  }

  private mutating func sources(_ entry: OpportunityAssessment.Entry, _ source: Source) {
    guard !entry.sources.isEmpty else { return }
    heading("report_opportunity_sources")
    table(
      [
        "report_column_source", "report_column_why", "report_column_prior",
        "report_column_posterior",
      ], numeric: [2, 3],
      entry.sources.map { judgment -> [[Inline]] in
        [
          [.text(words(judgment.kind.textKey))], [.text(judgment.text)],
          [share(judgment.prior.mean, source)], [share(judgment.posterior.mean, source)],
        ]
      })
  }

  private mutating func market(_ entry: OpportunityAssessment.Entry, _ source: Source) {
    heading("report_market")
    guard let market = entry.market else { return missing("report_missing_market") }
    func row(_ key: String, _ sizes: MarketReconciliation.Sizes?) -> [[Inline]]? {
      guard let sizes else { return nil }
      var row: [[Inline]] = [[.text(words(key))]]
      for size in [sizes.total, sizes.serviceable, sizes.obtainable] {
        let ends = "\(format.money(size.low))…\(format.money(size.high))"
        row.append([.figure("\(format.money(size.median))\n\(ends)", source)])
      }
      return row
    }
    table(
      ["report_column_count", "report_column_tam", "report_column_sam", "report_column_som"],
      numeric: [1, 2, 3],
      [row("report_top_down", market.topDown), row("report_bottom_up", market.bottomUp)]
        .compactMap { $0 })
    var verdict = [Inline.text(words(market.verdict.textKey))]
    if let ratio = market.ratio {
      verdict +=
        [.text(words("report_separator"))]
        + text("report_market_ratio", ["ratio": number(ratio.median, source)])
    }
    paragraph(verdict)
    if let adoption = entry.adoption { self.adoption(adoption, source) }
  }

  private mutating func adoption(_ adoption: AdoptionForecast, _ source: Source) {
    func points(_ values: [Double]) -> [(x: Double, y: Double)] {
      values.enumerated().map { (Double($0.offset), $0.element) }
    }
    chart(
      Charts.curve(
        [
          ("P95", points(adoption.high), .muted), ("P50", points(adoption.median), .accent),
          ("P5", points(adoption.low), .muted),
        ], title: words("report_chart_adoption"),
        xLabel: { words("report_axis_month", ["month": "\(Int($0))"]) }, yLabel: format.number))
    if adoption.peakMonth > 0 {
      paragraph("report_adoption_peak", ["month": number(adoption.peakMonth.rounded(), source)])
    }
  }

  private mutating func forces(_ entry: OpportunityAssessment.Entry, _ source: Source) {
    heading("report_forces")
    guard let forces = entry.forces else { return missing("report_missing_forces") }
    let written = plan.opportunities?.pursued?.forces ?? []
    table(
      ["report_column_force", "report_column_pressure", "report_column_evidence"], numeric: [1],
      forces.entries.map { force -> [[Inline]] in
        let field = written.first { $0.kind == force.kind }?.score
        let origin = field.map { self.written($0.line, $0.field, $0.text) } ?? source
        return [
          [.text(words(force.kind.textKey))], [number(force.pressure.mean, origin)],
          [.text(list(force.evidence))],
        ]
      })
    paragraph(
      "report_forces_answer", ["attractiveness": number(forces.attractiveness.mean, source)])
    for force in forces.entries where force.isContradicted {
      missing(force.kind.textKey, key: "report_force_contradicted")
    }
  }

  /// A note about something that has a name of its own in the catalogue.
  private mutating func missing(_ name: String, key: String) {
    document.add(.note([.text(words(key, ["name": words(name)]))]))
  }

  private mutating func swot(_ entry: OpportunityAssessment.Entry) {
    heading("report_swot")
    guard let swot = plan.opportunities?.pursued?.swot, let judged = entry.swot else {
      return missing("report_missing_swot")
    }
    table(
      [
        "report_column_factor_kind", "report_column_factor", "report_column_weight",
        "report_column_rating",
      ], numeric: [2, 3],
      swot.factors.map { factor -> [[Inline]] in
        let source = written(factor.line, "swot.\(factor.id)", factor.text)
        return [
          [.text(words(factor.kind.textKey))], [.text(factor.text)],
          [number(factor.weight, source)], [number(factor.rating, source)],
        ]
      })
    let source = written(swot.line, swot.field, words("report_swot"))
    paragraph(
      "report_swot_answer",
      [
        "inner": number(judged.internalScore, source),
        "outer": number(judged.externalScore, source),
        "quadrant": .strong(words(judged.quadrant.textKey)),
      ])
    tows(judged, swot)
  }

  private mutating func tows(_ judged: SWOT.Assessment, _ swot: SWOT) {
    let names = Dictionary(
      swot.factors.map { ($0.id, $0.text) }, uniquingKeysWith: { first, _ in first })
    heading("report_tows")
    table(
      ["report_column_pair", "report_column_factors", "report_column_decision"],
      judged.cells.filter { cell in
        if case .open = cell.decision { false } else { true }
      }.prefix(12).map { cell -> [[Inline]] in
        let decision: [Inline] =
          switch cell.decision {
          case .action(let action, let owner):
            [.text(owner.isEmpty ? action : "\(action) (\(person(owner)))")]
          case .rejected(let reason):
            [.text(words("plan_tows_decision_rejected") + words("report_colon") + reason)]
          case .open: []
          }
        return [
          [.text(words(cell.kind.textKey))],
          [.text("\(names[cell.inner] ?? cell.inner) × \(names[cell.outer] ?? cell.outer)")],
          decision,
        ]
      })
  }

  private mutating func readiness(_ entry: OpportunityAssessment.Entry) {
    guard !entry.readiness.isEmpty else { return }
    heading("report_readiness")
    table(
      [
        "report_column_component", "report_column_level", "report_column_needed",
        "report_column_meaning",
      ], numeric: [1, 2],
      entry.readiness.map { readiness -> [[Inline]] in
        let source = written(
          readiness.line, "readiness", "\(readiness.component): \(readiness.level)")
        return [
          [.text(readiness.component)], [.figure("\(readiness.level)", source)],
          readiness.needed.map { [.figure("\($0)", source)] } ?? ["–"],
          [.text(words(Readiness.textKey(readiness.level)))],
        ]
      })
  }
}
