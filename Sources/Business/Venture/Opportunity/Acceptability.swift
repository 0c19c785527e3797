/// How stable a ranking is when scores and weights are uncertain (SMAA-2: Lahdelma and Salminen,
/// Operations Research 49(3), 2001).
package struct Acceptability: Sendable, Hashable, Codable {
  /// [alternative][rank]: share of the draws in which the alternative has the rank; rows and columns
  /// sum to 1. Ties share their ranks.
  package let ranks: [[Double]]
  /// [alternative][criterion]: mean weights of the draws that the alternative wins, the preference
  /// that speaks for it; empty when it never wins.
  package let centralWeights: [[Double]]
  /// Chance that the alternative wins when its own central weights hold, scores uncertain; 0 when it
  /// never wins.
  package let confidence: [Double]
  /// [first][second]: share of the draws in which the first is better (a tie counts half).
  package let pairwise: [[Double]]

  /// P(rank 1) by alternative.
  package var best: [Double] { ranks.map { $0.first ?? 0 } }

  /// - Parameters:
  ///   - worths: [draw][alternative][criterion], 0...1, 1 the best.
  ///   - weights: [draw][criterion], each summing to 1; as many draws.
  package init(worths: [[[Double]]], weights: [[Double]]) {
    precondition(!worths.isEmpty && worths.count == weights.count)
    let (count, criteria) = (worths[0].count, weights[0].count)
    var tally = Tally(alternatives: count, criteria: criteria)
    for (draw, weighing) in zip(worths, weights) {
      tally.add(WeightedSum.scores(worths: draw, weights: weighing), weighing)
    }
    let draws = Double(worths.count)
    ranks = tally.ranks.map { row in row.map { $0 / draws } }
    pairwise = tally.pairwise.map { row in row.map { $0 / draws } }
    let wins = tally.ranks.map { $0.first ?? 0 }
    centralWeights = zip(tally.winning, wins).map { sums, won in
      won > 0 ? sums.map { $0 / won } : []
    }
    confidence = centralWeights.enumerated().map { alternative, central in
      guard !central.isEmpty else { return 0 }
      return worths.reduce(0.0) { sum, draw in
        sum + Tally.firstShare(WeightedSum.scores(worths: draw, weights: central), alternative)
      } / draws
    }
  }
}

/// Counts over the draws.
private struct Tally {
  var ranks: [[Double]]
  var pairwise: [[Double]]
  /// Sum of the weights of the draws won.
  var winning: [[Double]]

  init(alternatives: Int, criteria: Int) {
    ranks = Array(repeating: Array(repeating: 0, count: alternatives), count: alternatives)
    pairwise = ranks
    winning = Array(repeating: Array(repeating: 0, count: criteria), count: alternatives)
  }

  mutating func add(_ scores: [Double], _ weights: [Double]) {
    for first in scores.indices {
      var (above, equal) = (0, 0)
      for second in scores.indices {
        if scores[second] > scores[first] { above += 1 }
        if scores[second] == scores[first] { equal += 1 }
        if first != second {
          pairwise[first][second] +=
            scores[first] > scores[second] ? 1 : scores[first] == scores[second] ? 0.5 : 0
        }
      }
      let share = 1 / Double(equal)
      for rank in above..<above + equal { ranks[first][rank] += share }
      if above == 0 {
        for index in weights.indices { winning[first][index] += weights[index] * share }
      }
    }
  }

  /// 1 when the alternative alone is best, 1/k when k share the first place, else 0.
  static func firstShare(_ scores: [Double], _ alternative: Int) -> Double {
    let own = scores[alternative]
    var equal = 0
    for score in scores {
      if score > own { return 0 }
      if score == own { equal += 1 }
    }
    return 1 / Double(equal)
  }
}
