package import Forecast

extension Plan {
  /// What the strategy's checks need to know of the rest of the plan. A segment with free users or
  /// word of mouth is reached without a paid channel.
  package var strategyContext: StrategyContext {
    let channels = forecast.segments.map { segment in
      (
        segment.id,
        segment.channels.map(\.name) + (segment.free == nil ? [] : ["free"])
          + (segment.bass == nil ? [] : ["word of mouth"])
      )
    }
    return StrategyContext(
      people: Set(team.people.map(\.id) + team.hires.map(\.id)),
      channels: Dictionary(channels, uniquingKeysWith: +),
      streams: Set(forecast.streams.map(\.id)), scenarios: Set(scenarios.map(\.id)))
  }

  /// Where the strategy does not hold together; empty without one.
  package var strategyFindings: [StrategyFinding] { strategy?.findings(strategyContext) ?? [] }

  /// The three paths by criteria; nil when the plan compares none.
  ///
  /// - Throws: what `PathComparison` throws.
  package func pathComparison(
    draws: Int = 10_000, seed: UInt64 = 1
  ) throws(ForecastError) -> PathComparison? {
    guard let paths = strategy?.paths else { return nil }
    return try PathComparison(paths, compiled, draws: draws, seed: seed)
  }

  /// All opportunities judged; nil when the plan has none.
  ///
  /// - Throws: what `OpportunityAssessment` throws.
  package func opportunityAssessment(
    draws: Int = 10_000, seed: UInt64 = 1
  ) throws(ForecastError) -> OpportunityAssessment? {
    guard let opportunities else { return nil }
    return try OpportunityAssessment(opportunities, compiled, draws: draws, seed: seed)
  }
}
