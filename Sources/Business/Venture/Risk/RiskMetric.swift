/// A live figure that a trigger can read. The books and the gateway report it by this name, in the
/// unit said here.
package enum RiskMetric: String, Sendable, Hashable, Codable, CaseIterable {
  /// Share of customers that left in the month.
  case monthlyChurn = "monthly_churn"
  /// Share of machine time that served requests.
  case utilisation
  /// Share of revenue.
  case grossMargin = "gross_margin"
  /// Months until cash runs out at the present burn.
  case runwayMonths = "runway_months"
  /// Seconds that 95% of a month's requests took at most, from admission to the last byte.
  case p95Latency = "p95_latency"
  /// Share of requests that failed.
  case errorRate = "error_rate"
  /// Growth over the month before, as a share.
  case revenueGrowth = "revenue_growth"
  /// Money for a million tokens served.
  case costPerMillion = "cost_per_million"
  /// Money for a million tokens sold.
  case pricePerMillion = "price_per_million"
  /// Money at hand.
  case cash
  /// Revenue of the month: money.
  case revenue
  /// Paying customers.
  case customers
  /// Share of revenue that the largest customer pays.
  case topCustomerShare = "top_customer_share"
  /// Share of receivables that is past due.
  case overdueShare = "overdue_share"
  /// Share of the conversations resolved without a person.
  case resolutionRate = "resolution_rate"
  /// Money to win one customer.
  case acquisitionCost = "acquisition_cost"
  /// Share of cost that goes to the largest vendor.
  case topVendorShare = "top_vendor_share"
  /// Complaints or findings in the month.
  case incidents

  package enum Unit: String, Sendable, Hashable, Codable {
    case share, months, seconds, money, count
  }

  package var unit: Unit {
    switch self {
    case .monthlyChurn, .utilisation, .grossMargin, .errorRate, .revenueGrowth,
      .topCustomerShare, .overdueShare, .resolutionRate, .topVendorShare:
      .share
    case .runwayMonths: .months
    case .p95Latency: .seconds
    case .costPerMillion, .pricePerMillion, .cash, .revenue, .acquisitionCost: .money
    case .customers, .incidents: .count
    }
  }
}
