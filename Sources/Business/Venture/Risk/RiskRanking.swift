/// The risks by their simulated loss, before and after the treatments.
package struct RiskRanking: Sendable, Hashable, Codable {
  package struct Row: Sendable, Hashable, Codable {
    package var id: String
    package var name: String
    package var kind: Risk.Class
    /// Place by expected loss before treatment, 1 for the greatest.
    package var rank: Int
    /// Mean events a year.
    package var rate: Double
    package var inherent: LossStatistics
    package var residual: LossStatistics
    /// What this risk brings to the mean of the worst twentieth of all years; the rows sum to it.
    package var tailShare: Double
    package var residualTailShare: Double
  }

  package var rows: [Row]
  package var inherent: LossStatistics
  package var residual: LossStatistics
}

extension LossSample {
  /// - Parameter adopted: ids of the treatments that the plan adopts.
  package func ranking(adopted: Set<String>) -> RiskRanking {
    let before = losses(treated: [])
    let after = losses(treated: adopted)
    let (totalBefore, totalAfter) = (total(before), total(after))
    let (tailBefore, tailAfter) = (
      LossStatistics.tail(totalBefore), LossStatistics.tail(totalAfter)
    )
    func share(_ losses: [Double], _ tail: [(path: Int, weight: Double)]) -> Double {
      tail.reduce(0) { $0 + $1.weight * losses[$1.path] }
    }
    var rows = model.sources.indices.map { source in
      RiskRanking.Row(
        id: model.sources[source].id, name: model.sources[source].name,
        kind: model.sources[source].kind, rank: 0,
        rate: rates[source].reduce(0, +) / Double(paths),
        inherent: LossStatistics(before[source]), residual: LossStatistics(after[source]),
        tailShare: share(before[source], tailBefore),
        residualTailShare: share(after[source], tailAfter))
    }
    rows.sort { ($1.inherent.mean, $0.id) < ($0.inherent.mean, $1.id) }
    for index in rows.indices { rows[index].rank = index + 1 }
    return RiskRanking(
      rows: rows, inherent: LossStatistics(totalBefore), residual: LossStatistics(totalAfter))
  }

  /// Loss of each year over all risks.
  package func total(_ losses: [[Double]]) -> [Double] {
    var total = [Double](repeating: 0, count: paths)
    for risk in losses { for path in 0..<paths { total[path] += risk[path] } }
    return total
  }
}
