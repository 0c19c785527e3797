/// What the paths of a forecast say, and what it was made from (law 9).
package struct Outcome: Sendable, Codable {
  /// What a fan is drawn of; a value a month.
  package enum Measure: String, Sendable, Hashable, Codable, CaseIterable {
    /// At the month's end.
    case cash, customers, machines
    /// In the month.
    case revenue, profit, tokens
    case grossProfit = "gross_profit"
    /// Share of revenue; 0 in a month without revenue.
    case grossMargin = "gross_margin"
    /// Profit since the start.
    case cumulativeProfit = "cumulative_profit"
    /// Machines' and vendors' cost of a million tokens served.
    case tokenCost = "token_cost"
  }

  /// A figure of a whole path.
  package enum Figure: String, Sendable, Hashable, Codable, CaseIterable {
    case netPresentValue = "net_present_value"
    /// A year; nil paths (no sign change) are not in the spread.
    case internalRate = "internal_rate_of_return"
    /// Least cash of any month, without the rounds' and loans' money.
    case leastCash = "least_cash"
    /// First of three months in a row with a profit; never: not in the spread.
    case breakEvenMonth = "break_even_month"
    /// First month from which cumulative profit stays at or above zero.
    case paybackMonth = "payback_month"
    /// Months until cash runs out.
    case ruinMonth = "ruin_month"
    case totalRevenue = "total_revenue"
    case totalProfit = "total_profit"
    case finalCash = "final_cash"
    /// Over the last 12 months: growth of revenue + profit margin, as a share.
    case ruleOf40 = "rule_of_40"
    /// Net burn ÷ net new yearly recurring revenue, over the last 12 months in which cash burned.
    case burnMultiple = "burn_multiple"
    /// Contribution of a customer over its life ÷ the cost of winning one.
    case lifetimeValueRatio = "ltv_cac"
    case founderShare = "founder_share"
  }

  /// Percentiles of the bands: 50/80/95%, 90% and the median.
  package static let levels: [Double] = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975]

  package struct Fan: Sendable, Codable, Hashable {
    /// By month.
    package var mean: [Double]
    /// [level][month], in the order of `Outcome.levels`.
    package var quantiles: [[Double]]
    package init(mean: [Double], quantiles: [[Double]]) {
      self.mean = mean
      self.quantiles = quantiles
    }
  }

  package struct Spread: Sendable, Codable, Hashable {
    /// Share of the paths that have the figure.
    package var share: Double
    package var mean: Double
    package var deviation: Double
    /// In the order of `Outcome.levels`; NaN-free: empty when no path has the figure.
    package var quantiles: [Double]
    package init(share: Double, mean: Double, deviation: Double, quantiles: [Double]) {
      self.share = share
      self.mean = mean
      self.deviation = deviation
      self.quantiles = quantiles
    }
  }

  package let seed: UInt64
  package let paths: Int
  package let start: Month
  package let months: Int
  package var fans: [Measure: Fan]
  package var spreads: [Figure: Spread]
  /// Chance that it has happened by the end of each month.
  package var breakEvenBy: [Double]
  package var paybackBy: [Double]
  package var ruinBy: [Double]
  /// Mean revenue by stream, [stream][month].
  package var revenueByStream: [[Double]]
  /// Mean cost by account, [month] each, in the chart's names (`compute_used`, `people`…).
  package var costByAccount: [String: [Double]]

  package init(
    seed: UInt64, paths: Int, start: Month, months: Int, fans: [Measure: Fan],
    spreads: [Figure: Spread], breakEvenBy: [Double], paybackBy: [Double], ruinBy: [Double],
    revenueByStream: [[Double]], costByAccount: [String: [Double]]
  ) {
    self.seed = seed
    self.paths = paths
    self.start = start
    self.months = months
    self.fans = fans
    self.spreads = spreads
    self.breakEvenBy = breakEvenBy
    self.paybackBy = paybackBy
    self.ruinBy = ruinBy
    self.revenueByStream = revenueByStream
    self.costByAccount = costByAccount
  }

  /// Funding that carries the venture through in 95 of 100 paths: the 95th percentile of −least cash.
  package var fundingNeeded: Double {
    guard let spread = spreads[.leastCash], spread.quantiles.count > 1 else { return 0 }
    return max(0, -spread.quantiles[1])
  }
}

// Keys of JSON objects, not of lists whose order changes from run to run (law 9).
extension Outcome.Measure: CodingKeyRepresentable {}
extension Outcome.Figure: CodingKeyRepresentable {}
