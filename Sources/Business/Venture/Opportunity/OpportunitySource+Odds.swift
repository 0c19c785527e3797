import Foundation

extension OpportunitySource {
  /// The chance that the source's claim is true after its evidence.
  package struct Judgment: Sendable, Hashable, Codable {
    package let kind: Kind
    package let text: String
    package let prior: SampleSummary
    package let posterior: SampleSummary
    /// Product of the likelihood ratios, correlated ones counted once, at the mean of their logs.
    package let ratio: Double
    /// The same if all evidence were independent: how much double counting would have claimed.
    package let naiveRatio: Double
    /// Pieces of evidence, and how many independent pieces they are worth.
    package let pieces: Int
    package let effectivePieces: Double
  }

  /// Log of the likelihood ratio of all pieces together: odds × likelihood ratios in logs. k pieces of
  /// a group with correlation ρ are worth k ÷ (1 + (k − 1)ρ) independent ones (the design effect of
  /// Kish, 1965), so at ρ = 1 a group counts as one piece with its mean log ratio.
  ///
  /// - Parameter logs: by piece, in the order of `evidence`.
  package func combined(logs: [Double]) -> Double {
    groups.reduce(0) { sum, members in
      let mean = members.reduce(0) { $0 + logs[$1] } / Double(members.count)
      return sum + mean * effective(members.count)
    }
  }

  /// Judges the claim on the draws of its prior and ratios; nil without a prior.
  package func judgment(_ samples: QuantitySamples) -> Judgment? {
    guard let prior else { return nil }
    let priors = samples[prior].map { min(max($0, 1e-9), 1 - 1e-9) }
    let logs = evidence.map { piece in samples[piece.ratio].map { log(max($0, 1e-9)) } }
    let combined = priors.indices.map { draw in self.combined(logs: logs.map { $0[draw] }) }
    let naive = priors.indices.map { draw in logs.reduce(0) { $0 + $1[draw] } }
    let posteriors = zip(priors, combined).map { prior, log in
      1 / (1 + exp(-(Foundation.log(prior / (1 - prior)) + log)))
    }
    let count = Double(priors.count)
    return Judgment(
      kind: kind, text: text, prior: SampleSummary(priors), posterior: SampleSummary(posteriors),
      ratio: exp(combined.reduce(0, +) / count), naiveRatio: exp(naive.reduce(0, +) / count),
      pieces: evidence.count,
      effectivePieces: groups.reduce(0) { $0 + effective($1.count) })
  }

  private func effective(_ count: Int) -> Double {
    Double(count) / (1 + Double(count - 1) * correlation)
  }

  /// Indices of the pieces by group, in the order of first appearance; pieces without a group alone.
  private var groups: [[Int]] {
    var groups: [[Int]] = []
    var places: [String: Int] = [:]
    for (index, piece) in evidence.enumerated() {
      if let place = places[piece.group], !piece.group.isEmpty {
        groups[place].append(index)
      } else {
        places[piece.group] = groups.count
        groups.append([index])
      }
    }
    return groups
  }
}
