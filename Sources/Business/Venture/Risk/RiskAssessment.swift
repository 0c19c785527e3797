package import Forecast
package import Ledger

/// What `plan risks` shows: ranking, treatments, the matrix as a picture, and the watch.
package struct RiskAssessment: Sendable, Hashable, Codable {
  package var seed: UInt64
  package var paths: Int
  package var ranking: RiskRanking
  package var treatments: TreatmentComparison
  package var matrix: RiskMatrix
  package var watch: RiskWatch
}

extension RiskRegister {
  /// - Parameters:
  ///   - scale: money that the venture can bear to lose (its opening cash), for the matrix's bins.
  ///   - metrics, today: see `watch`.
  package func assess(
    _ compiled: inout CompiledQuantities, scale: Double, metrics: [String: Double],
    today: CalendarDate, paths: Int = 10_000, seed: UInt64 = 1
  ) throws(ForecastError) -> RiskAssessment {
    let sample = try lossModel(&compiled).sample(paths: paths, seed: seed)
    let ranking = sample.ranking(adopted: adopted)
    return RiskAssessment(
      seed: seed, paths: paths, ranking: ranking,
      treatments: sample.compare(adopted: adopted, tailPrice: tailPrice),
      matrix: RiskMatrix(ranking, scale: scale),
      watch: watch(metrics: metrics, today: today))
  }
}
