import Forecast
import Venture

extension PlanPages {
  /// 创业机会: the candidates on one page, then one of them in full: `?candidate=` or the chosen one.
  func opportunity(_ visit: Visit) async throws -> String {
    let part = try part(visit)
    guard let opportunities = part.plan.opportunities else {
      return nothing(.opportunity, part, "report_missing_opportunity")
    }
    guard let judged = try await desk.assessment().opportunities else {
      return nothing(.opportunity, part, "report_missing_opportunity")
    }
    let wanted = visit.query["candidate"] ?? judged.chosen
    guard let entry = judged.entries.first(where: { $0.id == wanted }) ?? judged.entries.first,
      let candidate = opportunities.candidates.first(where: { $0.id == entry.id })
    else { return nothing(.opportunity, part, "report_missing_opportunity") }
    let blocks =
      [candidateBlock(part, opportunities, judged, shown: entry.id)]
      + [
        indicatorBlock(part, candidate, entry, judged),
        consistencyBlock(part, judged, opportunities),
      ]
      + sourceBlocks(part, candidate, entry) + marketBlocks(part, candidate, entry)
      + [readinessBlock(part, entry)] + swotBlocks(part, candidate, entry)
      + [forceBlock(part, candidate, entry)]
    return page(
      .opportunity, visit, answer: opportunityAnswer(part, judged), blocks: blocks)
  }

  private func opportunityAnswer(_ part: PlanPart, _ judged: OpportunityAssessment) -> [Piece] {
    guard let entry = judged.entries.first(where: { $0.id == judged.chosen }) else { return [] }
    let format = part.format
    return part.text.pieces(
      "report_opportunity_answer",
      [
        "name": part.piece(entry.name, "#candidates"),
        "sum": part.piece(format.number(entry.weightedSum), "#candidates"),
        "closeness": part.piece(format.number(entry.closeness), "#candidates"),
        "best": part.piece(part.chance(entry.bestChance), "#candidates"),
      ])
  }

  // MARK: Candidates

  private func candidateBlock(
    _ part: PlanPart, _ plan: OpportunityPlan, _ judged: OpportunityAssessment, shown: String
  ) -> Block {
    let order = judged.ranking.compactMap { id in
      judged.entries.firstIndex { $0.id == id }
    }
    let drawing = PlanPictures.shares(
      order.map { (judged.entries[$0].name, judged.acceptability.ranks[$0]) },
      parts: order.indices.map { part.text("plan_rank_number", ["rank": "\($0 + 1)"]) },
      title: part.text("plan_candidates_title"), format: part.format)
    let groups = Indicator.Group.allCases.map { ($0.textKey, Cell.Kind.number) }
    let columns: [(String, Cell.Kind)] =
      [("report_column_opportunity", .name), ("report_column_sum", .number)] + groups
      + [
        ("report_column_topsis", .number), ("report_column_entropy", .number),
        ("report_column_rank1", .number), ("plan_column_rank1_scores", .number),
        ("plan_column_rank1_weights", .number), ("plan_column_below", .text),
      ]
    return part.block(
      "candidates", "plan_candidates_title", aside: part.text("plan_candidates_aside"),
      drawing: drawing,
      prose: [part.text(judged.methodsAgree ? "report_methods_agree" : "report_methods_disagree")],
      columns: columns,
      rows: order.map { index -> Row in
        let entry = judged.entries[index]
        let line = plan.candidates.first { $0.id == entry.id }?.line ?? 0
        let name = Cell.name(
          part.marked(entry.name, entry.id == judged.chosen ? "plan_chosen" : nil),
          part.link(line))
        return Row(
          cells: [name, part.number(entry.weightedSum)] + entry.groups.map { part.number($0) }
            + [
              part.number(entry.closeness), part.number(entry.entropyCloseness),
              part.share(entry.bestChance), part.share(entry.bestChanceScores),
              part.share(entry.bestChanceWeights),
              entry.id == shown
                ? .words(part.text("plan_shown_below"))
                : .words(
                  part.text("plan_show"),
                  link: Query(["candidate": entry.id]).address(part.visit.path)
                    + "#indicators"),
            ])
      })
  }

  /// Twelve indicators, four groups: score, what the score means, weight and what it rests on.
  private func indicatorBlock(
    _ part: PlanPart, _ candidate: Opportunity, _ entry: OpportunityAssessment.Entry,
    _ judged: OpportunityAssessment
  ) -> Block {
    part.titled(
      "indicators", part.text("plan_indicators_of", ["name": entry.name]),
      aside: part.text("plan_indicators_aside"),
      columns: [
        ("report_column_indicator", .name), ("report_column_group", .text),
        ("report_column_weight", .number), ("report_column_score", .number),
        ("plan_column_anchor", .text), ("report_column_basis", .text),
        ("report_column_evidence", .text), ("report_column_date", .number),
      ],
      rows: Indicator.allCases.indices.map { index in
        let indicator = Indicator.allCases[index]
        let written = candidate.scores[indicator]
        let summary = entry.scores[index]
        let anchor = Indicator.anchors.min {
          abs(Double($0) - summary.mean) < abs(Double($1) - summary.mean)
        }
        let measure = written?.measure ?? ""
        var evidence: Cell = part.cell(part.list(written?.evidence ?? []))
        if entry.unsupported.contains(indicator) { evidence.badge = part.text("plan_opinion") }
        return Row(cells: [
          Cell.name(part.text(indicator.textKey), written.flatMap { part.link($0.score.line) }),
          .words(part.text(indicator.group.textKey)), part.share(judged.weights[index]),
          .number(part.interval(summary, part.format.number), exact: written?.score.text),
          part.cell(anchor.map { part.text(indicator.anchorKey($0)) } ?? ""),
          .words(measure.isEmpty ? part.text(indicator.measureKey) : measure), evidence,
          .number(written?.date ?? "–"),
        ])
      })
  }

  /// How far pairwise judgments contradict themselves.
  private func consistencyBlock(
    _ part: PlanPart, _ judged: OpportunityAssessment, _ plan: OpportunityPlan
  ) -> Block {
    part.block(
      "consistency", "plan_consistency", aside: part.text("plan_consistency_aside"),
      columns: [
        ("plan_column_judgments", .name), ("plan_column_judge", .text),
        ("plan_column_ratio", .number), ("plan_column_limit", .number),
        ("report_column_verdict", .text),
      ],
      rows: judged.hierarchy.filter { $0.names.count > 2 }.map { report in
        let name =
          report.group.map { part.text($0.textKey) } ?? part.text("report_indicator_groups")
        return Row(cells: [
          Cell.name(name, part.link(plan.weights.line)),
          .words(report.judge.isEmpty ? part.text("plan_judges_together") : report.judge),
          .number(
            part.format.number(report.result.consistencyRatio),
            tone: report.result.isConsistent ? nil : .loss),
          part.number(report.result.limit),
          .words(
            part.text(report.result.isConsistent ? "plan_consistent" : "plan_inconsistent")),
        ])
      }, missing: "plan_consistency_none")
  }

  // MARK: Where it comes from

  private func sourceBlocks(
    _ part: PlanPart, _ candidate: Opportunity, _ entry: OpportunityAssessment.Entry
  ) -> [Block] {
    let judgments = part.block(
      "sources", "report_opportunity_sources", aside: part.text("plan_sources_aside"),
      columns: [
        ("report_column_source", .name), ("plan_column_claim", .text),
        ("report_column_prior", .number), ("plan_column_odds_ratio", .number),
        ("plan_column_pieces", .number), ("report_column_posterior", .number),
      ],
      rows: candidate.sources.map { source in
        let judged = entry.sources.first { $0.kind == source.kind && $0.text == source.text }
        return Row(cells: [
          Cell.name(part.text(source.kind.textKey), part.link(source.line)), .words(source.text),
          judged.map { Cell.number(part.interval($0.prior, part.format.percent)) }
            ?? Cell.number("–"),
          judged.map {
            Cell.number(
              "× \(part.format.number($0.ratio))", exact: part.format.number($0.naiveRatio))
          } ?? Cell.number("–"),
          judged.map { judgment in
            Cell.number("\(judgment.pieces) (\(part.format.number(judgment.effectivePieces)))")
          } ?? Cell.number("\(source.evidence.count)"),
          judged.map { Cell.number(part.interval($0.posterior, part.format.percent)) }
            ?? Cell.number("–"),
        ])
      }, missing: "plan_sources_none")
    let pieces = candidate.sources.flatMap { source in source.evidence.map { (source, $0) } }
    let evidence = part.block(
      "evidence", "plan_evidence",
      columns: [
        ("report_column_evidence", .name), ("report_column_source", .text),
        ("plan_column_odds_ratio", .number), ("plan_column_reference", .text),
        ("report_column_date", .number),
      ],
      rows: pieces.map { source, piece in
        Row(cells: [
          Cell.name(piece.text, part.link(piece.ratio.line)),
          .words(part.text(source.kind.textKey)),
          .number(piece.ratio.text), part.cell(piece.reference), .number(piece.date ?? "–"),
        ])
      }, missing: "plan_sources_none")
    return [judgments, evidence]
  }

  // MARK: Market

  private func marketBlocks(
    _ part: PlanPart, _ candidate: Opportunity, _ entry: OpportunityAssessment.Entry
  ) -> [Block] {
    var words: [String] = []
    if let market = entry.market {
      words.append(part.text(market.verdict.textKey))
      if let ratio = market.ratio {
        words.append(
          part.text(
            "report_market_ratio", ["ratio": part.interval(ratio, part.format.number)]))
      }
    }
    func row(_ key: String, _ sizes: MarketReconciliation.Sizes?, _ line: Int?) -> Row? {
      sizes.map { sizes in
        Row(
          cells: [Cell.name(part.text(key), part.link(line ?? 0))]
            + [sizes.total, sizes.serviceable, sizes.obtainable].map {
              Cell.number(part.interval($0, part.format.money))
            })
      }
    }
    let size = part.block(
      "market", "report_market", aside: part.text("plan_market_aside"),
      prose: [words.joined(separator: part.text("report_separator"))].filter { !$0.isEmpty },
      columns: [
        ("report_column_count", .name), ("report_column_tam", .number),
        ("report_column_sam", .number), ("report_column_som", .number),
      ],
      rows: [
        row("report_top_down", entry.market?.topDown, candidate.market?.topDown?.total.line),
        row("report_bottom_up", entry.market?.bottomUp, candidate.market?.bottomUp?.customers.line),
      ].compactMap { $0 }, missing: "report_missing_market")
    return [size] + (entry.adoption.map { [adoptionBlock(part, candidate, $0)] } ?? [])
  }

  private func adoptionBlock(
    _ part: PlanPart, _ candidate: Opportunity, _ forecast: AdoptionForecast
  ) -> Block {
    func points(_ values: [Double]) -> [(x: Double, y: Double)] {
      values.enumerated().map { (Double($0.offset), $0.element) }
    }
    let drawing = Charts.curve(
      [
        ("P95", points(forecast.high), .muted), ("P50", points(forecast.median), .accent),
        ("P5", points(forecast.low), .muted),
      ], title: part.text("report_chart_adoption"),
      xLabel: { part.text("report_axis_month", ["month": "\(Int($0))"]) },
      yLabel: part.format.number)
    var prose: [String] = []
    if forecast.peakMonth > 0 {
      prose.append(
        part.text(
          "report_adoption_peak", ["month": part.format.number(forecast.peakMonth.rounded())]))
    }
    let inputs = candidate.adoption.map {
      [
        ("plan_adoption_market", $0.market), ("plan_adoption_innovation", $0.innovation),
        ("plan_adoption_imitation", $0.imitation),
      ]
    }
    return part.block(
      "adoption", "report_chart_adoption", aside: part.text("plan_adoption_aside"),
      drawing: drawing, prose: prose,
      columns: [("report_column_assumption", .name), ("report_column_written", .number)],
      rows: (inputs ?? []).map { key, field in
        Row(cells: [Cell.name(part.text(key), part.link(field.line)), .number(field.text)])
      })
  }
}
