import Foundation

/// What a pairwise matrix says, and how far its judgments agree with each other (Saaty, 1980).
package struct AnalyticHierarchy: Sendable, Hashable, Codable {
  package let weights: [Double]
  package let eigenvalue: Double
  /// CI = (λ − n) ÷ (n − 1).
  package let consistencyIndex: Double
  /// CR = CI ÷ RI; 0 for one or two things, which cannot contradict each other.
  package let consistencyRatio: Double
  /// Largest ratio that is accepted: 0.05 for three things, 0.08 for four, 0.10 beyond.
  package let limit: Double
  package let worst: Triad?

  /// Three judgments that contradict each other most: i over j and j over k say what i over k should
  /// be.
  package struct Triad: Sendable, Hashable, Codable {
    package let first: Int
    package let second: Int
    package let third: Int
    /// Given for first over third.
    package let judgment: Double
    /// What the other two imply: a_ij × a_jk.
    package let implied: Double
  }

  package var isConsistent: Bool { consistencyRatio <= limit }

  package init(_ matrix: PairwiseMatrix) {
    let n = matrix.size
    (weights, eigenvalue) = matrix.principal()
    consistencyIndex = n > 2 ? max(0, (eigenvalue - Double(n)) / Double(n - 1)) : 0
    consistencyRatio = n > 2 ? consistencyIndex / Self.randomIndices[n] : 0
    limit = n <= 3 ? 0.05 : n == 4 ? 0.08 : 0.10
    worst = Self.worstTriad(of: matrix)
  }

  /// Largest |ln(a_ij a_jk ÷ a_ik)|; nil when all triads agree.
  private static func worstTriad(of matrix: PairwiseMatrix) -> Triad? {
    var (worst, largest): (Triad?, Double) = (nil, 1e-9)
    for i in 0..<matrix.size {
      for j in 0..<matrix.size where j > i {
        for k in 0..<matrix.size where k > j {
          let implied = matrix[i, j] * matrix[j, k]
          let contradiction = abs(log(implied / matrix[i, k]))
          if contradiction > largest {
            largest = contradiction
            worst = Triad(
              first: i, second: j, third: k, judgment: matrix[i, k], implied: implied)
          }
        }
      }
    }
    return worst
  }

  /// Mean CI of random matrices by size (Saaty, 1980), from 0 things to 15.
  static let randomIndices = [
    0, 0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
  ]
}
