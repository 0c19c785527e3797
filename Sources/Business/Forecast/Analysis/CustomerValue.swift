import Foundation

/// What a customer is worth whose stay follows the shifted beta-geometric model: each customer
/// leaves with a probability of its own each month, and these are Beta(α, β) distributed (Fader &
/// Hardie, "How to project customer retention", 2007). Mean churn in the first month is
/// α ÷ (α + β); those who stay are ever less likely to leave.
package struct CustomerValue: Sendable, Hashable, Codable {
  package let alpha: Double
  package let beta: Double

  /// - Throws: `.range` unless both are above 0 and finite.
  package init(alpha: Double, beta: Double) throws(ForecastError) {
    guard alpha > 0, beta > 0, alpha.isFinite, beta.isFinite else {
      throw ForecastError(
        .range, "retention needs α and β above 0; they are \(alpha) and \(beta)",
        field: "retention")
    }
    self.alpha = alpha
    self.beta = beta
  }

  /// From the churn of the first month, in 0...1 without the ends, and α + β.
  package init(churn: Double, concentration: Double) throws(ForecastError) {
    try self.init(alpha: churn * concentration, beta: (1 - churn) * concentration)
  }

  /// Share of the customers still there after `months` months (0: all).
  package func survival(months: Int) -> Double {
    (0..<max(0, months)).reduce(1) { $0 * (1 - hazard(month: $1 + 1)) }
  }

  /// Share of those still there at the start of their `month`-th month (from 1) that leaves in it:
  /// α ÷ (α + β + month − 1).
  package func hazard(month: Int) -> Double {
    alpha / (alpha + beta + Double(month - 1))
  }

  /// Discounted expected lifetime in months, first payment now: Σ S(t) ÷ (1 + rate)^t, t from 0.
  /// Infinite at a rate of 0 when α ≤ 1. Summed in closed form by the hypergeometric series
  /// ₂F₁(1, β; α + β; 1 ÷ (1 + rate)).
  ///
  /// - Throws: `.range` for a negative rate.
  package func discountedLifetime(monthlyRate rate: Double) throws(ForecastError) -> Double {
    try checked(rate)
    if rate == 0 { return alpha > 1 ? (alpha + beta - 1) / (alpha - 1) : .infinity }
    return Self.series(beta, alpha + beta, 1 / (1 + rate))
  }

  /// Discounted expected residual lifetime (DERL) of a customer that has paid `renewals` + 1 times
  /// and is just before its next decision: the months still to come, the first of them undiscounted
  /// (Fader & Hardie, "Customer-base valuation in a contractual setting", 2010, equation 6):
  /// (β + n − 1)/(α + β + n − 1) · ₂F₁(1, β + n; α + β + n; 1/(1 + rate)) with n = renewals + 1.
  package func discountedResidualLifetime(
    renewals: Int, monthlyRate rate: Double
  ) throws(ForecastError) -> Double {
    try checked(rate)
    let n = Double(renewals + 1)
    let stays = (beta + n - 1) / (alpha + beta + n - 1)
    let (b, c) = (beta + n, alpha + beta + n)
    if rate == 0 { return alpha > 1 ? stays * (c - 1) / (alpha - 1) : .infinity }
    return stays * Self.series(b, c, 1 / (1 + rate))
  }

  /// Contribution a month × discounted lifetime.
  package func lifetimeValue(
    monthlyContribution: Double, monthlyRate: Double
  ) throws(ForecastError) -> Double {
    monthlyContribution * (try discountedLifetime(monthlyRate: monthlyRate))
  }

  /// Lifetime value ÷ what it costs to win a customer; infinite at no cost.
  package func valueToCost(
    monthlyContribution: Double, monthlyRate: Double, acquisitionCost: Double
  ) throws(ForecastError) -> Double {
    let value = try lifetimeValue(
      monthlyContribution: monthlyContribution, monthlyRate: monthlyRate)
    return acquisitionCost > 0 ? value / acquisitionCost : .infinity
  }

  private func checked(_ rate: Double) throws(ForecastError) {
    guard rate >= 0, rate.isFinite else {
      throw ForecastError(
        .range, "the discount rate is \(rate): it must be 0 or more", field: "rate")
    }
  }

  /// ₂F₁(1, b; c; z), 0 < z < 1, c > b > 0, by its series: about 40 ÷ (1 − z) terms, all positive, so
  /// nothing cancels.
  private static func series(_ b: Double, _ c: Double, _ z: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    // The ratio of terms is z (b + t) ÷ (c + t) < z: the tail after t is below term · z ÷ (1 − z).
    for t in 0..<5_000_000 {
      term *= z * (b + Double(t)) / (c + Double(t))
      sum += term
      if term * z <= sum * 1e-17 * (1 - z) { break }
    }
    return sum
  }
}
