/// 风险矩阵, the 5 × 5 picture, derived from the simulated figures. It is for looking only: it ranks
/// few pairs rightly beyond doubt, and worse than chance where frequent risks are cheap (Cox, "What's
/// wrong with risk matrices?", Risk Analysis 28, 2008). `misranked` says which pairs it gets wrong.
package struct RiskMatrix: Sendable, Hashable, Codable {
  package struct Cell: Sendable, Hashable, Codable {
    package var id: String
    /// 1...5: events a year, and the expected loss of one event beside the scale.
    package var likelihood: Int
    package var impact: Int
    package var score: Int { likelihood * impact }
  }

  /// The matrix puts `above` over `below`, while `below` has the greater expected loss.
  package struct Pair: Sendable, Hashable, Codable {
    package var above: String
    package var below: String
  }

  package var cells: [Cell]
  package var misranked: [Pair]
  /// Pairs with one score, although one expected loss is at least twice the other.
  package var tied: [Pair]
  /// Pairs of the register: n(n − 1)/2.
  package var pairs: Int

  /// Upper bounds of the first four bins.
  package static let likelihoodBounds = [0.03, 0.1, 0.3, 1]
  package static let impactBounds = [0.01, 0.05, 0.2, 0.5]

  /// - Parameters:
  ///   - ranking: with the untreated figures.
  ///   - scale: money that the venture can bear to lose, such as its opening cash; above 0.
  package init(_ ranking: RiskRanking, scale: Double) {
    cells = ranking.rows.map { row in
      let single = row.rate > 0 ? row.inherent.mean / row.rate : 0
      return Cell(
        id: row.id, likelihood: Self.bin(row.rate, Self.likelihoodBounds),
        impact: Self.bin(single / max(scale, 1e-9), Self.impactBounds))
    }
    misranked = []
    tied = []
    pairs = cells.count * (cells.count - 1) / 2
    for i in cells.indices {
      for j in cells.indices.dropFirst(i + 1) {
        // Rows are in order of expected loss, so i is worth more than j.
        if cells[j].score > cells[i].score {
          misranked.append(Pair(above: cells[j].id, below: cells[i].id))
        } else if cells[j].score == cells[i].score,
          ranking.rows[i].inherent.mean >= 2 * ranking.rows[j].inherent.mean
        {
          tied.append(Pair(above: cells[i].id, below: cells[j].id))
        }
      }
    }
  }

  private static func bin(_ value: Double, _ bounds: [Double]) -> Int {
    1 + (bounds.firstIndex { value < $0 } ?? bounds.count)
  }
}
