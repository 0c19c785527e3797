package import Forecast

/// The judgment of all candidates on one page.
package struct OpportunityAssessment: Sendable, Codable {
  /// Of one candidate.
  package struct Entry: Sendable, Codable {
    package let id: String
    package let name: String
    /// Mean score by indicator, 1–9, in `Indicator.allCases` order.
    package let scores: [SampleSummary]
    /// Weighted worth by group, in `Indicator.Group.allCases` order; they sum to `weightedSum`.
    package let groups: [Double]
    /// 0...1.
    package let weightedSum: Double
    package let closeness: Double
    /// Closeness under entropy weights.
    package let entropyCloseness: Double
    /// Rank by each method, at the stated weights and mean scores.
    package let rank: Double
    package let closenessRank: Double
    package let entropyRank: Double
    /// P(rank 1) with scores and weights uncertain, with only scores, and with only weights.
    package let bestChance: Double
    package let bestChanceScores: Double
    package let bestChanceWeights: Double
    /// Indicators of a score without measure or evidence.
    package let unsupported: [Indicator]
    package let sources: [OpportunitySource.Judgment]
    package let market: MarketReconciliation?
    package let adoption: AdoptionForecast?
    package let readiness: [Readiness]
    package let swot: SWOT.Assessment?
    package let forces: ForcesAssessment?
    /// Evidence that both rivalry and the competition indicator rest on.
    package let countedTwice: [String]
  }

  package let chosen: String
  package let seed: UInt64
  package let draws: Int
  /// In `Indicator.allCases` order.
  package let weights: [Double]
  package let entropyWeights: [Double]
  package let hierarchy: [HierarchyReport]
  /// In the plan's order; `ranking` orders them.
  package let entries: [Entry]
  /// Ids, best first: by the weighted sum at stated weights and mean scores.
  package let ranking: [String]
  package let acceptability: Acceptability
  /// The methods agree on the first place.
  package let methodsAgree: Bool

  /// Every matrix of judgments is within its limit.
  package var isConsistent: Bool { hierarchy.allSatisfy(\.result.isConsistent) }
}

extension OpportunityAssessment {
  /// - Parameters:
  ///   - draws: of scores and weights, 100...100,000.
  ///   - seed: the same seed gives the same assessment.
  /// - Throws: `invalid` when a candidate lacks a score, `range` for a bad number of draws, and what
  ///   the sheet's quantities throw.
  package init(
    _ plan: OpportunityPlan, _ compiled: CompiledQuantities, draws: Int = 10_000, seed: UInt64 = 1
  ) throws(ForecastError) {
    guard (100...100_000).contains(draws) else {
      throw ForecastError(.range, "draws must be between 100 and 100,000, not \(draws)")
    }
    let candidates = plan.candidates
    guard !candidates.isEmpty,
      candidates.allSatisfy({ $0.scores.count == Indicator.allCases.count })
    else {
      throw ForecastError(.invalid, "each opportunity needs a score for all twelve indicators")
    }
    let samples = try QuantitySamples(
      of: candidates.flatMap(\.fields), compiled, count: draws, seed: seed)
    let means = candidates.map { candidate in
      Indicator.allCases.map { Self.held(samples.mean(candidate.scores[$0]!.score)) }
    }
    let stated = plan.weights.stated
    let worths = means.map { zip(Indicator.allCases, $0).map { $0.value(of: $1) } }
    let sums = WeightedSum.scores(worths: worths, weights: stated)
    let entropy = EntropyWeights.weights(scores: means)
    let isBenefit = Indicator.allCases.map(\.isBenefit)
    let closeness = TOPSIS(scores: means, weights: stated, isBenefit: isBenefit).closeness
    let beside = TOPSIS(scores: means, weights: entropy, isBenefit: isBenefit).closeness
    let stability = Stability(
      candidates, plan.weights, samples, stated: stated, worths: worths, seed: seed)
    let ranks = [sums, closeness, beside].map(Ranking.ranks(of:))
    var entries: [Entry] = []
    for (index, candidate) in candidates.enumerated() {
      entries.append(
        try Entry(
          candidate, samples, worths: worths[index], weights: stated, weightedSum: sums[index],
          closeness: (closeness[index], beside[index]), ranks: ranks.map { $0[index] },
          best: stability.best(index)))
    }
    self.entries = entries
    chosen = plan.chosen
    self.seed = seed
    self.draws = draws
    weights = stated
    entropyWeights = entropy
    hierarchy = plan.weights.hierarchy
    ranking = candidates.indices.sorted {
      (sums[$1], $0) < (sums[$0], $1)
    }.map { candidates[$0].id }
    acceptability = stability.both
    methodsAgree = candidates.indices.contains { index in ranks.allSatisfy { $0[index] == 1 } }
  }

  /// Within the scale.
  fileprivate static func held(_ score: Double) -> Double {
    min(max(score, Indicator.scale.lowerBound), Indicator.scale.upperBound)
  }
}

/// Rank acceptability with each source of uncertainty.
private struct Stability {
  let both: Acceptability
  let scores: Acceptability
  let weights: Acceptability

  init(
    _ candidates: [Opportunity], _ weighing: IndicatorWeights, _ samples: QuantitySamples,
    stated: [Double], worths: [[Double]], seed: UInt64
  ) {
    let columns = candidates.map { candidate in
      Indicator.allCases.map { samples[candidate.scores[$0]!.score] }
    }
    let drawn = (0..<samples.count).map { draw in
      columns.map { row in zip(Indicator.allCases, row).map { $0.value(of: $1[draw]) } }
    }
    let key = RandomStream.Key(seed: seed, name: "opportunities.weights")
    let weighed = (0..<samples.count).map { draw in
      var stream = RandomStream(key, path: draw, index: 0)
      return weighing.draw(&stream)
    }
    let fixed = Array(repeating: stated, count: samples.count)
    both = Acceptability(worths: drawn, weights: weighed)
    scores = Acceptability(worths: drawn, weights: fixed)
    weights = Acceptability(
      worths: Array(repeating: worths, count: samples.count), weights: weighed)
  }

  func best(_ index: Int) -> [Double] { [both, scores, weights].map { $0.best[index] } }
}

extension OpportunityAssessment.Entry {
  fileprivate init(
    _ candidate: Opportunity, _ samples: QuantitySamples, worths: [Double], weights: [Double],
    weightedSum: Double, closeness: (Double, Double), ranks: [Double], best: [Double]
  ) throws(ForecastError) {
    id = candidate.id
    name = candidate.name
    scores = Indicator.allCases.map { indicator in
      SampleSummary(
        samples[candidate.scores[indicator]!.score].map(OpportunityAssessment.held))
    }
    groups = Indicator.Group.allCases.map { group in
      Indicator.allCases.indices.reduce(0) { sum, index in
        Indicator.allCases[index].group == group ? sum + worths[index] * weights[index] : sum
      }
    }
    self.weightedSum = weightedSum
    (self.closeness, entropyCloseness) = closeness
    (rank, closenessRank, entropyRank) = (ranks[0], ranks[1], ranks[2])
    (bestChance, bestChanceScores, bestChanceWeights) = (best[0], best[1], best[2])
    unsupported = Indicator.allCases.filter { indicator in
      candidate.scores[indicator].map { $0.measure.isEmpty && $0.evidence.isEmpty } ?? true
    }
    sources = candidate.sources.compactMap { $0.judgment(samples) }
    market = candidate.market.map { MarketReconciliation($0, samples) }
    if let curve = candidate.adoption {
      adoption = try AdoptionForecast(curve, samples)
    } else {
      adoption = nil
    }
    readiness = candidate.readiness
    swot = candidate.swot?.assess()
    forces = ForcesAssessment(candidate.forces, samples)
    let rivalry = candidate.forces.first { $0.kind == .rivalry }?.evidence ?? []
    countedTwice = (candidate.scores[.competition]?.evidence ?? []).filter(rivalry.contains)
  }
}

extension Opportunity {
  /// Every uncertain quantity of the opportunity.
  fileprivate var fields: [UncertainField] {
    var fields = Indicator.allCases.compactMap { scores[$0]?.score }
    fields += sources.flatMap { source in
      [source.prior].compactMap { $0 } + source.evidence.map(\.ratio)
    }
    if let down = market?.topDown { fields += [down.total, down.serviceable, down.obtainable] }
    if let up = market?.bottomUp { fields += [up.customers, up.reachable, up.winnable, up.price] }
    if let adoption { fields += [adoption.market, adoption.innovation, adoption.imitation] }
    return fields + forces.compactMap(\.score)
  }
}
