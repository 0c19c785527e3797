import Forecast
import Foundation

/// The two counts of a market held against each other. Money a year.
package struct MarketReconciliation: Sendable, Hashable, Codable {
  /// Whether the two can be true at once.
  package enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    /// The ratio's 90% interval holds 1 and its median is within a factor of two.
    case agree
    /// The interval holds 1 but the median does not.
    case loose
    /// The interval misses 1: one of the two counts is wrong.
    case conflict
    /// One count only.
    case single

    package var textKey: String { "plan_market_\(rawValue)" }
  }

  package struct Sizes: Sendable, Hashable, Codable {
    /// TAM, SAM and SOM.
    package let total: SampleSummary
    package let serviceable: SampleSummary
    package let obtainable: SampleSummary
  }

  package let topDown: Sizes?
  package let bottomUp: Sizes?
  /// Obtainable market bottom-up ÷ top-down.
  package let ratio: SampleSummary?
  /// Common area of the two obtainable markets' densities, 0...1.
  package let overlap: Double?
  package let verdict: Verdict

  package init(_ market: MarketSize, _ samples: QuantitySamples) {
    let year = 12.0
    func product(_ columns: [[Double]]) -> [Double] {
      (0..<samples.count).map { draw in columns.reduce(1) { $0 * $1[draw] } }
    }
    let down = market.topDown.map { size -> [[Double]] in
      let total = samples[size.total].map { $0 * year }
      let serviceable = product([total, samples[size.serviceable]])
      return [total, serviceable, product([serviceable, samples[size.obtainable]])]
    }
    let up = market.bottomUp.map { size -> [[Double]] in
      let total = product([samples[size.customers], samples[size.price]]).map { $0 * year }
      let serviceable = product([total, samples[size.reachable]])
      return [total, serviceable, product([serviceable, samples[size.winnable]])]
    }
    func sizes(_ columns: [[Double]]) -> Sizes {
      Sizes(
        total: SampleSummary(columns[0]), serviceable: SampleSummary(columns[1]),
        obtainable: SampleSummary(columns[2]))
    }
    topDown = down.map(sizes)
    bottomUp = up.map(sizes)
    guard let down = down?[2], let up = up?[2], down.allSatisfy({ $0 > 0 }) else {
      (ratio, overlap, verdict) = (nil, nil, .single)
      return
    }
    let ratio = SampleSummary(zip(up, down).map { $0 / $1 })
    self.ratio = ratio
    overlap = Self.overlap(up, down)
    // Two plain numbers leave an interval of no width, which rounding must not make miss 1.
    let holdsOne = ratio.low <= 1 + 1e-9 && ratio.high >= 1 - 1e-9
    verdict = !holdsOne ? .conflict : (0.5...2).contains(ratio.median) ? .agree : .loose
  }

  /// Σ min(share, share) over bins that each hold a twentieth of the pooled values: the common area of
  /// the densities, 1 for equal laws (less about 0.02 of noise at 10,000 draws), 0 for disjoint ones.
  package static func overlap(_ first: [Double], _ second: [Double]) -> Double {
    let pooled = (first + second).sorted()
    guard let least = pooled.first, let most = pooled.last, !first.isEmpty, !second.isEmpty else {
      return 0
    }
    if least == most { return 1 }
    let bins = 20
    let edges = (1..<bins).map { pooled[pooled.count * $0 / bins] }
    func shares(_ values: [Double]) -> [Double] {
      var counts = [Double](repeating: 0, count: bins)
      for value in values { counts[edges.count { $0 <= value }] += 1 }
      return counts.map { $0 / Double(values.count) }
    }
    return zip(shares(first), shares(second)).reduce(0) { $0 + min($1.0, $1.1) }
  }
}
