/// One dated figure of a case, with where it is from and how sure it is.
package struct CaseFigure: Sendable, Hashable, Codable {
  /// ✔ seen in a stored source; ○ press or a secondary source; △ unverified.
  package enum Mark: String, Sendable, Hashable, Codable, CaseIterable {
    case seen, press, unverified

    package var symbol: String {
      switch self {
      case .seen: "✔"
      case .press: "○"
      case .unverified: "△"
      }
    }
  }

  /// What it measures. Those of the first two lines make the reference classes.
  package enum Measure: String, Sendable, Hashable, Codable, CaseIterable {
    case revenue, result, price
    case grossMargin = "gross_margin"
    case costOfRevenue = "cost_of_revenue"
    case inferenceShare = "inference_share"
    case priceFallPerYear = "price_fall_per_year"
    case survival
    case funding
    case trainingCost = "training_cost"
    case trainingCompute = "training_compute"
    case parameters, tokens, customers, usage, resolution, share
    case researchCost = "research_cost"
    case machines, acquisition
  }

  package var measure: Measure
  package var value: Double
  /// The top of a range; nil for a single value.
  package var upper: Double?
  /// Such as `USD`, `USD/1K tokens`, `GBP`, `words/day`; empty for shares and counts.
  package var unit: String
  /// `2024`, `2024-03` or `2024-03-13`: when it held, or the year that it is of.
  package var date: String
  package var mark: Mark
  package var source: String
  package var note: CaseStudy.Text?

  /// Years and shares of one since year 0, such as 2022.71 for September 2022: a bare year and a
  /// bare month stand for their middle.
  package var time: Double { Self.time(of: date) ?? 0 }

  package var year: Int { Int(time) }

  static func time(of date: String) -> Double? {
    let parts = date.split(separator: "-", omittingEmptySubsequences: false)
      .map { part in part.allSatisfy { $0.isASCII && $0.isNumber } ? Double(part) : nil }
    guard (1...3).contains(parts.count), let year = parts[0], (1900...2999).contains(year) else {
      return nil
    }
    guard parts.count > 1 else { return year + 0.5 }
    guard let month = parts[1], (1...12).contains(month) else { return nil }
    guard parts.count > 2 else { return year + (month - 0.5) / 12 }
    guard let day = parts[2], (1...31).contains(day) else { return nil }
    return year + (month - 1) / 12 + (day - 0.5) / 372
  }
}
