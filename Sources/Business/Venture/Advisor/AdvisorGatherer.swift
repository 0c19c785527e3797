import Forecast

/// Turns what the desk knows into facts.
final class AdvisorGatherer {
  let words: Words
  let format: FigureFormat
  private(set) var candidates: [AdvisorCandidate] = []

  init(words: Words, format: FigureFormat) {
    self.words = words
    self.format = format
  }

  // MARK: Values as shown

  func money(_ value: Double) -> Fact.Value { Fact.Value(value, format.money(value)) }
  func share(_ value: Double) -> Fact.Value { Fact.Value(value * 100, format.percent(value)) }
  func number(_ value: Double) -> Fact.Value { Fact.Value(value, format.number(value)) }
  func month(_ month: Month) -> Fact.Value {
    Fact.Value(Double(month.index), format.month(month))
  }

  /// In the unit of the plan's author.
  func driver(_ value: Double, unit: String) -> Fact.Value {
    Fact.Value(value, format.value(value, scale: 1, unit: unit))
  }

  /// - Parameters:
  ///   - key: of the text, `{name}` for each value.
  func add(
    _ label: String, _ key: String, _ values: [String: Fact.Value], source: FactSource,
    weight: Double, about: String = "", names: [String: String] = [:]
  ) {
    let shown = values.mapValues(\.shown).merging(names) { $1 }
    let fact = Fact(
      label: label, text: words("plan_advisor_\(key)", shown),
      values: values.sorted { $0.key < $1.key }.map(\.value), source: source)
    candidates.append(AdvisorCandidate(fact, weight: weight, about: about))
  }

  /// P50 (P10 – P90).
  func addSpread(
    _ label: String, _ values: [Double], _ show: (Double) -> Fact.Value, source: FactSource,
    weight: Double, about: String = ""
  ) {
    guard values.count == 3, values.allSatisfy(\.isFinite) else { return }
    add(
      label, "spread",
      ["low": show(values[0]), "median": show(values[1]), "high": show(values[2])],
      source: source, weight: weight, about: about)
  }

  func label(_ name: String, _ values: [String: String] = [:]) -> String {
    words("plan_advisor_label_\(name)", values)
  }
}

// MARK: The forecast

extension AdvisorGatherer {
  /// P10, P50, P90 of a spread's levels.
  private func three(_ quantiles: [Double]) -> [Double] {
    quantiles.count == Outcome.levels.count ? [quantiles[2], quantiles[4], quantiles[6]] : []
  }

  /// What is always said.
  func addHeadlines(_ outcome: Outcome) {
    let source = FactSource.simulation(seed: outcome.seed, paths: outcome.paths)
    let top = AdvisorCandidate.headline
    let chance = outcome.breakEvenBy.last ?? 0
    let months = ["months": "\(outcome.months)"]
    add(
      label("chance", months), "chance", ["chance": share(chance)], source: source, weight: top + 4,
      about: "break-even", names: ["words": format.chance(chance, words)])
    let even = three(outcome.spreads[.breakEvenMonth]?.quantiles ?? [])
    if even.count == 3 {
      addSpread(
        label("month"), even, { month(outcome.start.advanced(by: Int($0.rounded()))) },
        source: source, weight: top + 3, about: "break-even")
    }
    add(
      label("funding"), "value", ["value": money(outcome.fundingNeeded)], source: source,
      weight: top + 2, about: "cash funding")
    add(
      label("survival", months), "value", ["value": share(1 - (outcome.ruinBy.last ?? 0))],
      source: source, weight: top + 1, about: "cash survival ruin")
    addSpread(
      label("npv"), three(outcome.spreads[.netPresentValue]?.quantiles ?? []), { money($0) },
      source: source, weight: top, about: "npv value")
  }

  func addYears(_ years: [PlanDesk.Year], seed: UInt64, paths: Int) {
    let source = FactSource.simulation(seed: seed, paths: paths)
    for (index, year) in years.prefix(10).enumerated() {
      let weight = 2.5 - Double(index) * 0.2
      func named(_ name: String) -> String {
        label(
          "year",
          [
            "what": words("plan_column_\(name)"), "month": format.month(year.first),
            "months": "\(year.months)",
          ])
      }
      addSpread(
        named("revenue"), year.revenue, { money($0) }, source: source, weight: weight,
        about: "revenue")
      addSpread(
        named("profit"), year.profit, { money($0) }, source: source, weight: weight, about: "profit"
      )
      addSpread(
        named("gross_profit"), year.grossProfit, { money($0) }, source: source,
        weight: weight - 0.5, about: "margin")
      addSpread(
        named("cash"), year.cash, { money($0) }, source: source, weight: weight - 0.5, about: "cash"
      )
      addSpread(
        named("customers"), year.customers, { number($0) }, source: source, weight: weight - 0.5,
        about: "customer")
    }
  }

  func addFigures(_ outcome: Outcome) {
    let source = FactSource.simulation(seed: outcome.seed, paths: outcome.paths)
    if let margin = outcome.fans[.grossMargin], margin.quantiles.count == Outcome.levels.count {
      for at in [12, 24, 36] where margin.quantiles[4].count >= at {
        addSpread(
          words("plan_figure_margin", ["month": "\(at)"]),
          [2, 4, 6].map { margin.quantiles[$0][at - 1] }, { share($0) }, source: source,
          weight: 1.5, about: "margin")
      }
    }
    let kinds: [(Outcome.Figure, String, String, (Double) -> Fact.Value)] = [
      (.internalRate, "irr", "value return", { self.share($0) }),
      (.leastCash, "least_cash", "cash funding", { self.money($0) }),
      (.totalRevenue, "total_revenue", "revenue", { self.money($0) }),
      (.totalProfit, "total_profit", "profit", { self.money($0) }),
      (.lifetimeValueRatio, "ltv", "customer churn", { self.number($0) }),
      (.ruleOf40, "rule40", "growth margin", { self.share($0) }),
      (.burnMultiple, "burn", "cash growth", { self.number($0) }),
      (.founderShare, "founders", "funding equity", { self.share($0) }),
    ]
    for (figure, name, about, show) in kinds {
      guard let spread = outcome.spreads[figure] else { continue }
      addSpread(
        label(name), three(spread.quantiles), show, source: source, weight: 1, about: about)
    }
  }
}

// MARK: The plan

extension AdvisorGatherer {
  /// What moves the value most: the assumptions to challenge first.
  func addSensitivities(
    _ tornado: Tornado, _ model: Model, bonus: Double
  ) {
    for (rank, bar) in tornado.bars.prefix(8).enumerated() where bar.swing > 0 {
      let slot = model.parameters.slots[bar.slot]
      let scale = slot.scale == 0 ? 1 : slot.scale
      add(
        label("driver", ["driver": words.driver(bar.label)]), "sensitivity",
        [
          "low": driver(bar.low / scale, unit: slot.unit),
          "high": driver(bar.high / scale, unit: slot.unit), "at_low": money(bar.goalAtLow),
          "at_high": money(bar.goalAtHigh),
        ], source: .plan(line: slot.line), weight: 3 - Double(rank) * 0.2 + bonus,
        about: "assumption npv")
    }
  }

  /// Numbers as the founder wrote them, uncertain ones first.
  func addAssumptions(_ figures: [PlanFigure]) {
    for figure in figures.prefix(400) {
      let source = FactSource.plan(line: figure.line)
      if figure.isUncertain {
        add(
          words.driver(figure.label), "written_spread",
          [
            "median": driver(figure.median, unit: figure.unit),
            "low": driver(figure.low, unit: figure.unit),
            "high": driver(figure.high, unit: figure.unit),
          ], source: source, weight: 0.8, about: figure.path, names: ["text": figure.text])
      } else {
        add(
          words.driver(figure.label), "written", [:], source: source, weight: 0.4,
          about: figure.path,
          names: ["text": figure.text])
      }
    }
  }

  func addClaims(_ claims: [Claim]) {
    for claim in claims.prefix(60) where !claim.text.isEmpty {
      let fact = Fact(
        label: words("plan_advisor_label_claim"), text: claim.text,
        source: .plan(line: claim.line))
      candidates.append(AdvisorCandidate(fact, weight: 0.6, about: "strategy \(claim.metric)"))
    }
  }

  func addMarket(_ assessment: OpportunityAssessment) {
    guard let entry = assessment.entries.first(where: { $0.id == assessment.chosen }) else {
      return
    }
    let source = FactSource.market(seed: assessment.seed)
    let ways = [("top_down", entry.market?.topDown), ("bottom_up", entry.market?.bottomUp)]
    for case (let way, let sizes?) in ways {
      for (name, size) in [
        ("total", sizes.total), ("serviceable", sizes.serviceable),
        ("obtainable", sizes.obtainable),
      ] {
        add(
          label("market_\(name)", ["way": label(way), "name": entry.name]), "spread90",
          ["low": money(size.low), "median": money(size.median), "high": money(size.high)],
          source: source, weight: 2, about: "market")
      }
    }
    add(
      label("opportunity", ["name": entry.name]), "value", ["value": share(entry.bestChance)],
      source: source, weight: 1, about: "market opportunity")
  }
}

// MARK: What is known beside the plan

extension AdvisorGatherer {
  func addCalibration(_ result: CalibrationResult) {
    for update in result.drivers where update.observations > 0 {
      add(
        label("learnt", ["driver": words.driver(update.label)]), "learnt",
        [
          "before": driver(update.prior.median, unit: update.unit),
          "after": driver(update.posterior.median, unit: update.unit),
          "low": driver(update.posterior.low, unit: update.unit),
          "high": driver(update.posterior.high, unit: update.unit),
          "weight": share(update.dataWeight),
        ], source: .calibration(position: result.position, line: update.line),
        weight: 1 + update.dataWeight, about: "learnt actual")
    }
  }

  /// The last months that are over, the newest first.
  func addActuals(_ actuals: Actuals) {
    for (age, past) in actuals.complete.suffix(6).reversed().enumerated() {
      let source = FactSource.ledger(position: actuals.position, month: past.month)
      let weight = 2 - Double(age) * 0.3
      var values: [(String, Fact.Value)] = [
        ("revenue", money(past.revenue)), ("profit", money(past.profit)),
        ("customers", number(past.customers)),
      ]
      if actuals.hasCapital { values.append(("cash", money(past.cashAtEnd))) }
      for (name, value) in values {
        add(
          label(
            "actual", ["what": words("plan_column_\(name)"), "month": format.month(past.month)]),
          "value", ["value": value], source: source, weight: weight, about: "actual \(name)")
      }
    }
  }

  func addRisks(_ report: RiskReport) {
    let source = FactSource.risks(seed: report.assessment.seed, paths: report.assessment.paths)
    for row in report.assessment.ranking.rows.prefix(8) {
      add(
        label("risk", ["name": row.name, "rank": "\(row.rank)"]), "risk",
        [
          "before": money(row.inherent.mean), "after": money(row.residual.mean),
          "chance": share(row.inherent.chance),
        ], source: source, weight: 2 - Double(row.rank) * 0.15, about: "risk")
    }
  }

  func addDecisions(_ comparison: Comparison, seed: UInt64) {
    let source = FactSource.comparison(seed: seed, paths: comparison.paths)
    for row in comparison.rows.prefix(8) {
      add(
        label("scenario", ["name": row.name]), "scenario",
        [
          "expected": money(row.expected), "worst": money(row.worstDecile),
          "best": share(row.chanceBest),
        ], source: source, weight: 1.2, about: "decision scenario npv")
    }
  }

  func addCases(_ comparisons: [CaseComparison]) {
    for comparison in comparisons {
      let isShare = [.grossMargin, .inferenceShare, .survival].contains(comparison.measure)
      let values = comparison.cases.map(\.value).sorted()
      guard let low = values.first, let high = values.last, values.count >= 3 else { continue }
      let show: (Double) -> Fact.Value = { isShare ? self.share($0) : self.number($0) }
      var figures = ["low": show(low), "high": show(high)]
      let hasPlan = comparison.plan?.count == 3
      if let plan = comparison.plan, hasPlan { figures["plan"] = show(plan[1]) }
      let name = words("plan_reference_\(comparison.measure.rawValue)")
      add(
        label(
          comparison.year > 0 ? "case_year" : "case",
          ["what": name, "year": "\(comparison.year)"]),
        hasPlan ? "case" : "case_alone", figures, source: .cases, weight: 1, about: "cases",
        names: [
          "count": "\(values.count)",
          "verdict": words("plan_verdict_\(comparison.verdict.rawValue)"),
        ])
    }
  }
}
