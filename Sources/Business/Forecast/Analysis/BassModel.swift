import Foundation

/// Adoption by innovators and imitators (Bass, "A new product growth for model consumer durables",
/// 1969): dN/dt = (p + q N/M)(M − N). Time in any one unit, p and q in its inverse.
package struct BassModel: Sendable, Hashable, Codable {
  package let innovation: Double
  package let imitation: Double
  package let market: Double

  /// - Throws: `.range` unless p > 0, q ≥ 0 and M > 0.
  package init(innovation: Double, imitation: Double, market: Double) throws(ForecastError) {
    guard innovation > 0, imitation >= 0, market > 0,
      (innovation + imitation).isFinite, market.isFinite
    else {
      throw ForecastError(
        .range, "adoption needs p above 0, q of 0 or more and a market above 0", field: "bass")
    }
    self.innovation = innovation
    self.imitation = imitation
    self.market = market
  }

  /// N(t) = M (1 − e^(−(p+q)t)) ÷ (1 + (q/p) e^(−(p+q)t)), with N(0) = 0.
  package func adopters(at time: Double) -> Double {
    let decay = exp(-(innovation + imitation) * time)
    return market * -expm1(-(innovation + imitation) * time)
      / (1 + imitation / innovation * decay)
  }

  /// dN/dt at `time`.
  package func rate(at time: Double) -> Double {
    let n = adopters(at: time)
    return (innovation + imitation * n / market) * (market - n)
  }

  /// When adoption is fastest: ln(q/p) ÷ (p + q); 0 when it only falls (q ≤ p).
  package var peakTime: Double {
    imitation > innovation ? log(imitation / innovation) / (innovation + imitation) : 0
  }

  /// New adopters in each of `periods` periods of `length`.
  package func newAdopters(periods: Int, length: Double = 1) -> [Double] {
    (0..<max(0, periods)).map {
      adopters(at: Double($0 + 1) * length) - adopters(at: Double($0) * length)
    }
  }
}
