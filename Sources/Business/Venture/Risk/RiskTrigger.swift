/// An early warning: a live metric and the value at which it fires, `monthly_churn > 6%`.
package struct RiskTrigger: Sendable, Hashable, Codable {
  package enum Comparator: String, Sendable, Hashable, Codable, CaseIterable {
    case above = ">"
    case below = "<"
    case atLeast = ">="
    case atMost = "<="

    var looksUp: Bool { self == .above || self == .atLeast }
  }

  package enum State: String, Sendable, Hashable, Codable, CaseIterable {
    case fired, near, quiet, unknown
  }

  package var metric: RiskMetric
  package var comparator: Comparator
  /// In the metric's unit.
  package var threshold: Double
  /// It is near within this share of the threshold.
  package var margin: Double

  package init(
    metric: RiskMetric, comparator: Comparator, threshold: Double, margin: Double = 0.15
  ) {
    self.metric = metric
    self.comparator = comparator
    self.threshold = threshold
    self.margin = margin
  }

  /// `values`: the live metrics by name; a missing or non-finite one is unknown, never quiet.
  package func state(_ values: [String: Double]) -> State {
    guard let value = values[metric.rawValue], value.isFinite else { return .unknown }
    let fired =
      switch comparator {
      case .above: value > threshold
      case .below: value < threshold
      case .atLeast: value >= threshold
      case .atMost: value <= threshold
      }
    if fired { return .fired }
    let distance = comparator.looksUp ? threshold - value : value - threshold
    return distance <= margin * abs(threshold) ? .near : .quiet
  }
}
